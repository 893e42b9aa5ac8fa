package io.kepm.elevation.recording;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;

/**
 * A file of sealed segments that grows: a first line, then for each segment its length (31 bits,
 * big endian; the highest bit marks the last one) and as many bytes. For one thread.
 */
final class SealedFile implements AutoCloseable {

    static final byte[] FIRST_LINE = "KEPM session 1\n".getBytes(StandardCharsets.US_ASCII);
    static final int LAST = 1 << 31;

    /** How much there is of it. */
    record Extent(int segments, long bytes) {}

    private final FileChannel channel;
    private final Seal seal;
    private final MessageDigest digest = sha256();
    private volatile Extent extent = new Extent(0, 0);

    /** Creates it; there must be none. */
    SealedFile(Path file, Seal seal) throws IOException {
        this.seal = seal;
        channel =
                FileChannel.open(
                        file,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        write(ByteBuffer.wrap(FIRST_LINE));
        digest.update(FIRST_LINE);
        extent = new Extent(0, FIRST_LINE.length);
    }

    Extent extent() {
        return extent;
    }

    /** On disk when this returns; when it can't be, the file is as it was before. */
    void add(byte[] plain, boolean isLast) throws IOException {
        int number = extent.segments();
        byte[] sealed = seal.seal(number, isLast, plain);
        ByteBuffer bytes = ByteBuffer.allocate(4 + sealed.length);
        bytes.putInt(isLast ? sealed.length | LAST : sealed.length).put(sealed).flip();
        try {
            write(bytes.duplicate());
            channel.force(false);
        } catch (IOException e) {
            channel.truncate(extent.bytes());
            throw e;
        }
        digest.update(bytes);
        extent = new Extent(number + 1, extent.bytes() + 4 + sealed.length);
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Of all of it, once it is closed. */
    String digest() {
        return HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
