package io.kepm.storage;

import io.kepm.api.audit.AuditChain;
import io.kepm.api.audit.AuditPlace;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Where the store stands after a commit.
 *
 * @param seq place of the last record, 0 before the first
 * @param hash its hash
 * @param items exclusive-or over the version hashes of all items: an item that was removed, or put
 *     back to a former value behind our back, changes it
 * @param base place of the last record that was removed by the rules of retention
 */
record Head(long seq, String hash, byte[] items, AuditPlace base) {

    private static final int SUM = 32;
    private static final int HASH = 64;

    static Head first() {
        return new Head(0, AuditChain.GENESIS, new byte[SUM], AuditPlace.START);
    }

    byte[] encoded() {
        return ByteBuffer.allocate(2 * Long.BYTES + 2 * HASH + SUM)
                .putLong(seq)
                .put(hash.getBytes(StandardCharsets.US_ASCII))
                .put(items)
                .putLong(base.seq())
                .put(base.hash().getBytes(StandardCharsets.US_ASCII))
                .array();
    }

    static Head decoded(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long seq = buffer.getLong();
        String hash = hash(buffer);
        byte[] items = new byte[SUM];
        buffer.get(items);
        // Schema 1 removed no records, and knew of no place where they begin.
        AuditPlace base =
                buffer.hasRemaining()
                        ? new AuditPlace(buffer.getLong(), hash(buffer))
                        : AuditPlace.START;
        return new Head(seq, hash, items, base);
    }

    private static String hash(ByteBuffer buffer) {
        byte[] hash = new byte[HASH];
        buffer.get(hash);
        return new String(hash, StandardCharsets.US_ASCII);
    }

    /** Adds a version to the sum, or takes it out again. */
    static void toggle(byte[] sum, byte[] version) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] ^= version[i];
        }
    }
}
