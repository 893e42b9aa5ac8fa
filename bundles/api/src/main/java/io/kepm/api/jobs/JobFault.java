package io.kepm.api.jobs;

/**
 * One thing that is wrong with a job document.
 *
 * @param path JSON pointer (RFC 6901) to the place; empty for the whole document
 */
public record JobFault(String path, String message) {
    /** On one line. */
    public String text() {
        return path.isEmpty() ? message : path + ": " + message;
    }
}
