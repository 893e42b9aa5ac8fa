package io.kepm.elevation.recording;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/** Reads what {@link SealedFile} wrote, also while it grows. For one thread. */
final class SealedFileReader implements AutoCloseable {

    private static final int MOST_BYTES = 4 << 20;

    private final FileChannel channel;

    SealedFileReader(Path file) throws IOException {
        channel =
                FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        if (!Arrays.equals(
                bytes(0, SealedFile.FIRST_LINE.length).orElse(new byte[0]),
                SealedFile.FIRST_LINE)) {
            throw new IOException("it is no recording of ours");
        }
    }

    /** A sealed segment. */
    record Segment(byte[] sealed, boolean isLast, long next) {}

    static long first() {
        return SealedFile.FIRST_LINE.length;
    }

    /** The one that begins at this byte; empty when it is not there, or not whole. */
    Optional<Segment> at(long offset) throws IOException {
        Optional<byte[]> head = bytes(offset, 4);
        if (head.isEmpty()) {
            return Optional.empty();
        }
        int word = ByteBuffer.wrap(head.get()).getInt();
        int length = word & ~SealedFile.LAST;
        if (length > MOST_BYTES) {
            throw new IOException("a segment has an impossible length");
        }
        return bytes(offset + 4, length)
                .map(
                        bytes ->
                                new Segment(
                                        bytes, (word & SealedFile.LAST) != 0, offset + 4 + length));
    }

    /** How much of it is there, whole segment after whole segment. */
    SealedFile.Extent extent() throws IOException {
        long offset = first();
        int segments = 0;
        for (Optional<Segment> next = at(offset); next.isPresent(); next = at(offset)) {
            offset = next.get().next();
            segments++;
        }
        return new SealedFile.Extent(segments, channel.size());
    }

    /** Of all that is there. */
    String digest() throws IOException {
        MessageDigest digest = SealedFile.sha256();
        ByteBuffer part = ByteBuffer.allocate(1 << 16);
        for (long at = 0; ; ) {
            part.clear();
            int count = channel.read(part, at);
            if (count < 0) {
                return HexFormat.of().formatHex(digest.digest());
            }
            digest.update(part.flip());
            at += count;
        }
    }

    private Optional<byte[]> bytes(long offset, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        try {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, offset + bytes.position()) < 0) {
                    throw new EOFException();
                }
            }
        } catch (EOFException e) {
            return Optional.empty();
        }
        return Optional.of(bytes.array());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
