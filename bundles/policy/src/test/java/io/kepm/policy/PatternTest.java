package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PatternTest {

    @ParameterizedTest
    @CsvSource({
        "/usr/bin/id, /usr/bin/id, YES",
        "/usr/bin/id, /usr/bin/idx, NO",
        "/usr/bin/*, /usr/bin/id, YES",
        "/usr/bin/*, /usr/bin, NO",
        "/usr/bin/*, /usr/bin/a/b, NO",
        "/usr/*/id, /usr/bin/id, YES",
        "/usr/bin/i*d, /usr/bin/id, YES",
        "/usr/bin/?d, /usr/bin/id, YES",
        "/usr/bin/?d, /usr/bin/d, NO",
        "/usr/bin/?, /usr/bin/😀, YES",
        "/opt/**, /opt, NO",
        "/opt/**, /opt/a, YES",
        "/opt/**, /opt/a/b/c, YES",
        "/opt/**, /optional/a, NO",
        "/opt/**/run, /opt/run, YES",
        "/opt/**/run, /opt/a/b/run, YES",
        "/opt/**/run, /opt/a/runner, NO",
        "/**/run, /run, YES",
        "/**/a/**/b, /x/a/y/a/z/b, YES",
        "/**, /, YES",
        "/**, /a/b, YES",
        "/**/**, /a, YES",
        "/, /, YES",
        "/, /a, NO",
        "run, /opt/run, YES",
        "run, /opt/rerun, NO",
        "git-*, /usr/lib/git-core/git-pull, YES",
        "*.sh, /opt/a.sh, YES",
        "*.sh, /opt/a.sh/b, NO",
        "{home}/bin/*, /home/alice/bin/x, YES",
        "{rootdir}/bin/x, /bin/x, YES",
        "{rootdir}bin/x, /bin/x, YES",
        "{rootdir}, /, YES",
        "{home}, /home/alice, YES",
        "{username}-tool, /opt/alice-tool, YES",
        "/opt/{username}/x, /opt/alice/x, YES",
        "/opt/{home}/x, /opt/a/x, HOLE",
        "{username}/x, /alice/x, HOLE",
        "{pluginroot}/a, /opt/keeper/sbin/Plugins/a, YES",
        "/opt/{hasdesktop}, /opt/false, YES",
        "{tmp}/**, /tmp/x, YES",
        "/opt/[a], /opt/a, NO",
        "/opt/a.b, /opt/axb, NO",
    })
    void patterns_match_as_the_specification_says(String pattern, String path, Fit fit) {
        Facts facts = facts(path);
        Faults faults = new Faults();
        PathPattern parsed =
                PathPattern.parse(pattern, true, new Place(faults, "", "", "")).orElseThrow();
        assertThat(faults.list()).isEmpty();
        assertThat(parsed.fit(new PathText(path), facts.variables())).isEqualTo(fit);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "**", "**/run", "a**b", "/opt/a**", "/opt/***", "usr/bin/id", "/usr/bin/",
                "/usr//bin", "/usr/./bin", "/usr/../bin", "..", ".", "/a/{b", "/a/b}", "/a/{nope}",
                "/a/{}", "/a/{Home}", "/a\nb", "/a\u0000", "/**/**/**/**/**"
            })
    void patterns_that_mean_nothing_are_refused(String pattern) {
        Faults faults = new Faults();
        PathPattern.parse(pattern, true, new Place(faults, "f.json", "p", "x"));
        assertThat(faults.list()).hasSize(1);
    }

    @Test
    void a_pattern_has_at_most_1024_characters() {
        Faults faults = new Faults();
        Place place = new Place(faults, "", "", "");
        assertThat(PathPattern.parse("/" + "😀".repeat(1023), true, place)).isPresent();
        assertThat(PathPattern.parse("/" + "a".repeat(1024), true, place)).isEmpty();
    }

    @Test
    void ab_15_look_alike_paths_are_compared_character_by_character() {
        TestSet set = TestSet.of(TestSet.allow("a", "'ApplicationCheck':['/usr/bin/id']"));
        for (String other : List.of("/usr/bin/ID", "/usr/bin/\u0456d", "/usr/bin/id\u200b")) {
            assertThat(set.outcome(Ask.command(other))).as(other).isEqualTo("DENY");
        }
        for (String bad :
                List.of(
                        "/usr/bin/id/",
                        "/usr//bin/id",
                        "/usr/./bin/id",
                        "/usr/bin/../bin/id",
                        "usr/bin/id",
                        "",
                        "/usr/bin/id\u0000",
                        "/usr/bin/i\nd",
                        "/usr/bin/\u0085")) {
            assertThat(set.why(Ask.command(bad))).as(bad).isEqualTo("DENY guard:malformed");
        }
    }

    @Test
    void ab_82_a_hostile_pattern_costs_no_more_than_its_length() {
        String stars = "/" + "a*".repeat(250) + "b";
        TestSet set =
                TestSet.of(
                        TestSet.allow(
                                "a",
                                "'ApplicationCheck':['" + stars + "','/**/x/**/x/**/x/**/y']"));
        Ask ask = Ask.command("/" + "a".repeat(2000));
        Ask deep = Ask.command("/x".repeat(2000));
        long begun = processorNanos();
        assertThat(set.outcome(ask)).isEqualTo("DENY");
        assertThat(set.outcome(deep)).isEqualTo("DENY");
        assertThat(Duration.ofNanos(processorNanos() - begun)).isLessThan(Duration.ofSeconds(2));
    }

    /** What else the machine does must not count. */
    private static long processorNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    @Test
    void ab_82_a_regular_expression_runs_in_linear_time_and_its_size_is_bounded() {
        TestSet set =
                TestSet.of(TestSet.allow("a", TestSet.commands("/bin/x", "{'Regex':'(a+)+b'}")));
        long begun = processorNanos();
        assertThat(set.outcome(Ask.command("/bin/x", "a".repeat(100_000)))).isEqualTo("DENY");
        assertThat(Duration.ofNanos(processorNanos() - begun)).isLessThan(Duration.ofSeconds(5));
        for (String bomb :
                List.of("((a{100}){100}){100}", "(((x{9}){9}){9}){9}", "a{1000}{2}b{1001}", "(")) {
            assertThat(
                            TestSet.faults(
                                    TestSet.allow(
                                            "a",
                                            TestSet.commands(
                                                    "/bin/x", "{'Regex':'" + bomb + "'}"))))
                    .as(bomb)
                    .hasSize(1);
        }
        assertThatCode(() -> RegexSize.estimate(")))]{{{\\")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            value = {
                "[0-9]{1,3}(\\\\.[0-9]{1,3}){3}|10.0.0.1|ALLOW",
                "[a-z]+|abc|ALLOW",
                "a|ab|DENY",
                "a.c|abc|ALLOW",
                "^abc$|abc|ALLOW",
                "[a-z]{1,63}([.][a-z]{1,63}){1,5}|a.b|ALLOW",
            },
            delimiter = '|')
    void a_regular_expression_describes_the_whole_argument(
            String regex, String argument, String outcome) {
        TestSet set =
                TestSet.of(
                        TestSet.allow(
                                "a", TestSet.commands("/bin/x", "{'Regex':'" + regex + "'}")));
        assertThat(set.outcome(Ask.command("/bin/x", argument))).isEqualTo(outcome);
    }

    @Test
    void a_dot_is_no_newline_and_an_alternative_is_tried_to_the_end() {
        TestSet dot = TestSet.of(TestSet.allow("a", TestSet.commands("/bin/x", "{'Regex':'a.b'}")));
        assertThat(dot.outcome(Ask.command("/bin/x", "a\nb"))).isEqualTo("DENY");
        TestSet either =
                TestSet.of(TestSet.allow("a", TestSet.commands("/bin/x", "{'Regex':'a|ab'}")));
        assertThat(either.outcome(Ask.command("/bin/x", "ab"))).isEqualTo("ALLOW");
        assertThat(either.outcome(Ask.command("/bin/x", "abc"))).isEqualTo("DENY");
    }

    @Test
    void a_folder_is_a_literal_prefix_of_any_depth() {
        TestSet set =
                TestSet.of(
                        TestSet.allow(
                                "a",
                                "'ApplicationCheck':['*.sh'],'Extension':{'Folders':['/opt/a*','{home}']}"));
        assertThat(set.outcome(Ask.command("/opt/a*/b/c.sh"))).isEqualTo("ALLOW");
        assertThat(set.outcome(Ask.command("/opt/ab/c.sh"))).isEqualTo("DENY");
        assertThat(set.outcome(Ask.command("/home/alice/c.sh"))).isEqualTo("ALLOW");
        assertThat(set.outcome(Ask.command("/home/alicex/c.sh"))).isEqualTo("DENY");
    }

    private static Facts facts(String path) {
        return TestSet.of().evaluator().facts(Ask.command(path).request(), TestSet.MONDAY_NOON);
    }
}
