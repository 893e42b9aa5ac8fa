package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.policy.Control;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.Reason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Small worlds, so that random policies and requests meet often. */
class EvaluatorPropertyTest {

    private static final String SIGNER = "cd".repeat(32);
    private static final String OTHER = "ef".repeat(32);
    private static final EngineSettings SETTINGS = EngineSettings.DEFAULT;

    /** As many tries as the build says: 5,000, and 100,000 in the profile {@code long}. */
    @Property
    void the_indexed_evaluator_answers_like_the_reference(
            @ForAll("sets") List<String> policies, @ForAll("requests") Ask ask) {
        PolicySet set = TestSet.load(numbered(policies));
        Evaluator evaluator =
                new Evaluator(set, new Evaluation.Revision(1, ""), SETTINGS, TestSet.GUARDS);
        Evaluation fast = evaluator.evaluate(ask.request(), TestSet.MONDAY_NOON);
        ReferenceEvaluator.Answer slow =
                new ReferenceEvaluator(set.policies(), SETTINGS)
                        .evaluate(
                                ask.request(),
                                TestSet.MONDAY_NOON,
                                TestSet.GUARDS.raised(
                                        evaluator.facts(ask.request(), TestSet.MONDAY_NOON)));
        assertThat(answer(fast)).isEqualTo(slow);
    }

    @Property(tries = 500)
    void ab_81_the_order_of_policies_never_changes_an_answer(
            @ForAll("sets") List<String> policies, @ForAll("requests") Ask ask, @ForAll long seed) {
        List<String> shuffled = new ArrayList<>(List.of(numbered(policies)));
        Collections.shuffle(shuffled, new Random(seed));
        assertThat(ask(ask, shuffled.toArray(String[]::new)))
                .isEqualTo(ask(ask, numbered(policies)));
    }

    @Property(tries = 1500)
    void ab_81_a_further_policy_with_a_denial_or_a_control_never_loosens_what_a_policy_gave(
            @ForAll("sets") List<String> policies,
            @ForAll("tightening") String further,
            @ForAll("requests") Ask ask) {
        Decision before = ask(ask, numbered(policies)).decision();
        List<String> more = new ArrayList<>(List.of(numbered(policies)));
        more.add(further.replace("PID", "zz"));
        Decision after = ask(ask, more.toArray(String[]::new)).decision();
        // What no policy names by its own name, or whose signer nobody knows, is refused like
        // something that none covers.
        Reason first = before.reasons().get(0);
        if (first.policy().isPresent() && !first.says().startsWith("covers ")) {
            assertThat(strictness(after)).isGreaterThanOrEqualTo(strictness(before));
            if (before instanceof Decision.Pending asked && after instanceof Decision.Pending now) {
                assertThat(now.controls()).containsAll(asked.controls());
                assertThat(now.conditions().validFor())
                        .isLessThanOrEqualTo(asked.conditions().validFor());
                assertThat(asked.conditions().keepEnv()).containsAll(now.conditions().keepEnv());
            }
        }
    }

    @Property(tries = 1000)
    void ab_87_a_policy_that_only_watches_never_changes_an_outcome(
            @ForAll("sets") List<String> policies,
            @ForAll("tightening") String further,
            @ForAll("requests") Ask ask) {
        List<String> more = new ArrayList<>(List.of(numbered(policies)));
        more.add(further.replace("PID", "zz").replace("'Status':'enforce'", "'Status':'monitor'"));
        assertThat(ask(ask, more.toArray(String[]::new)).decision())
                .isEqualTo(ask(ask, numbered(policies)).decision());
    }

    @Property(tries = 2000)
    void ab_85_a_value_is_never_read_as_a_pattern(
            @ForAll("values") String home,
            @ForAll("values") String name,
            @ForAll("paths") String path) {
        TestSet set =
                TestSet.of(
                        TestSet.allow("h", "'ApplicationCheck':['{home}/bin/*']"),
                        TestSet.allow("u", "'ApplicationCheck':['/var/{username}/x']"));
        Ask ask = Ask.command(path).by(name).home(java.util.Optional.of(home));
        // A slash at its end means nothing, and the root folder is a home like any other.
        String plain = home.endsWith("/") ? home.substring(0, home.length() - 1) : home;
        String below = plain + "/bin/";
        boolean inHome =
                (home.equals("/") || PathText.isCanonical(plain))
                        && path.startsWith(below)
                        && path.indexOf('/', below.length()) < 0;
        boolean ofUser = path.equals("/var/" + name + "/x") && name.indexOf('/') < 0;
        if (set.outcome(ask).equals("ALLOW")) {
            assertThat(inHome || ofUser).as("%s, home %s, path %s", name, home, path).isTrue();
        }
    }

    @Provide
    Arbitrary<String> values() {
        return Arbitraries.of("/", "*", "**", "?", "a", "..", "{", "}", "home", "/home/", "{home}")
                .list()
                .ofMinSize(1)
                .ofMaxSize(4)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.of("home", "a", "*", "**", "bin", "var", "x", "{home}", "aa")
                .list()
                .ofMinSize(1)
                .ofMaxSize(5)
                .map(parts -> "/" + String.join("/", parts));
    }

    private static int strictness(Decision decision) {
        return List.of("NOT_GOVERNED", "ALLOW", "PENDING", "DENY").indexOf(decision.outcome());
    }

    private static Evaluation ask(Ask ask, String... policies) {
        return TestSet.of(policies).ask(ask);
    }

    private static String[] numbered(List<String> policies) {
        String[] numbered = new String[policies.size()];
        for (int i = 0; i < numbered.length; i++) {
            numbered[i] = policies.get(i).replace("PID", "p" + i);
        }
        return numbered;
    }

    private static ReferenceEvaluator.Answer answer(Evaluation evaluation) {
        Decision decision = evaluation.decision();
        List<Control> controls =
                decision instanceof Decision.Pending pending ? pending.controls() : List.of();
        Set<String> deciding = new TreeSet<>();
        decision.reasons().forEach(r -> r.policy().ifPresent(p -> deciding.add(p.id())));
        Map<String, String> wouldHave = new TreeMap<>();
        evaluation.wouldHave().forEach(w -> wouldHave.put(w.policy().id(), w.outcome()));
        return new ReferenceEvaluator.Answer(
                decision.outcome(),
                controls,
                decision.reasons().get(0).code(),
                deciding,
                wouldHave);
    }

    @Provide
    Arbitrary<List<String>> sets() {
        return policies(controls()).list().ofMaxSize(7);
    }

    @Provide
    Arbitrary<String> tightening() {
        return policies(Arbitraries.of("'DENY'", "'MFA'", "'APPROVAL'", "'ALLOW','JUSTIFY'"))
                .map(policy -> policy.replaceAll("'Status':'[a-z]+'", "'Status':'enforce'"));
    }

    private static Arbitrary<String> controls() {
        return Arbitraries.of(
                "'ALLOW'",
                "'ALLOW'",
                "'ALLOW'",
                "'DENY'",
                "'MFA'",
                "'APPROVAL'",
                "'NOTIFY'",
                "'ALLOW','JUSTIFY'",
                "'ALLOW','RECORD'",
                "'ALLOW','DENY'");
    }

    private static Arbitrary<String> policies(Arbitrary<String> controls) {
        Arbitrary<String> frame =
                Combinators.combine(
                                controls,
                                Arbitraries.of("enforce", "enforce", "enforce", "monitor", "off"),
                                Arbitraries.of(
                                        "CommandLine",
                                        "CommandLine",
                                        "PrivilegeElevation",
                                        "FileAccess"),
                                some(users()),
                                some(applications()))
                        .as(
                                (c, status, type, u, a) ->
                                        "{'PolicyId':'PID','PolicyName':'n','PolicyType':'"
                                                + type
                                                + "','Status':'"
                                                + status
                                                + "','Actions':{'OnSuccess':{'Controls':["
                                                + c
                                                + "]}},'UserCheck':["
                                                + u
                                                + "],'ApplicationCheck':["
                                                + a
                                                + "]");
        Arbitrary<String> limits =
                Arbitraries.of(
                        "",
                        "",
                        "",
                        ",'DayCheck':[1]",
                        ",'DayCheck':[0,6]",
                        ",'TimeCheck':[{'StartTime':'22','EndTime':'13'}]",
                        ",'CertificationCheck':['" + SIGNER + "']",
                        ",'CertificationCheck':['" + OTHER + "','" + SIGNER + "']",
                        ",'CertificationCheck':['" + OTHER + "'],'DayCheck':[1]",
                        ",'CertificationCheck':['" + OTHER + "','" + "ab".repeat(20) + "']",
                        ",'CertificationCheck':['*','" + OTHER + "']",
                        ",'MachineCheck':['ws-17']",
                        ",'MachineCheck':['ws-1','*']",
                        ",'MachineCheck':['ws-17.example.com']");
        return Combinators.combine(frame, limits, extensions())
                .as(
                        (start, limit, extension) ->
                                start
                                        + limit
                                        + (start.contains("FileAccess") ? "" : extension)
                                        + "}");
    }

    private static Arbitrary<String> some(Arbitrary<String> entries) {
        return entries.list()
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(list -> "'" + String.join("','", list) + "'");
    }

    private static Arbitrary<String> users() {
        return Arbitraries.of(
                "*",
                "alice",
                "bob",
                "al*",
                "%dev",
                "%ops",
                "uid:1001",
                "corp\\\\alice",
                "alice@corp",
                "carol");
    }

    private static Arbitrary<String> applications() {
        return Arbitraries.of(
                "/**",
                "*",
                "/a/b",
                "/a/*",
                "/a/**",
                "/**/b",
                "/a/**/b",
                "/?/b",
                "b",
                "b*",
                "*b",
                "/a/b*",
                "/a*/b",
                "{home}/b",
                "{home}/*",
                "/home/{username}/b",
                "/a/{home}",
                "{username}",
                "sha256:" + "ab".repeat(32),
                "/home/alice/b",
                "/**/{username}/**");
    }

    private static Arbitrary<String> extensions() {
        Arbitrary<String> arguments =
                Arbitraries.of(
                                "'x'",
                                "'y'",
                                "{'OneOf':['x','y']}",
                                "{'Any':true}",
                                "{'Word':true}",
                                "{'Regex':'[xy]+'}")
                        .list()
                        .ofMaxSize(2)
                        .map(list -> String.join(",", list));
        Arbitrary<String> commands =
                Combinators.combine(
                                applications().filter(a -> !a.startsWith("sha256")),
                                arguments,
                                Arbitraries.of("", "", "{'Rest':true}"))
                        .as(
                                (path, args, rest) ->
                                        "'Commands':[{'Path':'"
                                                + path
                                                + "','Args':["
                                                + args
                                                + (args.isEmpty() || rest.isEmpty() ? "" : ",")
                                                + rest
                                                + "]},{'Path':'/a/b','Args':['x','y']}]");
        Arbitrary<String> others =
                Arbitraries.of(
                        "",
                        "",
                        "'RunAs':['bob','root']",
                        "'RunAs':['bob']",
                        "'AllowUnsafeTarget':true",
                        "'AllowProtected':true",
                        "'Folders':['/a']",
                        "'Folders':['{home}']",
                        "'DenyCommands':['/a/b x']",
                        "'DenyCommands':['b','{home}/b']",
                        "'AllowCommands':['/a/* x *','b y']",
                        "'DurationMinutes':5,'KeepEnv':['LANG']",
                        "'NoExec':true",
                        "'Intercept':true",
                        "'EphemeralAccount':true",
                        "'BindCwd':true");
        return Combinators.combine(commands, Arbitraries.of(true, false, false), others)
                .as(
                        (command, named, other) ->
                                !named && other.isEmpty()
                                        ? ""
                                        : ",'Extension':{"
                                                + (named ? command : "")
                                                + (named && !other.isEmpty() ? "," : "")
                                                + other
                                                + "}");
    }

    @Provide
    Arbitrary<Ask> requests() {
        Arbitrary<String> paths =
                Arbitraries.of(
                        "/a/b",
                        "/a",
                        "/a/c/b",
                        "/b",
                        "/a/bb",
                        "/home/alice/b",
                        "/x",
                        "/a/alice",
                        "/etc/sudoers");
        Arbitrary<Ask> plain =
                Combinators.combine(
                                paths,
                                Arbitraries.of("x", "y", "z", "-x", "a b").list().ofMaxSize(3))
                        .as((path, args) -> Ask.command(path, args.toArray(String[]::new)));
        Arbitrary<Ask> asked =
                Combinators.combine(
                                plain,
                                Arbitraries.of("alice", "bob", "al*", "alice@corp"),
                                Arbitraries.of("dev", "ops", "none"))
                        .as((ask, name, group) -> ask.by(name, group));
        return Combinators.combine(
                        asked,
                        paths,
                        Arbitraries.integers().between(0, 63),
                        Arbitraries.of("root", "root", "bob"),
                        Arbitraries.of(
                                "CommandLine",
                                "CommandLine",
                                "PrivilegeElevation",
                                "AgenticPrivilegeElevation"))
                .as(EvaluatorPropertyTest::varied);
    }

    private static Ask varied(Ask ask, String real, int bits, String runAs, String type) {
        Ask varied = ask.runAs(runAs).type(type);
        varied = (bits & 1) == 1 ? varied.real(real) : varied;
        varied = (bits & 2) == 2 ? varied.home(Optional.empty()) : varied;
        varied = (bits & 12) == 12 ? varied.unsafe("x") : varied;
        varied = (bits & 12) == 8 ? varied.domain("corp") : varied;
        varied = (bits & 48) == 16 ? varied.signedBy(SIGNER) : varied;
        varied = (bits & 48) == 32 ? varied.signedByWhomever("x") : varied;
        return (bits & 12) == 4 ? varied.digest("ab".repeat(32)) : varied;
    }
}
