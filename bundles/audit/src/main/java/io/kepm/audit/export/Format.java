package io.kepm.audit.export;

/** What a syslog message carries. */
enum Format {
    /** Structured data of RFC 5424 §6.3. */
    SD,
    /** Common Event Format. */
    CEF,
    /** The record itself, in the form that is chained. */
    JSON
}
