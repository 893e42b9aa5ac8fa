package io.kepm.storage;

import io.kepm.api.settings.CoreSettings;
import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import javax.crypto.SecretKey;

/**
 * A master key in a file that the settings name, which nobody but root may read.
 *
 * @param above the folder down to which nothing is judged; {@code /}, but for tests
 */
record KeyFile(Path path, Path above) implements GivenKey {

    @Override
    public SecretKey read() throws StorageException {
        try {
            return KeyText.read(RootedFile.secret(path, above));
        } catch (IOException e) {
            throw new StorageException(
                    ("the master key that `%s` names can't be used: %s; elevation is refused until"
                                    + " it is there again: put it back from a backup (32 bytes or 64"
                                    + " hex digits, mode 0400, root), or take the setting out if it"
                                    + " was never used")
                            .formatted(CoreSettings.STORAGE_KEY_FILE.key(), e.getMessage()),
                    e);
        }
    }

    @Override
    public String place() {
        return "the file `" + path + "`";
    }

    @Override
    public String change() {
        return "name another one in `appsettings.json`, then rotate again before any restart";
    }
}
