package io.kepm.https;

/** The three ways in; the name is that of the Jetty connector. */
enum Door {
    HTTP,
    HTTPS,
    UNIX;

    static Door of(String connectorName) {
        return valueOf(connectorName);
    }

    /** The word in records. */
    String word() {
        return this == UNIX ? "agent.sock" : name().toLowerCase(java.util.Locale.ROOT);
    }
}
