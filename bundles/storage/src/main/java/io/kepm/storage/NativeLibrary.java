package io.kepm.storage;

import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The rule that SQLite's native library comes from the installation and from nowhere else: the
 * driver would otherwise unpack one into a shared folder, where somebody could plant another.
 */
final class NativeLibrary {

    static final String PATH = "org.sqlite.lib.path";
    private static final String UNPACK_TO = "org.sqlite.tmpdir";
    private static final String NOWHERE = "/proc/self/nowhere";

    private NativeLibrary() {}

    /** Checks the installed library, and takes from the driver any other place to load from. */
    static void pin() throws StorageException {
        String path = System.getProperty(PATH, "");
        if (path.isEmpty()) {
            throw new StorageException(
                    "`" + PATH + "` is not set: start the agent with its own launcher");
        }
        Path library = Path.of(path, System.mapLibraryName("sqlitejdbc"));
        try {
            Optional<String> fault = Ownership.writableByOthers(library);
            if (fault.isEmpty() && !Files.isRegularFile(library)) {
                fault = Optional.of("it is not a regular file: reinstall the agent");
            }
            if (fault.isPresent()) {
                throw new StorageException("SQLite's library: " + fault.get());
            }
        } catch (IOException e) {
            throw new StorageException(
                    "SQLite's library `" + library + "` can't be used: " + e + ": reinstall", e);
        }
        System.setProperty(UNPACK_TO, NOWHERE);
    }
}
