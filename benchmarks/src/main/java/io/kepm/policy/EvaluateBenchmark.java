package io.kepm.policy;

import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.EventType;
import java.nio.charset.StandardCharsets;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.casbin.jcasbin.main.Enforcer;
import org.casbin.jcasbin.model.Model;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Decisions a second on one core. The rules are "user n may restart service n with tool n", one a
 * policy; of the requests, half match one of them and half fit none by their last argument.
 */
@State(Scope.Benchmark)
public class EvaluateBenchmark {

    private static final ZonedDateTime AT = ZonedDateTime.parse("2026-11-25T10:00:00+01:00");
    private static final int REQUESTS = 4096;

    @Param({"100", "1000", "10000"})
    public int rules;

    private final EvaluationRequest[] requests = new EvaluationRequest[REQUESTS];
    private final String[] events = new String[REQUESTS];
    private final Object[][] tuples = new Object[REQUESTS][];
    private Evaluator evaluator =
            new Evaluator(
                    PolicySet.EMPTY,
                    new Evaluation.Revision(1, ""),
                    EngineSettings.DEFAULT,
                    guards());
    private PolicySet set = PolicySet.EMPTY;
    private Enforcer casbin = new Enforcer();
    private software.amazon.event.ruler.Machine ruler =
            software.amazon.event.ruler.Machine.builder().build();
    private int next;

    @Setup
    public void setUp() throws Exception {
        List<PolicyText> texts = new ArrayList<>();
        Model model = new Model();
        model.addDef("r", "r", "sub, obj, act");
        model.addDef("p", "p", "sub, obj, act");
        model.addDef("e", "e", "some(where (p.eft == allow))");
        model.addDef("m", "m", "r.sub == p.sub && r.obj == p.obj && r.act == p.act");
        casbin = new Enforcer(model);
        List<List<String>> lines = new ArrayList<>();
        for (int i = 0; i < rules; i++) {
            texts.add(
                    new PolicyText("p" + i + ".json", policy(i).getBytes(StandardCharsets.UTF_8)));
            lines.add(List.of("user" + i, "/usr/bin/tool" + i, "restart service" + i));
            ruler.addRule(
                    "r" + i,
                    "{\"user\":[\"user"
                            + i
                            + "\"],\"path\":[\"/usr/bin/tool"
                            + i
                            + "\"],\"args\":[\"restart service"
                            + i
                            + "\"]}");
        }
        casbin.addPolicies(lines);
        Faults faults = new Faults();
        set = PolicyLoader.load(texts, faults);
        if (!faults.isEmpty() || set.policies().size() != rules) {
            throw new IllegalStateException("the rules did not load");
        }
        evaluator =
                new Evaluator(
                        set,
                        new Evaluation.Revision(1, set.sha256()),
                        EngineSettings.DEFAULT,
                        guards());
        for (int i = 0; i < REQUESTS; i++) {
            int n = (int) ((i * 2654435761L) % rules);
            String service = "service" + (i % 2 == 0 ? n : n + 1);
            requests[i] = request(n, service);
            tuples[i] = new Object[] {"user" + n, "/usr/bin/tool" + n, "restart " + service};
            events[i] =
                    "{\"user\":\"user"
                            + n
                            + "\",\"path\":\"/usr/bin/tool"
                            + n
                            + "\",\"args\":\"restart "
                            + service
                            + "\"}";
        }
        long allowed =
                Arrays.stream(requests)
                        .filter(r -> evaluator.evaluate(r, AT).decision().status() == 1)
                        .count();
        long ruled = 0;
        long enforced = 0;
        for (int i = 0; i < 64; i++) {
            ruled += ruler.rulesForJSONEvent(events[i]).size();
            enforced += casbin.enforce(tuples[i]) ? 1 : 0;
        }
        if (allowed != REQUESTS / 2 || ruled != 32 || enforced != 32) {
            throw new IllegalStateException(
                    "the engines disagree: " + allowed + ", " + ruled + ", " + enforced);
        }
    }

    /** Ours: guards, index, filters, reasons and conditions. */
    @Benchmark
    public int kepm() {
        return evaluator.evaluate(requests[advance()], AT).decision().status();
    }

    /** The same filters over every policy, without the index and without reasons. */
    @Benchmark
    public int scan() {
        Facts facts = evaluator.facts(requests[advance()], AT);
        int matched = 0;
        for (PolicyDocument policy : set.considered(EventType.COMMAND_LINE)) {
            matched += Matcher.match(policy, facts).isPresent() ? 1 : 0;
        }
        return matched;
    }

    @Benchmark
    public int eventRuler() throws Exception {
        return ruler.rulesForJSONEvent(events[advance()]).size();
    }

    @Benchmark
    public boolean jCasbin() {
        return casbin.enforce(tuples[advance()]);
    }

    private int advance() {
        next = (next + 1) % REQUESTS;
        return next;
    }

    private static Guards guards() {
        return new Guards(new ProtectedTargets(ProtectedList.shipped(), java.util.Set.of()));
    }

    private static String policy(int i) {
        return """
            {"PolicyId":"p%d","PolicyName":"policy %d","PolicyType":"CommandLine","Status":"enforce",
             "UserCheck":["user%d"],"Actions":{"OnSuccess":{"Controls":["ALLOW"]}},
             "Extension":{"Commands":[{"Path":"/usr/bin/tool%d","Args":["restart","service%d"]}]}}
            """
                .formatted(i, i, i, i, i);
    }

    private static EvaluationRequest request(int n, String service) {
        String path = "/usr/bin/tool" + n;
        return new EvaluationRequest(
                "request",
                "CommandLine",
                "1000@tty",
                new EvaluationRequest.User(
                        "user" + n,
                        1000 + n,
                        List.of("users", "staff"),
                        Optional.of("/home/user" + n),
                        Optional.empty()),
                new EvaluationRequest.Machine("ws-17.example.org", "linux"),
                new EvaluationRequest.Target(
                        path,
                        path,
                        List.of("tool" + n, "restart", service),
                        List.of(Optional.empty(), Optional.empty()),
                        Optional.empty(),
                        List.of(),
                        List.of(),
                        false),
                Optional.empty(),
                EvaluationRequest.Access.READ,
                "/",
                "root",
                List.of(),
                Optional.empty(),
                0,
                false,
                Optional.empty());
    }
}
