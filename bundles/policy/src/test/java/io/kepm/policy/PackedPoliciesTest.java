package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.policy.Evaluation;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PackedPoliciesTest {

    private static final String PLAIN =
            "'ApplicationCheck':['/a/b'],"
                    + "'Extension':{'Commands':[{'Path':'/a/b','Args':['x']}]}";

    private static PackedPolicies packed(PolicySet set) {
        return new PackedPolicies(set.policies());
    }

    private static Facts facts(PolicySet set, Ask ask) {
        return new Evaluator(
                        set, new Evaluation.Revision(1, ""), EngineSettings.DEFAULT, TestSet.GUARDS)
                .facts(ask.request(), TestSet.MONDAY_NOON);
    }

    @Property(tries = 4000)
    void the_packed_form_says_what_the_objects_say(
            @ForAll("plain") String policy, @ForAll("requests") Ask ask) {
        PolicySet set = TestSet.load(policy);
        Facts facts = facts(set, ask);
        assertThat(packed(set).has(0)).isTrue();
        assertThat(PackedPolicies.judges(facts)).isTrue();
        Optional<Match> match = Matcher.match(set.policies().get(0), facts);
        assertThat(packed(set).matches(0, facts)).isEqualTo(match.isPresent());
        match.ifPresent(m -> assertThat(m).isEqualTo(Match.plain(m.policy())));
    }

    @Example
    void whatever_a_policy_says_beyond_is_left_to_the_objects() {
        assertThat(packed(TestSet.load(TestSet.allow("p", PLAIN))).has(0)).isTrue();
        for (String more :
                List.of(
                        "'MachineCheck':['ws-17']",
                        "'MachineCheck':['*']",
                        "'DayCheck':[1]",
                        "'TimeCheck':[{'StartTime':'8','EndTime':'17'}]",
                        "'DateCheck':[{'EndDate':'2030-01-01'}]",
                        "'CertificationCheck':['*']")) {
            PolicySet set = TestSet.load(TestSet.allow("p", PLAIN + "," + more));
            assertThat(packed(set).has(0)).as(more).isFalse();
        }
        for (String more :
                List.of(
                        "'RunAs':['root']",
                        "'Folders':['/a']",
                        "'DenyCommands':['/a/c']",
                        "'AllowCommands':['b *']",
                        "'AllowCommands':['{home}/b']",
                        "'AllowCommands':['/a/**']",
                        "'AllowCommands':['/\u00e4/b']",
                        "'AllowCommands':['/a/b " + "x".repeat(300) + "']")) {
            PolicySet set =
                    TestSet.load(TestSet.allow("p", PLAIN.replace("{'Com", "{" + more + ",'Com")));
            assertThat(packed(set).has(0)).as(more).isFalse();
        }
        for (String slot :
                List.of("{'Any':true}", "{'Word':true}", "{'OneOf':['x']}", "{'Regex':'x'}")) {
            PolicySet set = TestSet.load(TestSet.allow("p", PLAIN.replace("'x'", slot)));
            assertThat(packed(set).has(0)).as(slot).isFalse();
        }
        for (String user : List.of("uid:1001", "corp\\\\alice", "alice@corp", "a".repeat(256))) {
            PolicySet set =
                    TestSet.load(TestSet.allow("p", PLAIN).replace("['*']", "['" + user + "']"));
            assertThat(packed(set).has(0)).as(user).isFalse();
        }
        String all = TestSet.allow("p", PLAIN);
        for (String type : List.of("FileAccess", "AgenticPrivilegeElevation", "HttpAccess")) {
            PolicySet set =
                    TestSet.load(
                            all.replace("CommandLine", type).replaceAll(",'Extension':.*", "}"));
            assertThat(packed(set).has(0)).as(type).isFalse();
        }
    }

    @Example
    void long_texts_are_left_to_the_objects() {
        for (int length : new int[] {126, 127, 128, 200, 250, 256}) {
            String path = "/" + "x".repeat(length - 1);
            String policy = TestSet.allow("p", "'ApplicationCheck':['" + path + "']");
            assertThat(packed(TestSet.load(policy)).has(0)).isEqualTo(length <= 127);
            assertThat(TestSet.of(policy).outcome(Ask.command(path))).isEqualTo("ALLOW");
            assertThat(TestSet.of(policy).outcome(Ask.command(path + "x"))).isEqualTo("DENY");
        }
    }

    @Example
    void long_lists_are_left_to_the_objects() {
        for (int entries : new int[] {127, 128, 255, 256, 257, 300}) {
            String users = "['*'" + ",'*'".repeat(entries - 1) + "]";
            String policy = TestSet.allow("p", PLAIN).replace("['*']", users);
            assertThat(packed(TestSet.load(policy)).has(0)).as("%d", entries).isFalse();
            assertThat(TestSet.of(policy).outcome(Ask.command("/a/b", "x"))).isEqualTo("ALLOW");
            assertThat(TestSet.of(policy).outcome(Ask.command("/a/b", "y"))).isEqualTo("DENY");
        }
    }

    @Example
    void a_request_by_another_path_or_as_somebody_else_is_left_to_the_objects() {
        PolicySet set = TestSet.load(TestSet.allow("p", PLAIN));
        Ask ask = Ask.command("/a/b", "x");
        assertThat(PackedPolicies.judges(facts(set, ask))).isTrue();
        assertThat(PackedPolicies.judges(facts(set, ask.real("/c/b")))).isFalse();
        assertThat(PackedPolicies.judges(facts(set, ask.runAs("bob")))).isFalse();
        assertThat(PackedPolicies.judges(facts(set, Ask.command("/")))).isFalse();
    }

    @Provide
    Arbitrary<String> plain() {
        Arbitrary<String> paths =
                Arbitraries.of("/a/b", "/a/*", "/a*/b", "/?/b", "/*/*b", "/a/b?*", "/a/*b*c", "/b");
        Arbitrary<String> command =
                Combinators.combine(
                                paths,
                                Arbitraries.of("'x'", "'yy'", "''", "'-x'").list().ofMaxSize(3),
                                Arbitraries.of(true, false))
                        .as(
                                (path, words, open) ->
                                        "{'Path':'"
                                                + path
                                                + "','Args':["
                                                + String.join(",", words)
                                                + (open
                                                        ? (words.isEmpty() ? "" : ",")
                                                                + "{'Rest':true}"
                                                        : "")
                                                + "]}");
        return Combinators.combine(
                        Arbitraries.of("'ALLOW'", "'DENY'", "'MFA'"),
                        list(Arbitraries.of("'*'", "'alice'", "'bob'", "'%dev'", "'%ops'"), 1),
                        list(
                                Arbitraries.oneOf(paths, Arbitraries.of("*"))
                                        .map(p -> "'" + p + "'"),
                                1),
                        list(command, 0))
                .as(
                        (control, users, applications, commands) ->
                                TestSet.policy(
                                                "p",
                                                control,
                                                "'ApplicationCheck':["
                                                        + applications
                                                        + "]"
                                                        + (commands.isEmpty()
                                                                ? ""
                                                                : ",'Extension':{'Commands':["
                                                                        + commands
                                                                        + "]}"))
                                        .replace(
                                                "'UserCheck':['*']",
                                                "'UserCheck':[" + users + "]"));
    }

    private static Arbitrary<String> list(Arbitrary<String> entries, int least) {
        return entries.list().ofMinSize(least).ofMaxSize(3).map(l -> String.join(",", l));
    }

    @Provide
    Arbitrary<Ask> requests() {
        return Combinators.combine(
                        Arbitraries.of(
                                "/a/b",
                                "/a/bc",
                                "/aa/b",
                                "/a/c",
                                "/b",
                                "/\u00e4/b",
                                "/a/b\ud83d\ude00",
                                "/a/b/c",
                                "/a/xbxc",
                                "/x/yb",
                                "/?/b",
                                "/a/*"),
                        Arbitraries.of("x", "yy", "", "-x", "\u00e4").list().ofMaxSize(4),
                        Arbitraries.of("alice", "bob", "al\u00efce"),
                        Arbitraries.of("dev", "ops", "none"),
                        Arbitraries.of(0, 1))
                .as(
                        (path, words, name, group, bit) -> {
                            Ask ask =
                                    Ask.command(path, words.toArray(String[]::new)).by(name, group);
                            return bit == 1 ? ask.domain("corp") : ask;
                        });
    }
}
