package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.ObjectShape;
import io.kepm.api.settings.ObjectShape.Kind;
import io.kepm.api.settings.ObjectShape.Member;
import io.kepm.api.settings.PluginFile;
import io.kepm.api.settings.PluginSetting;
import io.kepm.api.settings.SettingSource;
import io.kepm.api.settings.TargetFile;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Table;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What policies say about settings, and what they cannot. */
class PolicySettingsTest extends SettingsFixture {

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
        assertThat(System.nanoTime() - begun).isLessThan(20_000_000_000L);
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
}
