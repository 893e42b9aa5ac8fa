package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LockoutTest {

    @TempDir Path root;

    private static List<String> faults(String... policies) {
        return Lockout.faults(TestSet.load(policies).policies(), Set.of("other")).stream()
                .map(Fault::message)
                .toList();
    }

    private static String deny(String users, String more) {
        return TestSet.policy("deny", "'DENY'", more)
                .replace("'UserCheck':['*']", "'UserCheck':" + users);
    }

    private PolicyFolder folder(FakeStore store, String... allowed) {
        return new PolicyFolder(
                root,
                store,
                store,
                path -> List.of(),
                Set.of(allowed),
                () -> java.time.Instant.EPOCH,
                (set, revision) ->
                        new Evaluator(set, revision, EngineSettings.DEFAULT, TestSet.GUARDS));
    }

    @Test
    void ab_86_the_loader_refuses_it_until_a_root_owned_file_names_it_and_then_it_is_on_record()
            throws IOException {
        String policy = deny("['*']", "'ApplicationCheck':['*']");
        Files.writeString(root.resolve("p.json"), policy.replace('\'', '"'));
        String id = TestSet.load(policy).policies().get(0).id();
        FakeStore store = new FakeStore();
        PolicyFolder refusing = folder(store, "other");
        refusing.look();
        assertThat(refusing.inForce()).isEmpty();
        assertThat(refusing.state().failure())
                .singleElement()
                .asString()
                .contains("locks everybody but root out")
                .contains("`Settings/PolicyEngine/AllowLockout`");
        assertThat(store.records()).containsExactly("POLICY_LOAD_FAILED REFUSED");

        PolicyFolder loading = folder(store, id);
        loading.look();
        assertThat(loading.inForce()).isPresent();
        assertThat(store.drafts.get(1).details()).containsEntry("lockout_allowed", id);
    }

    @Test
    void a_freeze_that_ends_by_itself_is_only_warned_of() {
        for (String time :
                List.of(
                        "'DayCheck':[0,6]",
                        "'TimeCheck':[{'StartTime':'22','EndTime':'6'}]",
                        "'DateCheck':[{'StartDate':'2026-12-20','EndDate':'2027-01-03'}]")) {
            String policy = deny("['*']", time);
            assertThat(faults(policy)).isEmpty();
            assertThat(new Linter().look(TestSet.load(policy).policies()))
                    .extracting(Fault::message)
                    .anyMatch(text -> text.startsWith("for a time locks everybody but root out"));
        }
        assertThat(faults(deny("['*']", "'DayCheck':[0,1,2,3,4,5,6]"))).hasSize(1);
    }

    @Test
    void ab_86_the_check_refuses_it_until_it_is_told_that_it_is_meant() throws IOException {
        String policy = deny("[]", "'ApplicationCheck':['/usr/sbin/*']");
        Files.writeString(root.resolve("p.json"), policy.replace('\'', '"'));
        String id = TestSet.load(policy).policies().get(0).id();
        assertThat(new PolicyCheck().check(List.of(root), Set.of()).isOk()).isFalse();
        assertThat(new PolicyCheck().check(List.of(root), Set.of(id)).isOk()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'ApplicationCheck':['*']",
                "'ApplicationCheck':['/**']",
                "'ApplicationCheck':[]",
                "'Extension':{'Commands':[{'Path':'/**','Args':[{'Rest':true}]}]}"
            })
    void ab_86_a_deny_of_everything_to_everybody_locks_out(String more) {
        for (String users : List.of("['*']", "[]", "['alice','*']")) {
            assertThat(faults(deny(users, more)))
                    .singleElement()
                    .asString()
                    .contains("locks everybody but root out");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/sbin/init",
                "/usr/lib/systemd/systemd",
                "/usr/sbin/sshd",
                "/usr/sbin/*",
                "/bin/login",
                "/usr/bin/sudo",
                "/**/kepm"
            })
    void ab_86_a_deny_of_what_a_machine_needs_is_refused(String program) {
        String more = "'ApplicationCheck':['" + program + "']";
        assertThat(faults(deny("['*']", more)))
                .singleElement()
                .asString()
                .contains("to everybody: the machine");
        assertThat(faults(deny("['%contractors']", more))).isEmpty();
    }

    @Test
    void a_deny_of_something_or_to_somebody_locks_nobody_out() {
        assertThat(faults(deny("['%contractors']", "'DayCheck':[0,6]"))).isEmpty();
        assertThat(faults(deny("[]", TestSet.commands("/usr/sbin/sshd", "'-T'")))).isEmpty();
        assertThat(faults(deny("[]", "'Extension':{'Folders':['/opt/games']}"))).isEmpty();
        String signer = "'CertificationCheck':['" + "ab".repeat(32) + "']";
        assertThat(faults(deny("[]", signer))).isEmpty();
        assertThat(faults(deny("[]", signer.replace("['", "['*','")))).isNotEmpty();
        assertThat(faults(deny("[]", "").replace("enforce", "off"))).isEmpty();
        assertThat(faults(deny("[]", "").replace("CommandLine", "AgenticPrivilegeElevation")))
                .isEmpty();
    }
}
