package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.settings.EffectiveSetting;
import io.kepm.api.settings.PluginFile;
import io.kepm.api.settings.SettingSource;
import io.kepm.api.settings.SettingsDesk;
import io.kepm.api.settings.SettingsDesk.Author;
import io.kepm.api.settings.SettingsDesk.Outcome;
import io.kepm.api.settings.TargetFile;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The settings of an agent on a store of its own, for each test. */
abstract class SettingsFixture {

    static final String DAYS = "{\"Settings\": {\"log.retention.days\": %d}}";

    static final Author ROOT = new Author(AuditDraft.UserInfo.of("root", 0), "api");

    @TempDir Path approot;

    SqliteStorage storage;

    StoreLog log;

    List<PluginFile> files = List.of();

    SettingsBook book;

    @BeforeEach
    void open() throws Exception {
        storage = Stores.open(approot.resolve("KeeperStorage"));
        log = new StoreLog(storage);
        write("appsettings.json", "{\"Settings\": {\"log.retention.days\": 30}}");
        restart();
    }

    @AfterEach
    void close() {
        storage.close();
    }

    void restart() throws Exception {
        LoadedSettings loaded =
                LoadedSettings.load(
                        approot, storage, new SettingsTrail(storage, InstantSource.system()));
        book =
                new SettingsBook(
                        storage,
                        loaded,
                        new NextFile(
                                new SettingsFile(approot.resolve("appsettings.json")),
                                loaded.digest()),
                        () -> files);
    }

    void row(String key, String text) throws StorageException {
        storage.commit(
                new Change(
                        List.of(
                                new Mutation.Put(
                                        Table.SETTINGS,
                                        key,
                                        text.getBytes(StandardCharsets.UTF_8))),
                        List.of()));
    }

    static SettingsDesk.PolicyUpdate update(String policy, TargetFile file, String json) {
        return new SettingsDesk.PolicyUpdate(policy, file, json.getBytes(StandardCharsets.UTF_8));
    }

    SettingsDesk.Followed follow(String policy, String path, String json) throws StorageException {
        return book.follow(List.of(update(policy, TargetFile.of(path).orElseThrow(), json)), log);
    }

    List<String> faults(String path, String json) {
        return book.faults(
                TargetFile.of(path).orElseThrow(), json.getBytes(StandardCharsets.UTF_8));
    }

    void put(String plugin, String name, Object json) throws StorageException {
        assertThat(book.put(plugin, name, json, ROOT, log)).isInstanceOf(Outcome.Done.class);
    }

    String why(String plugin, String name, Object json) throws StorageException {
        Outcome outcome = book.put(plugin, name, json, ROOT, log);
        return outcome instanceof Outcome.Refused refused ? refused.why() : outcome.toString();
    }

    SettingSource source(String name) {
        return one("KeeperLogger", name).source();
    }

    EffectiveSetting one(String plugin, String name) {
        return book.list(plugin).orElseThrow().stream()
                .filter(one -> one.setting().name().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    void write(String name, String json) throws Exception {
        Path file = approot.resolve(name);
        Path folder = file.getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Files.writeString(file, json);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }
}
