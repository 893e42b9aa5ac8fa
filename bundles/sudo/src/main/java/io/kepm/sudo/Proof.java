package io.kepm.sudo;

/** What one try of the canary showed of one sudo. */
sealed interface Proof {

    /** It asked here, and what was denied did not run. */
    record Given() implements Proof {}

    /** It ran what was denied, or claims to have. */
    record Broken(String what) implements Proof {}

    /** Neither could be shown. */
    record Missing(String why) implements Proof {}
}
