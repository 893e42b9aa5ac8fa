package io.kepm.storage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Where a sealed value stands: table, row and column as bytes. Sealed together with the value, so
 * that a value that was moved does not open. Every part carries its length: no two places agree.
 */
final class Place {

    private final byte[] bytes;

    private Place(byte[]... parts) {
        int size = 0;
        for (byte[] part : parts) {
            size += Integer.BYTES + part.length;
        }
        ByteBuffer buffer = ByteBuffer.allocate(size);
        for (byte[] part : parts) {
            buffer.putInt(part.length).put(part);
        }
        bytes = buffer.array();
    }

    static Place item(String kind, byte[] id) {
        return new Place(utf8("item"), utf8(kind), id, utf8("value"));
    }

    /** The body of a record, bound to all that stands in clear or is searched for beside it. */
    static Place audit(AuditRow row) {
        return new Place(
                utf8("audit"),
                ByteBuffer.allocate(16).putLong(row.seq()).putLong(row.time()).array(),
                utf8(row.type()),
                orNone(row.account()),
                orNone(row.target()),
                orNone(row.request()),
                utf8("body"));
    }

    static Place head() {
        return new Place(utf8("head"), utf8("1"), utf8("body"));
    }

    static Place dataKey(int id, String purpose) {
        return new Place(
                utf8("data_key"),
                ByteBuffer.allocate(4).putInt(id).array(),
                utf8(purpose),
                utf8("wrapped"));
    }

    byte[] bytes() {
        return bytes;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] orNone(byte @Nullable [] value) {
        return value == null ? new byte[0] : value;
    }
}
