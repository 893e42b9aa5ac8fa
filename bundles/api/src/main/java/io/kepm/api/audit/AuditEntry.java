package io.kepm.api.audit;

import java.time.Instant;

/**
 * One record in its place.
 *
 * @param seq its place, from 1, without holes
 * @param time when it happened, milliseconds
 * @param type name of its {@link AuditType}
 * @param json its canonical text, without {@code hash}; it names {@code seq} and {@code prev_hash}
 * @param hash SHA-256 of {@code json} in UTF-8, lower-case hex
 */
public record AuditEntry(long seq, Instant time, String type, String json, String hash) {

    /**
     * The record as it is shown and exported: the canonical object with {@code hash} as last
     * member.
     */
    public String exported() {
        return json.substring(0, json.length() - 1) + ",\"hash\":\"" + hash + "\"}";
    }
}
