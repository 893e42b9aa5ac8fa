package io.kepm.storage;

import io.kepm.api.settings.Setting;
import io.kepm.api.settings.Settings;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings that are in force: those of {@code appsettings.json}, or of its last good state when
 * it is faulty now.
 *
 * @param digest of the content of the file that was read, good or not
 * @param values by key, typed; a setting that is not in it has its default
 * @param faults why the file is not the one in force; empty when it is
 * @param remarks what is allowed but not well
 */
record LoadedSettings(
        Path approot,
        String digest,
        Map<String, Object> values,
        List<String> faults,
        List<String> remarks)
        implements Settings {

    static final String FILE = "appsettings.json";

    /** Where the last good content is kept. */
    static final String LAST_GOOD = "appsettings";

    private static final Logger LOG = LoggerFactory.getLogger(LoadedSettings.class);
    static final byte[] NOTHING = "{}".getBytes(StandardCharsets.UTF_8);

    LoadedSettings {
        values = Map.copyOf(values);
        faults = List.copyOf(faults);
        remarks = List.copyOf(remarks);
    }

    /**
     * Reads and checks the file, and keeps it as the last good one if it is.
     *
     * @throws FaultySettings when it is faulty and there is no good one to go on with
     * @throws StorageException when the store fails
     */
    static LoadedSettings load(Path approot, Storage storage, SettingsTrail trail)
            throws FaultySettings, StorageException {
        Optional<byte[]> lastGood = storage.get(Table.AGENT_STATE, LAST_GOOD);
        byte[] content = new byte[0];
        try {
            Optional<byte[]> file = new SettingsFile(approot.resolve(FILE)).read();
            if (file.isEmpty()) {
                LOG.info("`{}` is not there: all settings have their defaults", FILE);
            }
            content = file.orElse(NOTHING);
            SettingsCheck.Checked checked = SettingsCheck.check(FlatJson.parse(content));
            if (checked.holdsSecret()) {
                trail.remarked(content, checked.remarks());
            } else {
                trail.accepted(content, lastGood);
            }
            return new LoadedSettings(
                    approot,
                    SettingsTrail.digest(content),
                    checked.values(),
                    List.of(),
                    checked.remarks());
        } catch (FaultySettings e) {
            List<String> faults = named(e.faults());
            trail.refused(content, faults);
            return fallBack(approot, SettingsTrail.digest(content), lastGood, faults);
        }
    }

    private static LoadedSettings fallBack(
            Path approot, String digest, Optional<byte[]> lastGood, List<String> faults)
            throws FaultySettings {
        if (lastGood.isEmpty()) {
            throw new FaultySettings(faults);
        }
        try {
            SettingsCheck.Checked checked = SettingsCheck.check(FlatJson.parse(lastGood.get()));
            return new LoadedSettings(approot, digest, checked.values(), faults, checked.remarks());
        } catch (FaultySettings e) {
            // Written by another version of the agent.
            List<String> all = new ArrayList<>(faults);
            e.faults().forEach(fault -> all.add("its last good state: " + fault));
            throw new FaultySettings(all);
        }
    }

    private static List<String> named(List<String> faults) {
        return faults.stream().map(fault -> FILE + ": " + fault).toList();
    }

    /** INVARIANT: a value under a key came from that key's own reader, so it has its type. */
    @Override
    @SuppressWarnings("unchecked")
    public <T> T get(Setting<T> setting) {
        return (T) values.getOrDefault(setting.key(), setting.defaultValue());
    }
}
