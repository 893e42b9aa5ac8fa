package io.kepm.storage;

import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.crypto.SecretKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Custody of the one key that wraps all others. The first that is there counts: the systemd
 * credential {@code kepm-storage-key}, the key that the settings name, {@code .master.key} in the
 * store's folder. The first two are given: the agent never makes or changes them.
 *
 * <p>A change of keys may have been cut short, or its place may be another one than before: then
 * the store opens with one of the {@link #formers}. {@code .master.key.next} is the key that is to
 * become {@code .master.key}, on disk before anything is wrapped with it.
 */
final class MasterKey {

    /** Which key the settings name; empty when they name none. */
    interface Named {
        Optional<GivenKey> find() throws StorageException;
    }

    /**
     * A key that was in force.
     *
     * @param isNext whether it is {@code .master.key.next}
     */
    record Former(SecretKey key, boolean isNext) {}

    private static final Logger LOG = LoggerFactory.getLogger(MasterKey.class);
    private static final String CREDENTIAL = "kepm-storage-key";
    private static final String OLD_CREDENTIAL = "kepm-storage-key.old";

    private final StoreFolder folder;
    private final Optional<Path> credentials;
    private final Named named;
    private final SecureRandom random;
    private boolean moved;

    /**
     * @param credentials {@code $CREDENTIALS_DIRECTORY}
     */
    MasterKey(StoreFolder folder, Optional<Path> credentials, Named named, SecureRandom random) {
        this.folder = folder;
        this.credentials = credentials;
        this.named = named;
        this.random = random;
    }

    /** The key that is given from outside, so that only who gives it can change it. */
    Optional<GivenKey> given() throws StorageException {
        Optional<Path> credential = credential(CREDENTIAL);
        if (credential.isPresent()) {
            return Optional.of(new CredentialKey(credential.get()));
        }
        try {
            return named.find();
        } catch (StorageException e) {
            if (!exists(folder.masterKey())) {
                throw e;
            }
            LOG.warn("`{}` stays in force: {}", folder.masterKey(), e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * The key; a new one is made only where there is nothing yet that an older one could open, or
     * where the older one is at hand.
     */
    SecretKey load() throws StorageException {
        Optional<GivenKey> given = given();
        if (given.isPresent()) {
            return given.get().read();
        }
        try {
            Path file = folder.masterKey();
            if (exists(file)) {
                Optional<String> fault = Ownership.openToOthers(file);
                if (fault.isPresent()) {
                    throw new StorageException(
                            "the master key is not safe from other users: " + fault.get());
                }
                return KeyText.read(file);
            }
            if (!folder.hasDatabase()) {
                // Nothing is sealed with a half-made one: there is no store.
                Files.deleteIfExists(next());
                makeNext();
                settle(true);
                return KeyText.read(file);
            }
            if (exists(next())) {
                return KeyText.read(next());
            }
            if (credential(OLD_CREDENTIAL).isPresent()) {
                return makeNext();
            }
            throw new StorageException(
                    ("the master key `%s` is missing, and `%s` opens with no other: put it back"
                                    + " from a backup (mode 0400, root), give it as systemd credential"
                                    + " `%s`, or name it again in `appsettings.json` (%s) if it was named"
                                    + " there; elevation is refused until then")
                            .formatted(file, folder.database(), CREDENTIAL, NamedKey.GROUP));
        } catch (IOException e) {
            throw new StorageException("can't read the master key: " + e, e);
        }
    }

    /**
     * The keys that the store may open with when it does not with the one in force: a change of
     * keys was cut short, or the key is in another place than before.
     */
    List<Former> formers() throws StorageException {
        List<Former> formers = new ArrayList<>();
        try {
            if (exists(next())) {
                formers.add(new Former(KeyText.read(next()), true));
            }
            if (given().isPresent() && exists(folder.masterKey())) {
                formers.add(new Former(KeyText.read(folder.masterKey()), false));
            }
            Optional<Path> old = credential(OLD_CREDENTIAL);
            if (old.isPresent()) {
                formers.add(new Former(KeyText.read(old.get()), false));
            }
            return formers;
        } catch (IOException e) {
            throw new StorageException("can't read a former master key: " + e, e);
        }
    }

    /** Whether the store's folder holds a key of its own. */
    boolean isOwnThere() {
        return exists(folder.masterKey());
    }

    /** Where the key in force is, for people. */
    String place() throws StorageException {
        return given().map(GivenKey::place).orElse("`" + folder.masterKey() + "`");
    }

    /** Makes the key that is to come; it is in force once it is {@link #settle settled}. */
    SecretKey makeNext() throws StorageException {
        try {
            SecretKey key = KeyText.make(next(), random);
            // Half a key after a power cut is never taken for one: it is renamed when it is whole.
            folder.sync();
            return key;
        } catch (FileAlreadyExistsException e) {
            throw new StorageException(
                    "a change of keys is unfinished: restart the agent, which settles it", e);
        } catch (IOException e) {
            throw new StorageException("can't write a new master key: " + e, e);
        }
    }

    /** That the store opens with the key in force: what else an unfinished change left goes. */
    void settle() throws StorageException {
        boolean isOwn = given().isEmpty();
        settle(isOwn && !exists(folder.masterKey()));
        if (!isOwn && exists(folder.masterKey())) {
            LOG.warn(
                    "`{}` is not in use: remove it, or keep it elsewhere with older backups",
                    folder.masterKey());
        }
    }

    /** That the store, which opened with a former key, is wrapped with the one in force now. */
    void takeOver(SecretKey former) throws StorageException {
        moved = true;
        if (given().isPresent()) {
            drop(former);
        } else {
            settle();
        }
        LOG.warn("the master key of the store is now {}", place());
    }

    /** Whether the store was wrapped with another key at this start. */
    boolean isMoved() {
        return moved;
    }

    /** Puts the key that is to come in the place of the one that was, or drops it. */
    void settle(boolean isNextInForce) throws StorageException {
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

    /** Removes a former key from the store's folder, after the store was wrapped with another. */
    void drop(SecretKey former) throws StorageException {
        try {
            for (Path file : List.of(folder.masterKey(), next())) {
                if (exists(file)
                        && MessageDigest.isEqual(
                                former.getEncoded(), KeyText.read(file).getEncoded())) {
                    Files.delete(file);
                    folder.sync();
                }
            }
        } catch (IOException e) {
            throw new StorageException(
                    "the store is wrapped with the new master key, but the former one can't be"
                            + " removed: "
                            + e,
                    e);
        }
    }

    private Optional<Path> credential(String name) {
        return credentials.map(path -> path.resolve(name)).filter(Files::exists);
    }

    private Path next() {
        return folder.masterKey().resolveSibling(folder.masterKey().getFileName() + ".next");
    }

    private static boolean exists(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    /** The systemd credential. */
    private record CredentialKey(Path file) implements GivenKey {

        @Override
        public SecretKey read() throws StorageException {
            try {
                return KeyText.read(file);
            } catch (IOException e) {
                throw new StorageException("can't read the master key: " + e, e);
            }
        }

        @Override
        public String place() {
            return "the credential";
        }

        @Override
        public String change() {
            return "give a new one with the former as `"
                    + OLD_CREDENTIAL
                    + "`, and restart the agent";
        }
    }
}
