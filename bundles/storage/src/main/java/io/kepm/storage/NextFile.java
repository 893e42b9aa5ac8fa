package io.kepm.storage;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code appsettings.json} says now, for the next start. It is read again only when it
 * changed. Safe for use by many threads.
 */
final class NextFile {

    private final SettingsFile file;
    private final String loaded;
    private Optional<SettingsFile.Stamp> stamp = Optional.empty();
    private @Nullable State state;

    /**
     * The file now.
     *
     * @param changed whether its content is another one than at the start
     * @param values by key, typed; empty when it would be refused
     * @param faults why it would be
     */
    record State(boolean changed, Optional<Map<String, Object>> values, List<String> faults) {}

    /**
     * @param loaded digest of the content at the start
     */
    NextFile(SettingsFile file, String loaded) {
        this.file = file;
        this.loaded = loaded;
    }

    synchronized State now() {
        Optional<SettingsFile.Stamp> present = file.stamp();
        State known = state;
        if (known == null || !present.equals(stamp)) {
            known = look();
            state = known;
            stamp = present;
        }
        return known;
    }

    private State look() {
        String digest = SettingsTrail.digest(new byte[0]);
        try {
            byte[] content = file.read().orElse(LoadedSettings.NOTHING);
            digest = SettingsTrail.digest(content);
            return new State(
                    !digest.equals(loaded),
                    Optional.of(SettingsCheck.check(FlatJson.parse(content)).values()),
                    List.of());
        } catch (FaultySettings e) {
            return new State(!digest.equals(loaded), Optional.empty(), e.faults());
        }
    }
}
