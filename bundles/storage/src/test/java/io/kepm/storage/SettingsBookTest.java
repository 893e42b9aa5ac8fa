package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.EffectiveSetting;
import io.kepm.api.settings.ObjectShape;
import io.kepm.api.settings.ObjectShape.Kind;
import io.kepm.api.settings.ObjectShape.Member;
import io.kepm.api.settings.PluginFile;
import io.kepm.api.settings.PluginSetting;
import io.kepm.api.settings.Setting;
import io.kepm.api.settings.SettingName;
import io.kepm.api.settings.SettingSource;
import io.kepm.api.settings.Settings;
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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsBookTest {

    private static final String DAYS = "{\"Settings\": {\"log.retention.days\": %d}}";
    private static final Author ROOT = new Author(AuditDraft.UserInfo.of("root", 0), "api");

    @TempDir Path approot;

    private SqliteStorage storage;
    private StoreLog log;
    private List<PluginFile> files = List.of();
    private SettingsBook book;

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

    private void restart() throws Exception {
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
                        "KeeperPolicy/AllowLockout",
                        "KeeperPrivilegeManager/Elevation.OwnWay",
                        "KeeperPrivilegeManager/Elevation.LongestGrantMinutes",
                        "KeeperPrivilegeManager/Elevation.RecordingDays",
                        "KeeperPrivilegeManager/Elevation.MfaProvider",
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
    void ab_139_a_policy_replaces_the_agents_file_but_not_its_security_settings() {
        assertThat(faults("appsettings.json", "{\"Settings\": {\"log.retention.days\": 5}}"))
                .isEmpty();
        assertThat(
                        faults(
                                "appsettings.json",
                                "{\"Settings\": {\"AlternativeSignatures\": [\"ab\"],"
                                        + " \"PolicyEngine\": {\"unmatched\": \"os\"}}}"))
                .containsExactly(
                        "Settings/AlternativeSignatures: a security setting: it has to stay as it"
                                + " is, only root changes it",
                        "Settings/PolicyEngine/unmatched: a security setting: it has to stay as it"
                                + " is, only root changes it");
        assertThat(faults("appsettings.json", "{\"Settings\": {\"Nothing\": 1}}")).hasSize(1);
        assertThat(faults("appsettings.json", "{\"CertPassword\": \"x\"}")).hasSize(1);
    }

    @Test
    void ab_139_a_policy_changes_what_a_plugin_is_told_but_not_what_it_may_do() throws Exception {
        write(
                "Plugins/p.json",
                "{\"id\": \"p\", \"executablePath\": \"p\", \"metadata\": {\"a\": 1,"
                        + " \"mqttTopics\": {\"publish\": [\"p/x\"]}}}");
        assertThat(
                        faults(
                                "Plugins/p.json",
                                "{\"id\": \"p\", \"executablePath\": \"p\", \"autoStart\": false,"
                                        + " \"metadata\": {\"a\": 2, \"b\": {}, \"mqttTopics\":"
                                        + " {\"publish\": [\"p/x\"]}}}"))
                .isEmpty();
        assertThat(
                        faults(
                                "Plugins/p.json",
                                "{\"id\": \"q\", \"executablePath\": \"/bin/sh\", \"runAs\":"
                                        + " \"root\", \"metadata\": {\"mqttTopics\":"
                                        + " {\"publish\": [\"#\"]}}}"))
                .hasSize(4)
                .allMatch(fault -> fault.endsWith("it has to stay as it is, only root changes it"));
        assertThat(faults("Plugins/other.json", "{}"))
                .containsExactly("there is no plugin `other`: a policy installs none");
    }

    @Test
    void what_a_policy_sets_wins_until_it_goes_and_a_restart_changes_nothing_of_that()
            throws Exception {
        put("KeeperLogger", "log.retention.days", 10L);
        assertThat(follow("P", "appsettings.json", DAYS.formatted(7)).changed())
                .containsExactly("KeeperLogger/log.retention.days");
        assertThat(book.get(CoreSettings.LOG_RETENTION_DAYS)).isEqualTo(7);
        assertThat(source("log.retention.days")).isEqualTo(SettingSource.POLICY);
        assertThat(one("KeeperLogger", "log.retention.days").setBy()).isEqualTo("policy P");
        assertThat(log.last().outcome()).isEqualTo("SET");
        assertThat(log.last().details())
                .containsEntry("by", "policy P")
                .containsEntry("before", "10")
                .containsEntry("after", "7");
        assertThat(why("KeeperLogger", "log.retention.days", 12L))
                .isEqualTo("policy P sets it, as long as it is there");
        book.revertAll(ROOT, log);
        put("KeeperLogger", "system.logging.level", "Debug");
        restart();
        assertThat(book.get(CoreSettings.LOG_RETENTION_DAYS)).isEqualTo(7);
        assertThat(book.get(CoreSettings.LOG_LEVEL)).isEqualTo("Debug");

        AtomicInteger told = new AtomicInteger();
        book.listen(told::incrementAndGet);
        assertThat(book.follow(List.of(), log).changed()).hasSize(1);
        assertThat(book.get(CoreSettings.LOG_RETENTION_DAYS)).isEqualTo(30);
        assertThat(log.last().outcome()).isEqualTo("REVERTED");
        assertThat(told).hasValue(1);
        assertThat(book.follow(List.of(), log).changed()).isEmpty();
        assertThat(told).as("nothing is another").hasValue(1);
    }

    @Test
    void ab_139_no_policy_sets_a_security_setting_and_of_one_that_tries_nothing_counts()
            throws Exception {
        var tried =
                follow(
                        "P",
                        "appsettings.json",
                        "{\"Settings\": {\"log.retention.days\": 7, \"KestrelHttpPort\": 1}}");
        assertThat(tried.faults())
                .containsExactly(
                        "P: Settings/KestrelHttpPort: a security setting: it has to stay as it is,"
                                + " only root changes it");
        assertThat(tried.changed()).isEmpty();
        assertThat(book.get(CoreSettings.LOG_RETENTION_DAYS)).isEqualTo(30);
        storage.commit(
                new Change(
                        List.of(
                                new Mutation.Put(
                                        Table.SETTINGS,
                                        "@policy/KeeperPrivilegeManager/KestrelHttpPort",
                                        new StoredSetting(1L, "policy P").bytes())),
                        List.of()));
        restart();
        assertThat(book.get(CoreSettings.HTTP_PORT)).as("not even from the store").isEqualTo(6888);
    }

    @Test
    void of_a_plugin_a_policy_sets_declared_settings_and_nothing_else_of_its_file()
            throws Exception {
        String file = "{\"id\": \"p\", \"autoStart\": %s, \"metadata\": {\"a\": %s%s}}";
        write("Plugins/p.json", file.formatted("true", "1", ""));
        files = List.of(PluginFile.of("p", Map.of("a", 1L)));
        assertThat(follow("P", "Plugins/p.json", file.formatted("true", "5", "")).faults())
                .isEmpty();
        assertThat(one("p", "a").value()).isEqualTo(5L);
        assertThat(follow("P", "Plugins/p.json", file.formatted("false", "6", "")).faults())
                .containsExactly("P: autoStart: no setting: only root changes it, in the file");
        assertThat(one("p", "a").value()).as("it is taken back").isEqualTo(1L);
        String odd = file.formatted("true", "\"x\"", ", \"b\": 1");
        assertThat(follow("P", "Plugins/p.json", odd).faults())
                .containsExactlyInAnyOrder(
                        "P: b: no setting that a policy can set",
                        "P: p/a: `x`: not an integer from %d to %d"
                                .formatted(Long.MIN_VALUE, Long.MAX_VALUE));
    }

    @Test
    void a_policy_sets_a_list_of_objects_that_the_document_of_the_plugin_declares()
            throws Exception {
        ObjectShape shape =
                new ObjectShape(
                        Map.of(
                                "match",
                                new Member(
                                        Kind.TEXT,
                                        true,
                                        Optional.empty(),
                                        Optional.empty(),
                                        List.of()),
                                "level",
                                new Member(
                                        Kind.INTEGER,
                                        false,
                                        Optional.of(1L),
                                        Optional.of(9L),
                                        List.of())));
        PluginSetting said =
                new PluginSetting(
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        "",
                        Optional.of(shape),
                        "rules");
        List<Map<String, Object>> own = List.of(Map.of("match", "a"));
        String file = "{\"id\": \"p\", \"metadata\": {\"rules\": %s, \"other\": %s}}";
        String rules = "[{\"match\": \"a\"}]";
        String other = "[{\"x\": [{\"y\": 1}]}]";
        write("Plugins/p.json", file.formatted(rules, other));
        files =
                List.of(
                        PluginFile.of(
                                "p", Map.of("rules", own, "other", own), Map.of("rules", said)));
        assertThat(one("p", "rules").value()).isEqualTo(own);
        String wanted = "[{\"match\": \"b\", \"level\": 3}, {\"match\": \"c\"}]";
        assertThat(follow("P", "Plugins/p.json", file.formatted(wanted, other)).faults())
                .as("what is no setting stands there as it did")
                .isEmpty();
        restart();
        assertThat(one("p", "rules").value())
                .isEqualTo(List.of(Map.of("match", "b", "level", 3L), Map.of("match", "c")));
        assertThat(follow("P", "Plugins/p.json", file.formatted("[]", "[{\"x\": []}]")).faults())
                .containsExactly("P: other: no setting that a policy can set");
        assertThat(one("p", "rules").value()).as("nothing of it counts").isEqualTo(own);
        for (String[] each :
                List.of(
                        new String[] {"[{\"level\": 3}]", "0/match: it is needed"},
                        new String[] {"[{\"match\": 1}]", "0/match: not text"},
                        new String[] {
                            "[{\"match\": \"a\"}, {\"match\": \"a\", \"level\": 10}]",
                            "1/level: not integer from 1 to 9"
                        },
                        new String[] {
                            "[{\"match\": \"a\", \"run\": \"x\"}]", "0: a member that is not known"
                        },
                        new String[] {"[\"a\"]", "0: not an object"},
                        new String[] {"{\"match\": \"a\"}", "no setting that a policy can set"})) {
            assertThat(follow("P", "Plugins/p.json", file.formatted(each[0], other)).faults())
                    .as(each[0])
                    .singleElement()
                    .asString()
                    .contains(each[1]);
        }
        put("p", "rules", List.of(Map.of("match", "z")));
        assertThat(why("p", "rules", List.of(Map.of("match", Map.of())))).contains("0/match: not");
    }

    @Test
    void ab_139_a_policy_of_nothing_but_nonsense_costs_little_and_is_told_in_short()
            throws Exception {
        StringBuilder nonsense = new StringBuilder("{\"Settings\": {\"a\": 1");
        for (int i = 0; nonsense.length() < 900_000; i++) {
            nonsense.append(", \"log.retention.day").append(i).append("\": 1");
        }
        long begun = System.nanoTime();
        List<String> faults =
                follow("P", "appsettings.json", nonsense.append("}}").toString()).faults();
        assertThat(faults).hasSize(100).allMatch(one -> one.startsWith("P: Settings/"));
        assertThat(System.nanoTime() - begun).isLessThan(5_000_000_000L);
    }

    @Test
    void of_two_policies_that_differ_the_first_counts_and_the_other_is_told() throws Exception {
        TargetFile file = TargetFile.of("appsettings.json").orElseThrow();
        var both =
                book.follow(
                        List.of(
                                update("A", file, DAYS.formatted(7)),
                                update("B", file, DAYS.formatted(8))),
                        log);
        assertThat(both.faults())
                .containsExactly(
                        "B: KeeperLogger/log.retention.days: policy A says something else");
        assertThat(book.get(CoreSettings.LOG_RETENTION_DAYS)).isEqualTo(7);
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

    private void row(String key, String text) throws StorageException {
        storage.commit(
                new Change(
                        List.of(
                                new Mutation.Put(
                                        Table.SETTINGS,
                                        key,
                                        text.getBytes(StandardCharsets.UTF_8))),
                        List.of()));
    }

    private static SettingsDesk.PolicyUpdate update(String policy, TargetFile file, String json) {
        return new SettingsDesk.PolicyUpdate(policy, file, json.getBytes(StandardCharsets.UTF_8));
    }

    private SettingsDesk.Followed follow(String policy, String path, String json)
            throws StorageException {
        return book.follow(List.of(update(policy, TargetFile.of(path).orElseThrow(), json)), log);
    }

    @Test
    void ab_139_what_a_policy_may_replace_is_a_closed_list() {
        assertThat(TargetFile.of("Plugins/KeeperLogger.json")).isPresent();
        for (String path :
                List.of(
                        "policies/p.json",
                        "persons.json",
                        "Jobs/x.json",
                        "/etc/sudoers",
                        "Plugins/../appsettings.json",
                        "Plugins/bin/x.json",
                        "./appsettings.json",
                        "APPSETTINGS.JSON",
                        "Plugins/.json",
                        "")) {
            assertThat(TargetFile.of(path)).as(path).isEmpty();
        }
    }

    private List<String> faults(String path, String json) {
        return book.faults(
                TargetFile.of(path).orElseThrow(), json.getBytes(StandardCharsets.UTF_8));
    }

    private void put(String plugin, String name, Object json) throws StorageException {
        assertThat(book.put(plugin, name, json, ROOT, log)).isInstanceOf(Outcome.Done.class);
    }

    private String why(String plugin, String name, Object json) throws StorageException {
        Outcome outcome = book.put(plugin, name, json, ROOT, log);
        return outcome instanceof Outcome.Refused refused ? refused.why() : outcome.toString();
    }

    private SettingSource source(String name) {
        return one("KeeperLogger", name).source();
    }

    private EffectiveSetting one(String plugin, String name) {
        return book.list(plugin).orElseThrow().stream()
                .filter(one -> one.setting().name().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private void write(String name, String json) throws Exception {
        Path file = approot.resolve(name);
        Path folder = file.getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Files.writeString(file, json);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }
}
