package io.kepm.storage;

import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Setting;
import io.kepm.api.storage.StorageException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which master key {@code appsettings.json} names: a file, or a key in a PKCS#11 token. Read from
 * the root-owned file itself: what the store knows of settings is sealed with this very key.
 */
final class NamedKey implements MasterKey.Named {

    /** Where the settings of it stand. */
    static final String GROUP = "`Settings/Storage`";

    private static final List<Setting<String>> OF_TOKEN =
            List.of(
                    CoreSettings.STORAGE_TOKEN_MODULE,
                    CoreSettings.STORAGE_TOKEN,
                    CoreSettings.STORAGE_TOKEN_KEY,
                    CoreSettings.STORAGE_TOKEN_PIN_FILE);
    private static final List<Setting<String>> PATHS =
            List.of(
                    CoreSettings.STORAGE_KEY_FILE,
                    CoreSettings.STORAGE_TOKEN_MODULE,
                    CoreSettings.STORAGE_TOKEN_PIN_FILE);

    private final SettingsFile file;
    private final Path above;

    /**
     * @param above the folder down to which no path is judged; {@code /}, but for tests
     */
    NamedKey(SettingsFile file, Path above) {
        this.file = file;
        this.above = above;
    }

    @Override
    public Optional<GivenKey> find() throws StorageException {
        Map<String, Object> json;
        try {
            Optional<byte[]> content = file.read();
            if (content.isEmpty()) {
                return Optional.empty();
            }
            json = FlatJson.parse(content.get());
        } catch (FaultySettings e) {
            throw new StorageException(
                    "where the master key is can't be read: `%s`: %s"
                            .formatted(file.path(), e.faults().get(0)),
                    e);
        }
        List<String> faults = faults(json);
        if (!faults.isEmpty()) {
            throw new StorageException("`%s`: %s".formatted(file.path(), faults.get(0)));
        }
        String keyFile = text(json, CoreSettings.STORAGE_KEY_FILE);
        if (!keyFile.isEmpty()) {
            return Optional.of(new KeyFile(Path.of(keyFile), above));
        }
        if (text(json, CoreSettings.STORAGE_TOKEN_MODULE).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new TokenKey(
                        Path.of(text(json, CoreSettings.STORAGE_TOKEN_MODULE)),
                        text(json, CoreSettings.STORAGE_TOKEN),
                        text(json, CoreSettings.STORAGE_TOKEN_KEY),
                        Path.of(text(json, CoreSettings.STORAGE_TOKEN_PIN_FILE)),
                        above));
    }

    /** What is wrong with these settings, taken together. */
    static List<String> faults(Map<String, Object> json) {
        List<String> faults = new ArrayList<>();
        boolean isFile = !text(json, CoreSettings.STORAGE_KEY_FILE).isEmpty();
        List<String> missing =
                OF_TOKEN.stream()
                        .filter(setting -> text(json, setting).isEmpty())
                        .map(Setting::key)
                        .toList();
        boolean isToken = missing.size() < OF_TOKEN.size();
        if (isFile && isToken) {
            faults.add(
                    "%s: the master key is either in a file or in a token: take one out"
                            .formatted(CoreSettings.STORAGE_KEY_FILE.key()));
        }
        if (isToken && !missing.isEmpty()) {
            faults.add(
                    "%s: missing: a master key in a token needs all four"
                            .formatted(missing.get(0)));
        }
        for (Setting<String> setting : PATHS) {
            Object value = json.getOrDefault(setting.key(), "");
            if (!(value instanceof String text) || (!text.isEmpty() && !isPlain(text))) {
                faults.add(
                        "%s: %s: %s is allowed"
                                .formatted(
                                        setting.key(),
                                        SettingsCheck.echo(value),
                                        setting.allowed()));
            }
        }
        return faults;
    }

    private static boolean isPlain(String text) {
        try {
            Path path = Path.of(text);
            return path.isAbsolute() && path.normalize().equals(path);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** What is no text counts as a fault of its own. */
    private static String text(Map<String, Object> json, Setting<String> setting) {
        return json.getOrDefault(setting.key(), "") instanceof String text ? text : "?";
    }
}
