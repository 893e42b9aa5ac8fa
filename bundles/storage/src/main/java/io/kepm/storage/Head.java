package io.kepm.storage;

import io.kepm.api.audit.AuditChain;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Where the store stands after a commit.
 *
 * @param seq place of the last record, 0 before the first
 * @param hash its hash
 * @param items exclusive-or over the version hashes of all items: an item that was removed, or put
 *     back to a former value behind our back, changes it
 */
record Head(long seq, String hash, byte[] items) {

    private static final int SUM = 32;
    private static final int HASH = 64;

    static Head first() {
        return new Head(0, AuditChain.GENESIS, new byte[SUM]);
    }

    byte[] encoded() {
        return ByteBuffer.allocate(Long.BYTES + HASH + SUM)
                .putLong(seq)
                .put(hash.getBytes(StandardCharsets.US_ASCII))
                .put(items)
                .array();
    }

    static Head decoded(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long seq = buffer.getLong();
        byte[] hash = new byte[HASH];
        byte[] items = new byte[SUM];
        buffer.get(hash).get(items);
        return new Head(seq, new String(hash, StandardCharsets.US_ASCII), items);
    }

    /** Adds a version to the sum, or takes it out again. */
    static void toggle(byte[] sum, byte[] version) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] ^= version[i];
        }
    }
}
