package io.kepm.audit.export;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads one message of protobuf, field by field; what is no message is refused. */
final class ProtobufReader {

    private final ByteBuffer in;
    private int type;

    ProtobufReader(ByteBuffer in) {
        this.in = in.order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The number of the next field, whose value is to be read or skipped; 0 at the end. */
    int next() throws IOException {
        if (!in.hasRemaining()) {
            return 0;
        }
        long tag = varint();
        type = (int) (tag & 7);
        long field = tag >>> 3;
        if (field < 1 || field > 0x1fff_ffff) {
            throw new IOException("no message of protobuf");
        }
        return (int) field;
    }

    /** The value of an integer. */
    long number() throws IOException {
        if (type != 0) {
            throw new IOException("no integer");
        }
        return varint();
    }

    String text() throws IOException {
        return StandardCharsets.UTF_8.decode(block()).toString();
    }

    ProtobufReader message() throws IOException {
        return new ProtobufReader(block());
    }

    void skip() throws IOException {
        switch (type) {
            case 0 -> varint();
            case 1 -> take(Long.BYTES);
            case 2 -> block();
            case 5 -> take(Integer.BYTES);
            default -> throw new IOException("no message of protobuf");
        }
    }

    private ByteBuffer block() throws IOException {
        if (type != 2) {
            throw new IOException("no text or message");
        }
        return take(varint());
    }

    private ByteBuffer take(long length) throws IOException {
        if (length < 0 || length > in.remaining()) {
            throw new IOException("a message of protobuf that was cut off");
        }
        ByteBuffer part = in.slice(in.position(), (int) length);
        in.position(in.position() + (int) length);
        return part;
    }

    private long varint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (!in.hasRemaining()) {
                throw new IOException("a message of protobuf that was cut off");
            }
            byte part = in.get();
            value |= (long) (part & 0x7f) << shift;
            if (part >= 0) {
                return value;
            }
        }
        throw new IOException("no message of protobuf");
    }
}
