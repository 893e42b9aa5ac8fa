package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.PluginFile;
import io.kepm.api.settings.Setting;
import io.kepm.api.settings.SettingName;
import io.kepm.api.settings.SettingSource;
import io.kepm.api.settings.Settings;
import io.kepm.api.settings.SettingsDesk.Outcome;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The settings in force: where each comes from, and who may change it. */
class SettingsBookTest extends SettingsFixture {

    @Test
    void the_store_wins_over_the_plugins_file_over_appsettings_over_the_built_in_value()
            throws Exception {
        assertThat(book.get(CoreSettings.LOG_RETENTION_DAYS)).isEqualTo(30);
        assertThat(source("log.retention.days")).isEqualTo(SettingSource.APPSETTINGS);
        assertThat(source("log.format")).isEqualTo(SettingSource.BUILT_IN);
        files = List.of(PluginFile.of("KeeperLogger", Map.of("log.retention.days", 20L)));
        book.refresh();
        assertThat(book.get(CoreSettings.LOG_RETENTION_DAYS)).isEqualTo(20);
        assertThat(source("log.retention.days")).isEqualTo(SettingSource.PLUGIN_FILE);
        put("KeeperLogger", "log.retention.days", 10L);
        assertThat(book.get(CoreSettings.LOG_RETENTION_DAYS)).isEqualTo(10);
        assertThat(one("KeeperLogger", "log.retention.days").setBy()).isEqualTo("root by api");
        restart();
        assertThat(book.get(CoreSettings.LOG_RETENTION_DAYS)).isEqualTo(10);
        assertThat(book.revert("KeeperLogger", ROOT, log)).isInstanceOf(Outcome.Done.class);
        files = List.of();
        book.refresh();
        assertThat(book.get(CoreSettings.LOG_RETENTION_DAYS)).isEqualTo(30);
    }

    @Test
    void a_live_setting_counts_at_once_and_whoever_listens_is_told() throws Exception {
        AtomicInteger told = new AtomicInteger();
        Settings.Listening listening = book.listen(told::incrementAndGet);
        put("KeeperLogger", "system.logging.level", "debug");
        assertThat(book.get(CoreSettings.LOG_LEVEL)).isEqualTo("Debug");
        assertThat(told).hasValue(1);
        listening.close();
        book.revert("KeeperLogger", ROOT, log);
        assertThat(book.get(CoreSettings.LOG_LEVEL)).isEqualTo("Warning");
        assertThat(told).hasValue(1);
    }

    @Test
    void another_setting_waits_for_the_restart_and_says_so() throws Exception {
        put("KeeperLogger", "log.format", "json");
        assertThat(book.get(CoreSettings.LOG_FORMAT)).isEqualTo("text");
        assertThat(one("KeeperLogger", "log.format").next()).contains("json");
        assertThat(book.waiting()).containsExactly("KeeperLogger/log.format");
        restart();
        assertThat(book.get(CoreSettings.LOG_FORMAT)).isEqualTo("json");
        assertThat(book.waiting()).isEmpty();
        book.revertAll(ROOT, log);
        assertThat(book.waiting()).containsExactly("KeeperLogger/log.format");
    }

    @Test
    void a_change_of_the_file_is_shown_as_the_next_value() throws Exception {
        write("appsettings.json", "{\"Settings\": {\"log.retention.days\": 31}}");
        assertThat(one("KeeperLogger", "log.retention.days").next()).contains(31);
        assertThat(book.get(CoreSettings.LOG_RETENTION_DAYS)).isEqualTo(30);
    }

    @Test
    void who_changed_what_is_on_record_with_the_values_before_and_after() throws Exception {
        put("KeeperLogger", "log.retention.days", 10L);
        AuditDraft record = log.last();
        assertThat(record.outcome()).isEqualTo("SET");
        assertThat(record.admin().orElseThrow().name()).isEqualTo("root");
        assertThat(record.details())
                .containsEntry("setting", "KeeperLogger/log.retention.days")
                .containsEntry("before", "30")
                .containsEntry("after", "10")
                .containsEntry("by", "api");
        book.revertAll(ROOT, log);
        assertThat(log.last().outcome()).isEqualTo("REVERTED");
        assertThat(log.last().details())
                .containsEntry("before", "KeeperLogger/log.retention.days=10");
    }

    @Test
    void without_a_record_nothing_changes() {
        log.broken = true;
        assertThatThrownBy(() -> put("KeeperLogger", "log.retention.days", 10L))
                .isInstanceOf(StorageException.class);
        assertThat(book.get(CoreSettings.LOG_RETENTION_DAYS)).isEqualTo(30);
        assertThat(book.waiting()).isEmpty();
    }

    @Test
    void ab_139_what_widens_trust_is_set_in_the_file_alone_and_the_try_is_on_record()
            throws Exception {
        for (Setting<?> setting : CoreSettings.all()) {
            if (setting.reach() != Setting.Reach.FILE) {
                continue;
            }
            SettingName name = setting.name();
            assertThat(book.put(name.plugin(), name.name(), setting.defaultValue(), ROOT, log))
                    .as(name.toString())
                    .isInstanceOf(Outcome.Refused.class);
            assertThat(log.last().outcome()).isEqualTo("REFUSED");
            assertThat(log.last().details()).containsEntry("setting", name.toString());
        }
        assertThat(storage.list(Table.SETTINGS)).isEmpty();
    }

    @Test
    void ab_139_security_settings_are_exactly_these() {
        assertThat(
                        CoreSettings.all().stream()
                                .filter(setting -> setting.reach() == Setting.Reach.FILE)
                                .map(setting -> setting.name().toString()))
                .containsExactly(
                        "KeeperPrivilegeManager/AllowedHosts",
                        "KeeperPrivilegeManager/CertPassword",
                        "KeeperPrivilegeManager/KestrelHttpPort",
                        "KeeperPrivilegeManager/KestrelHttpsPort",
                        "KeeperPrivilegeManager/Certificate.File",
                        "KeeperPrivilegeManager/Certificate.KeyFile",
                        "KeeperPrivilegeManager/Certificate.Credential",
                        "KeeperPrivilegeManager/AlternativeSignatures",
                        "KeeperPrivilegeManager/AllowedNonAdminExecutables",
                        "KeeperPrivilegeManager/PluginPath",
                        "KeeperPrivilegeManager/RepositoryPath",
                        "KeeperPrivilegeManager/Storage.KeyFile",
                        "KeeperPrivilegeManager/Storage.Pkcs11.Module",
                        "KeeperPrivilegeManager/Storage.Pkcs11.Token",
                        "KeeperPrivilegeManager/Storage.Pkcs11.Key",
                        "KeeperPrivilegeManager/Storage.Pkcs11.PinFile",
                        "KeeperPrivilegeManager/broker.host",
                        "KeeperPrivilegeManager/broker.port",
                        "KeeperPolicy/unmatched",
                        "KeeperPolicy/unmatchedForOthers",
                        "KeeperPolicy/enforceForAdministrators",
                        "KeeperPolicy/AdminGroups",
                        "KeeperPolicy/governedGroups",
                        "KeeperPolicy/AllowLockout",
                        "KeeperPrivilegeManager/Elevation.OwnWay",
                        "KeeperPrivilegeManager/Elevation.LongestGrantMinutes",
                        "KeeperPrivilegeManager/Elevation.RecordingDays",
                        "KeeperPrivilegeManager/Elevation.MfaProvider",
                        "KeeperPrivilegeManager/Elevation.TotpHash",
                        "KeeperPrivilegeManager/Elevation.ApprovalProviders",
                        "KeeperPrivilegeManager/Audit.RetentionDays",
                        "KeeperPrivilegeManager/Audit.MaxBytes",
                        "KeeperPrivilegeManager/Audit.Exports",
                        "KeeperLogger/log.outputs");
    }

    @Test
    void ab_139_neither_the_store_nor_a_plugins_file_is_asked_for_a_security_setting()
            throws Exception {
        storage.commit(
                new io.kepm.api.storage.Change(
                        List.of(
                                new io.kepm.api.storage.Mutation.Put(
                                        Table.SETTINGS,
                                        "KeeperPolicy/unmatched",
                                        new StoredSetting("os", "x").bytes())),
                        List.of()));
        files = List.of(PluginFile.of("KeeperPolicy", Map.of("unmatched", "os")));
        restart();
        assertThat(book.get(CoreSettings.UNMATCHED)).isEqualTo("deny");
        assertThat(book.unusable()).containsExactly("KeeperPolicy/unmatched");
    }

    @Test
    void an_unknown_name_a_wrong_type_and_a_value_out_of_range_are_refused_with_help()
            throws Exception {
        assertThat(why("KeeperLogger", "log.retention.day", 3L))
                .isEqualTo("unknown setting: did you mean `log.retention.days`?");
        assertThat(why("KeeperLogger", "log.retention.days", 0L))
                .isEqualTo("`0`: not an integer from 1 to 3650");
        assertThat(why("KeeperLogger", "log.retention.days", "3"))
                .isEqualTo("`3`: not an integer from 1 to 3650");
        assertThat(why("KeeperLogger", "log.format", List.of())).contains("none of text, json");
        assertThat(book.put("KeeperLoger", "log.format", "json", ROOT, log))
                .isEqualTo(
                        new Outcome.NoPlugin(
                                "no plugin `KeeperLoger` has settings: did you mean"
                                        + " `KeeperLogger`?"));
        assertThat(book.list("keeperlogger")).isPresent();
        assertThat(book.list("Keeper")).isEmpty();
    }

    @Test
    void a_plugins_settings_are_those_of_its_file_and_its_rights_are_none() throws Exception {
        files =
                List.of(
                        PluginFile.of(
                                "org.example.clock",
                                Map.of(
                                        "interval",
                                        5L,
                                        "apiKey",
                                        "hunter2",
                                        "deep",
                                        Map.of("er", true),
                                        "mqttTopics",
                                        Map.of("publish", List.of("a")))));
        assertThat(book.list("org.example.clock").orElseThrow())
                .extracting(one -> one.setting().name().name())
                .containsExactlyInAnyOrder("interval", "apiKey", "deep.er");
        assertThat(why("org.example.clock", "mqttTopics.publish", List.of("#")))
                .startsWith("unknown setting");
        put("org.example.clock", "interval", 7L);
        assertThat(one("org.example.clock", "interval").value()).isEqualTo(7L);
        assertThat(why("org.example.clock", "interval", "often")).contains("not an integer");
        put("org.example.clock", "apiKey", "hunter3");
        assertThat(log.last().details().toString()).doesNotContain("hunter").contains("***");
        assertThat(why("org.example.clock", "apiKey", 3L)).isEqualTo("`***`: not a text");
        files = List.of();
        assertThat(book.unusable()).as("it is away").isEmpty();
        book.revert("org.example.clock", ROOT, log);
        assertThat(log.last().details())
                .containsEntry("setting", "org.example.clock/apiKey org.example.clock/interval");
        assertThat(storage.list(Table.SETTINGS)).isEmpty();
    }

    @Test
    void a_value_that_is_too_large_is_refused() throws Exception {
        files = List.of(PluginFile.of("p", Map.of("text", "")));
        assertThat(why("p", "text", "x".repeat(20_000))).isEqualTo("larger than 16384 bytes");
    }

    @Test
    void a_stored_setting_that_cannot_be_read_is_named_and_the_others_count() throws Exception {
        put("KeeperLogger", "system.logging.level", "Debug");
        put("KeeperLogger", "log.retention.days", 10L);
        follow("P", "appsettings.json", "{\"Settings\": {\"log.format\": \"json\"}}");
        row("KeeperLogger/log.retention.days", "no JSON");
        row("KeeperLogger/log.rotation.megabytes", "{\"value\": {\"a\": 1}, \"by\": \"x\"}");
        row("gone", "{}");
        row("@policy/KeeperLogger/log.format", "{\"by\": \"policy P\"}");
        row("@policy/KeeperLogger/log.outputs", "[");
        restart();
        assertThat(book.get(CoreSettings.LOG_LEVEL)).isEqualTo("Debug");
        assertThat(book.get(CoreSettings.LOG_RETENTION_DAYS)).as("as the file says").isEqualTo(30);
        assertThat(book.unreadable())
                .hasSize(5)
                .anyMatch(row -> row.startsWith("KeeperLogger/log.retention.days: line 1"))
                .anyMatch(row -> row.startsWith("@policy/KeeperLogger/log.format: it has no"));
        new SettingsTrail(storage, InstantSource.system()).unreadable(book.unreadable());
        assertThat(storage.list(Table.AGENT_STATE).keySet())
                .anyMatch(key -> key.startsWith("spool/appsettings/DEGRADED/"));
        put("KeeperLogger", "log.retention.days", 12L);
        assertThat(follow("P", "appsettings.json", DAYS.formatted(7)).changed())
                .containsExactly("KeeperLogger/log.retention.days");
        assertThat(book.unreadable())
                .hasSize(2)
                .allMatch(row -> row.startsWith("KeeperLogger/log.rot") || row.startsWith("gone"));
        assertThat(book.revert("KeeperLogger", ROOT, log)).isInstanceOf(Outcome.Done.class);
        assertThat(log.last().details().get("setting")).contains("log.rotation.megabytes");
        assertThat(book.plugins()).contains("gone");
        book.revertAll(ROOT, log);
        assertThat(book.unreadable()).isEmpty();
        restart();
        assertThat(book.unreadable()).isEmpty();
        assertThat(book.get(CoreSettings.LOG_RETENTION_DAYS)).isEqualTo(7);
    }
}
