package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.health.HealthCheck;
import io.kepm.api.health.HealthCheck.Level;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.storage.Table;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadedSettingsTest {

    @TempDir Path approot;

    private List<String> waiting = List.of();

    private SqliteStorage storage;

    @BeforeEach
    void open() throws Exception {
        storage = Stores.open(approot.resolve("KeeperStorage"));
    }

    @AfterEach
    void close() {
        storage.close();
    }

    @Test
    void without_a_file_all_settings_have_their_defaults() throws Exception {
        LoadedSettings settings = load();
        assertThat(settings.get(CoreSettings.HTTPS_PORT)).isEqualTo(6889);
        assertThat(settings.get(CoreSettings.UNMATCHED)).isEqualTo("deny");
        assertThat(settings.approot()).isEqualTo(approot);
        assertThat(health(settings, Optional.empty()).level()).isEqualTo(Level.HEALTHY);
    }

    @Test
    void a_good_file_is_in_force() throws Exception {
        write("{\"Settings\": {\"KestrelHttpsPort\": 7001}}");
        assertThat(load().get(CoreSettings.HTTPS_PORT)).isEqualTo(7001);
    }

    @Test
    void a_bad_file_leaves_the_last_good_one_in_force_and_says_why() throws Exception {
        write("{\"Settings\": {\"KestrelHttpsPort\": 7001}}");
        load();
        write("{\"Settings\": {\"KestrelHttpsPort\": 0, \"KestrelHttpPort\": 7002}}");
        LoadedSettings settings = load();
        assertThat(settings.get(CoreSettings.HTTPS_PORT)).isEqualTo(7001);
        assertThat(settings.get(CoreSettings.HTTP_PORT)).isEqualTo(6888);
        assertThat(health(settings, Optional.empty()).level()).isEqualTo(Level.DEGRADED);
        assertThat(health(settings, Optional.empty()).detail())
                .isEqualTo(
                        "appsettings.json: Settings/KestrelHttpsPort: `0`: not an integer from 1 to"
                                + " 65535");
        assertThat(notes()).hasSize(1).allMatch(note -> note.contains("REFUSED"));
        load();
        assertThat(notes()).as("the same fault is noted once").hasSize(1);
    }

    @Test
    void a_bad_file_without_a_last_good_one_leaves_no_settings() throws Exception {
        write("{\"Settings\": {\"KestrelHttpsPort\": 0}}");
        assertThatThrownBy(this::load)
                .isInstanceOf(FaultySettings.class)
                .hasMessage(
                        "appsettings.json: Settings/KestrelHttpsPort: `0`: not an integer from 1 to"
                                + " 65535");
    }

    @Test
    void a_file_that_ends_too_early_is_told_where_in_words_for_people() throws Exception {
        write("{\"Settings\": {");
        assertThatThrownBy(this::load)
                .hasMessage(
                        "appsettings.json: line 1, column 15: it ends too early: what begins at"
                                + " line 1, column 14 has no end");
    }

    @Test
    void a_change_between_two_starts_is_the_new_last_good_state() throws Exception {
        write("{\"Settings\": {\"KestrelHttpsPort\": 7001}}");
        load();
        write("{\"Settings\": {\"KestrelHttpsPort\": 7002}}");
        load();
        write("{");
        assertThat(load().get(CoreSettings.HTTPS_PORT)).isEqualTo(7002);
        assertThat(notes()).as("only that the file was refused").hasSize(1);
    }

    @Test
    void a_file_with_a_password_is_used_without_it_and_kept_nowhere() throws Exception {
        write("{\"CertPassword\": \"hunter2\", \"Settings\": {\"KestrelHttpsPort\": 7001}}");
        LoadedSettings settings = load();
        assertThat(settings.get(CoreSettings.CERT_PASSWORD)).isEmpty();
        assertThat(settings.get(CoreSettings.HTTPS_PORT)).isEqualTo(7001);
        assertThat(health(settings, Optional.empty()).level()).isEqualTo(Level.DEGRADED);
        assertThat(storage.get(Table.AGENT_STATE, LoadedSettings.LAST_GOOD)).isEmpty();
        assertThat(notes())
                .hasSize(1)
                .allMatch(note -> note.contains("DEGRADED") && note.contains("CertPassword"))
                .noneMatch(note -> note.contains("hunter2"));
    }

    @Test
    void ab_139_a_file_that_others_could_have_written_is_not_read() throws Exception {
        write("{\"Settings\": {\"PolicyEngine\": {\"unmatched\": \"os\"}}}");
        Path file = approot.resolve("appsettings.json");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
        assertThatThrownBy(this::load).hasMessageContaining("has mode 0664: run `chmod 0644");
        Files.move(file, approot.resolve("elsewhere"));
        Files.createSymbolicLink(file, approot.resolve("elsewhere"));
        assertThatThrownBy(this::load).hasMessageContaining("is not a regular file");
    }

    @Test
    void a_file_larger_than_a_mebibyte_is_refused() throws Exception {
        write("{}" + " ".repeat(1 << 20));
        assertThatThrownBy(this::load).hasMessageContaining("larger than 1 MiB");
    }

    @Test
    void a_change_while_running_is_shown_as_a_pending_restart() throws Exception {
        write("{}");
        LoadedSettings settings = load();
        NextFile next = next(settings);
        assertThat(next.now().changed()).isFalse();
        write("{ }");
        assertThat(health(settings, Optional.of(next.now())).detail())
                .startsWith("restart_pending: `appsettings.json` has changed");
        write("{}");
        assertThat(next.now().changed()).as("as it was").isFalse();
    }

    @Test
    void a_change_that_would_be_refused_is_told_before_the_restart() throws Exception {
        write("{}");
        LoadedSettings settings = load();
        write("{\"Settings\": {\"KestrelHttpPrt\": 1}}");
        assertThat(health(settings, Optional.of(next(settings).now())).detail())
                .isEqualTo(
                        "restart_pending: `appsettings.json` has changed since the start and would"
                                + " be refused: Settings/KestrelHttpPrt: unknown setting: did you"
                                + " mean `Settings/KestrelHttpPort`?");
    }

    @Test
    void what_waits_for_a_restart_is_told_whatever_else_is_not_well() throws Exception {
        write("{\"AllowedHosts\": \"*\"}");
        LoadedSettings settings = load();
        waiting = List.of("KeeperLogger/log.format");
        assertThat(health(settings, Optional.empty()).detail())
                .isEqualTo(
                        "restart_pending: KeeperLogger/log.format was set; AllowedHosts: `*` lets"
                                + " requests through that name any host");
        write("{ }");
        NextFile next = next(settings);
        assertThat(health(settings, Optional.of(next.now())).detail())
                .isEqualTo(
                        "restart_pending: `appsettings.json` has changed since the start;"
                                + " KeeperLogger/log.format was set; at the start: AllowedHosts:"
                                + " `*` lets requests through that name any host");
        write("{\"Settings\": {\"KestrelHttpPort\": 0}}");
        settings = load();
        assertThat(health(settings, Optional.empty()).detail())
                .startsWith("restart_pending: KeeperLogger/log.format was set; appsettings.json: ")
                .contains("Settings/KestrelHttpPort: `0`");
        assertThat(health(settings, Optional.empty()).advice())
                .contains("restart the agent", "its last good state is in force");
        assertThat(
                        SettingsHealth.of(
                                        settings,
                                        next.now(),
                                        waiting,
                                        List.of("p/old"),
                                        List.of("p/lost: not JSON"))
                                .detail())
                .contains("restart_pending", "do not count: p/old", "can't be read", "p/lost: not");
    }

    private NextFile next(LoadedSettings settings) {
        return new NextFile(
                new SettingsFile(approot.resolve("appsettings.json")), settings.digest());
    }

    private HealthCheck.Health health(LoadedSettings settings, Optional<NextFile.State> file) {
        return SettingsHealth.of(
                settings,
                file.orElse(new NextFile.State(false, Optional.of(Map.of()), List.of())),
                waiting,
                List.of(),
                List.of());
    }

    private LoadedSettings load() throws Exception {
        return LoadedSettings.load(
                approot, storage, new SettingsTrail(storage, InstantSource.system()));
    }

    private List<String> notes() throws Exception {
        return storage.list(Table.AGENT_STATE).entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(SettingsTrail.SPOOL))
                .map(entry -> new String(entry.getValue(), StandardCharsets.UTF_8))
                .toList();
    }

    private void write(String json) throws Exception {
        Path file = approot.resolve("appsettings.json");
        Files.writeString(file, json);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }
}
