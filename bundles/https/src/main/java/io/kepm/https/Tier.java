package io.kepm.https;

/** What a caller may do; each tier includes those before it. */
enum Tier {
    PUBLIC,
    USER,
    PLUGIN,
    ADMIN;

    boolean covers(Tier needed) {
        return compareTo(needed) >= 0;
    }
}
