package io.kepm.storage;

import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * Custody of the one key that wraps all others: the systemd credential {@code kepm-storage-key} if
 * there is one, else {@code .master.key} in the store's folder. Either holds 32 bytes, raw or in
 * hex.
 *
 * <p>A change of keys may have been cut short: then the store opens with the {@link #other} key,
 * which is {@code .master.key.next}, or the credential {@code kepm-storage-key.old}.
 */
final class MasterKey {

    private static final String CREDENTIAL = "kepm-storage-key";
    private static final String OLD_CREDENTIAL = "kepm-storage-key.old";
    private static final int LENGTH = 32;
    private static final int LONGEST_FILE = 80;
    private static final Set<StandardOpenOption> NEW_FILE =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final FileAttribute<?> FOR_ROOT =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r--------"));

    private final StoreFolder folder;
    private final Optional<Path> credentials;
    private final SecureRandom random;

    /**
     * @param credentials {@code $CREDENTIALS_DIRECTORY}
     */
    MasterKey(StoreFolder folder, Optional<Path> credentials, SecureRandom random) {
        this.folder = folder;
        this.credentials = credentials;
        this.random = random;
    }

    /** The key; a new one is made only where there is nothing yet that an older one could open. */
    SecretKey load() throws StorageException {
        try {
            Optional<Path> credential = credential(CREDENTIAL);
            if (credential.isPresent()) {
                return read(credential.get());
            }
            Path file = folder.masterKey();
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                Optional<String> fault = Ownership.openToOthers(file);
                if (fault.isPresent()) {
                    throw new StorageException(
                            "the master key is not safe from other users: " + fault.get());
                }
                return read(file);
            }
            if (folder.hasDatabase()) {
                throw new StorageException(
                        ("the master key `%s` is missing, and `%s` opens with no other: put it back"
                                        + " from a backup (mode 0400, root), or give it as systemd"
                                        + " credential `%s`; elevation is refused until then")
                                .formatted(file, folder.database(), CREDENTIAL));
            }
            // Nothing is sealed with a half-made one: there is no store.
            Files.deleteIfExists(next());
            SecretKey key = make(next());
            settle(true);
            return key;
        } catch (IOException e) {
            throw new StorageException("can't read the master key: " + e, e);
        }
    }

    /** The key that the store opens with when a change of keys was cut short, or is under way. */
    Optional<SecretKey> other() throws StorageException {
        try {
            Optional<Path> file =
                    isGiven()
                            ? credential(OLD_CREDENTIAL)
                            : Optional.of(next()).filter(Files::exists);
            return file.isPresent() ? Optional.of(read(file.get())) : Optional.empty();
        } catch (IOException e) {
            throw new StorageException("can't read the other master key: " + e, e);
        }
    }

    /** Whether the key is given from outside, so that only who gives it can change it. */
    boolean isGiven() {
        return credential(CREDENTIAL).isPresent();
    }

    /** Makes the key that is to come; it is in force once it is {@link #settle settled}. */
    SecretKey makeNext() throws StorageException {
        try {
            return make(next());
        } catch (FileAlreadyExistsException e) {
            throw new StorageException(
                    "a change of keys is unfinished: restart the agent, which settles it", e);
        } catch (IOException e) {
            throw new StorageException("can't write a new master key: " + e, e);
        }
    }

    /** Puts the key that is to come in the place of the one that was, or drops it. */
    void settle(boolean isNextInForce) throws StorageException {
        if (isGiven()) {
            return;
        }
        try {
            if (isNextInForce) {
                Files.move(
                        next(),
                        folder.masterKey(),
                        StandardCopyOption.REPLACE_EXISTING,
                        StandardCopyOption.ATOMIC_MOVE);
            } else if (!Files.deleteIfExists(next())) {
                return;
            }
            folder.sync();
        } catch (IOException e) {
            throw new StorageException("can't put the new master key in its place: " + e, e);
        }
    }

    private Optional<Path> credential(String name) {
        return credentials.map(path -> path.resolve(name)).filter(Files::exists);
    }

    private Path next() {
        return folder.masterKey().resolveSibling(folder.masterKey().getFileName() + ".next");
    }

    private static SecretKey read(Path file) throws IOException, StorageException {
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

    private SecretKey make(Path file) throws IOException {
        byte[] key = new byte[LENGTH];
        random.nextBytes(key);
        byte[] text = HexFormat.of().formatHex(key).getBytes(StandardCharsets.US_ASCII);
        // Half a key after a power cut is never taken for one: it is renamed only when it is whole.
        try (FileChannel channel = FileChannel.open(file, NEW_FILE, FOR_ROOT)) {
            ByteBuffer rest = ByteBuffer.wrap(text);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
            folder.sync();
            return new SecretKeySpec(key, "AES");
        } finally {
            Arrays.fill(text, (byte) 0);
            Arrays.fill(key, (byte) 0);
        }
    }
}
