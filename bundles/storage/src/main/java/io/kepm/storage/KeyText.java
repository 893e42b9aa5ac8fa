package io.kepm.storage;

import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** A file that holds a master key: 32 bytes, raw or in hex. No link is followed. */
final class KeyText {

    private static final int LENGTH = 32;
    private static final int LONGEST_FILE = 80;
    private static final Set<StandardOpenOption> NEW_FILE =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final FileAttribute<?> FOR_ROOT =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r--------"));

    private KeyText() {}

    static SecretKey read(Path file) throws IOException, StorageException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new StorageException("the master key `" + file + "` is not a regular file");
        }
        byte[] content = new byte[LONGEST_FILE];
        byte[] key = new byte[0];
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                // until the end
            }
            key = decoded(file, content, buffer.position());
            return new SecretKeySpec(key, "AES");
        } finally {
            Arrays.fill(key, (byte) 0);
            Arrays.fill(content, (byte) 0);
        }
    }

    private static byte[] decoded(Path file, byte[] content, int length) throws StorageException {
        if (length == LENGTH) {
            return Arrays.copyOf(content, LENGTH);
        }
        char[] text = new char[length];
        for (int i = 0; i < length; i++) {
            text[i] = (char) (content[i] & 0xff);
        }
        try {
            int digits = 2 * LENGTH;
            if (length >= digits && isBlank(CharBuffer.wrap(text, digits, length - digits))) {
                return HexFormat.of().parseHex(CharBuffer.wrap(text, 0, digits));
            }
        } catch (IllegalArgumentException e) {
            // Said below, without the content.
        } finally {
            Arrays.fill(text, '\0');
        }
        throw new StorageException(
                "the master key `" + file + "` holds neither 32 bytes nor 64 hex digits");
    }

    private static boolean isBlank(CharSequence rest) {
        return rest.chars().allMatch(Character::isWhitespace);
    }

    /** Makes a key and has it on disk, in a file that has not to exist yet. */
    static SecretKey make(Path file, SecureRandom random) throws IOException {
        byte[] key = new byte[LENGTH];
        random.nextBytes(key);
        byte[] text = HexFormat.of().formatHex(key).getBytes(StandardCharsets.US_ASCII);
        try (FileChannel channel = FileChannel.open(file, NEW_FILE, FOR_ROOT)) {
            ByteBuffer rest = ByteBuffer.wrap(text);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
            return new SecretKeySpec(key, "AES");
        } finally {
            Arrays.fill(text, (byte) 0);
            Arrays.fill(key, (byte) 0);
        }
    }
}
