package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WhoCanTest {

    @TempDir Path folder;

    @Test
    void whoever_a_policy_names_is_told_with_controls_and_limits() throws IOException {
        write(
                "a",
                "enforce",
                "\"APPROVAL\",\"RECORD\"",
                "\"UserCheck\":[\"alice\",\"%ops\"],\"MachineCheck\":[\"web1\"],\"DayCheck\":[1,2],",
                "\"Commands\":[{\"Path\":\"/usr/bin/id\"}],\"RunAs\":[\"bob\",\"root\"]");
        assertThat(ask("/usr/bin/id"))
                .singleElement()
                .satisfies(
                        line -> {
                            assertThat(line.outcome()).isEqualTo("PENDING");
                            assertThat(line.users()).containsExactly("alice", "%ops");
                            assertThat(line.machines()).containsExactly("web1");
                            assertThat(line.runAs()).containsExactly("bob", "root");
                            assertThat(line.controls())
                                    .containsExactly("JUSTIFY", "APPROVAL", "RECORD");
                            assertThat(line.limits()).containsExactly("days Mon, Tue");
                            assertThat(line.uncertain()).isFalse();
                        });
        assertThat(ask("/usr/bin/id", "-u")).isEmpty();
        assertThat(ask("/usr/bin/df")).isEmpty();
    }

    @Test
    void policies_that_deny_and_those_that_watch_are_told_apart_and_sleeping_ones_left_out()
            throws IOException {
        write(
                "a",
                "monitor",
                "\"ALLOW\"",
                "\"UserCheck\":[\"*\"],\"ApplicationCheck\":[\"*\"],",
                "");
        write("b", "enforce", "\"DENY\"", "\"UserCheck\":[\"eve\"],", "");
        write("c", "off", "\"ALLOW\"", "\"UserCheck\":[\"eve\"],\"ApplicationCheck\":[\"*\"],", "");
        write(
                "d",
                "enforce",
                "\"ALLOW\"",
                "\"UserCheck\":[\"bob\"],\"ApplicationCheck\":[\"*\"],",
                "\"DenyCommands\":[\"/bin/sh\"]");
        assertThat(ask("/bin/sh", "-c", "id"))
                .extracting(l -> l.policy().id() + " " + l.status() + " " + l.outcome() + l.runAs())
                .containsExactly("a monitor ALLOW[root]", "b enforce DENY[*]", "d enforce DENY[*]");
        assertThat(ask("/bin/ls"))
                .extracting(l -> l.policy().id() + " " + l.outcome())
                .containsExactly("a ALLOW", "b DENY", "d ALLOW");
    }

    @Test
    void what_hangs_on_the_asker_or_on_unknown_bytes_is_uncertain() throws IOException {
        write(
                "a",
                "enforce",
                "\"ALLOW\"",
                "\"UserCheck\":[\"*\"],\"ApplicationCheck\":[\"{home}/bin/tool\"],",
                "");
        write(
                "b",
                "enforce",
                "\"MFA\"",
                "\"UserCheck\":[\"*\"],\"ApplicationCheck\":[\"sha256:" + "ab".repeat(32) + "\"],",
                "");
        assertThat(ask("/home/alice/bin/tool"))
                .extracting(l -> l.policy().id() + l.uncertain())
                .containsExactly("atrue", "btrue");
    }

    @Test
    void who_signed_a_program_is_looked_at_and_where_nobody_knows_it_is_uncertain()
            throws IOException {
        String signed = "\"CertificationCheck\":[\"" + "cd".repeat(32) + "\"],";
        String all = "\"UserCheck\":[\"*\"],\"ApplicationCheck\":[\"*\"],";
        write("a", "enforce", "\"ALLOW\"", all + signed, "");
        write("b", "enforce", "\"MFA\"", all + signed, "");
        write("c", "enforce", "\"DENY\"", all + signed, "");
        write("d", "enforce", "\"ALLOW\"", all + signed, "\"DenyCommands\":[\"/bin/x y\"]");
        OfflinePolicies policies = OfflinePolicies.read(List.of(folder));
        assertThat(policies.faults()).isEmpty();
        WhoCan who = new WhoCan(policies);
        assertThat(who.ask(command(List.of("cd".repeat(32)), "", "/bin/x", "y")))
                .extracting(l -> l.policy().id() + " " + l.outcome() + " " + l.uncertain())
                .containsExactly(
                        "a ALLOW false", "b PENDING false", "c DENY false", "d DENY false");
        assertThat(who.ask(command(List.of(), "it is large", "/bin/x", "y")))
                .allMatch(
                        line ->
                                line.limits()
                                        .contains(
                                                "a certificate that it lists (not known: it is"
                                                        + " large)"))
                .extracting(l -> l.policy().id() + " " + l.outcome() + " " + l.uncertain())
                .containsExactly("a ALLOW true", "b PENDING true", "c DENY true", "d DENY true");
        assertThat(who.ask(command(List.of(), "", "/bin/x", "y"))).isEmpty();
        assertThat(who.ask(command(List.of("ef".repeat(32)), "", "/bin/x", "y"))).isEmpty();
    }

    @Test
    void a_guard_stands_before_a_policy_that_would_allow() throws IOException {
        write(
                "a",
                "enforce",
                "\"ALLOW\"",
                "\"UserCheck\":[\"*\"],\"ApplicationCheck\":[\"*\"],",
                "");
        assertThat(ask("/usr/bin/cat", "/etc/sudoers"))
                .singleElement()
                .satisfies(
                        line -> {
                            assertThat(line.outcome()).isEqualTo("DENY");
                            assertThat(line.controls()).containsExactly("DENY");
                            assertThat(line.reason()).contains("/etc/sudoers");
                        });
    }

    @Test
    void a_program_that_others_could_have_changed_is_given_only_by_the_key_for_that()
            throws IOException {
        String all = "\"UserCheck\":[\"*\"],\"ApplicationCheck\":[\"*\"],";
        write("a", "enforce", "\"ALLOW\"", all, "");
        write("b", "enforce", "\"MFA\"", all, "\"AllowUnsafeTarget\":true");
        OfflinePolicies policies = OfflinePolicies.read(List.of(folder));
        List<String> unsafe = List.of("writable by others: /opt (mode 0777)");
        assertThat(new WhoCan(policies).ask(command(List.of(), "", unsafe, "/opt/x")))
                .extracting(l -> l.policy().id() + " " + l.outcome() + " " + l.reason())
                .containsExactly(
                        "a DENY the program could have been changed by somebody else: writable by"
                                + " others: /opt (mode 0777)",
                        "b PENDING ");
    }

    @Test
    void members_of_collections_are_named() throws IOException {
        Files.writeString(
                folder.resolve("collections.json"),
                "[{\"id\":\"c1\",\"type\":3,\"name\":\"x\",\"members\":[\"alice\",\"bob\"]}]");
        write(
                "a",
                "enforce",
                "\"ALLOW\"",
                "\"UserCheck\":[\"collection:c1\",\"alice\"],\"ApplicationCheck\":[\"*\"],",
                "");
        assertThat(ask("/bin/ls").get(0).users()).containsExactly("alice", "bob");
    }

    @Test
    void a_refused_set_says_why_and_gives_nobody_anything() throws IOException {
        Files.writeString(folder.resolve("a.json"), "{");
        OfflinePolicies policies = OfflinePolicies.read(List.of(folder));
        assertThat(policies.faults()).isNotEmpty();
        assertThat(policies.count()).isZero();
        assertThat(OfflinePolicies.read(List.of(folder.resolve("none"))).faults()).isNotEmpty();
    }

    @Test
    void a_draft_is_checked_like_a_file() {
        assertThat(DraftCheck.faults(policy("a", "enforce", "\"ALLOW\"", "", "")))
                .extracting(Fault::text)
                .hasSize(2)
                .allMatch(text -> text.startsWith("policy `a`: "));
        assertThat(DraftCheck.faults(policy("a", "monitor", "\"ALLOW\"", "", ""))).isEmpty();
    }

    private List<WhoCan.Line> ask(String... argv) {
        OfflinePolicies policies = OfflinePolicies.read(List.of(folder));
        assertThat(policies.faults()).isEmpty();
        return new WhoCan(policies).ask(command(List.of(), "", argv));
    }

    private static WhoCan.Command command(List<String> signers, String unknown, String... argv) {
        return command(signers, unknown, List.of(), argv);
    }

    private static WhoCan.Command command(
            List<String> signers, String unknown, List<String> unsafe, String... argv) {
        return new WhoCan.Command(
                argv[0], argv[0], List.of(argv), Optional.empty(), signers, unknown, unsafe, false);
    }

    private void write(String id, String status, String controls, String filters, String extension)
            throws IOException {
        Files.writeString(
                folder.resolve(id + ".json"), policy(id, status, controls, filters, extension));
    }

    private static String policy(
            String id, String status, String controls, String filters, String extension) {
        return "{\"PolicyId\":\""
                + id
                + "\",\"PolicyName\":\"N\",\"PolicyType\":\"CommandLine\",\"Status\":\""
                + status
                + "\",\"Actions\":{\"OnSuccess\":{\"Controls\":["
                + controls
                + "]}},"
                + filters
                + "\"Extension\":{"
                + extension
                + "}}";
    }
}
