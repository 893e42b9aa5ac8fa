package io.kepm.policy;

import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Evaluation;
import java.nio.charset.StandardCharsets;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Policy sets for tests, written as JSON with single quotes. */
final class TestSet {

    static final ZonedDateTime MONDAY_NOON = ZonedDateTime.parse("2026-01-05T12:00:00+01:00");

    static final Guards GUARDS =
            new Guards(new ProtectedTargets(ProtectedList.shipped(), Set.of(4242L)));

    private final PolicySet set;
    private final EngineSettings settings;

    private TestSet(PolicySet set, EngineSettings settings) {
        this.set = set;
        this.settings = settings;
    }

    static TestSet of(String... policies) {
        return new TestSet(load(policies), EngineSettings.DEFAULT);
    }

    TestSet with(EngineSettings other) {
        return new TestSet(set, other);
    }

    static PolicySet load(String... policies) {
        Faults faults = new Faults();
        PolicySet set = PolicyLoader.load(texts(policies), faults);
        if (!faults.isEmpty()) {
            throw new AssertionError(faults.list());
        }
        return set;
    }

    /** What is wrong with the policies, one line each. */
    static List<String> faults(String... policies) {
        Faults faults = new Faults();
        PolicyLoader.load(texts(policies), faults);
        return faults.list().stream().map(Fault::text).toList();
    }

    static List<PolicyText> texts(String... policies) {
        List<PolicyText> texts = new ArrayList<>();
        for (int i = 0; i < policies.length; i++) {
            String json = policies[i].replace('\'', '"');
            String name = json.contains("\"members\"") ? "collections.json" : "p" + i + ".json";
            texts.add(new PolicyText(name, json.getBytes(StandardCharsets.UTF_8)));
        }
        return texts;
    }

    PolicySet set() {
        return set;
    }

    Evaluator evaluator() {
        return new Evaluator(set, new Evaluation.Revision(1, set.sha256()), settings, GUARDS);
    }

    Evaluation ask(Ask ask) {
        return ask(ask, MONDAY_NOON);
    }

    Evaluation ask(Ask ask, ZonedDateTime at) {
        return evaluator().evaluate(ask.request(), at);
    }

    Decision decide(Ask ask) {
        return ask(ask).decision();
    }

    String outcome(Ask ask) {
        return decide(ask).outcome();
    }

    /** The outcome, with the code of its first reason when that says more. */
    String why(Ask ask) {
        Decision decision = decide(ask);
        String code = decision.reasons().get(0).code();
        return code.equals("policy") ? decision.outcome() : decision.outcome() + " " + code;
    }

    /** A policy in enforce for everybody; {@code more} are further members. */
    static String policy(String id, String controls, String more) {
        return "{'PolicyId':'"
                + id
                + "','PolicyName':'Policy "
                + id
                + "','PolicyType':'CommandLine','Status':'enforce','Actions':{'OnSuccess':"
                + "{'Controls':["
                + controls
                + "]}},'UserCheck':['*']"
                + (more.isEmpty() ? "" : "," + more)
                + "}";
    }

    /** One that allows what {@code more} limits. */
    static String allow(String id, String more) {
        return policy(id, "'ALLOW'", more);
    }

    static String commands(String path, String args) {
        return "'Extension':{'Commands':[{'Path':'" + path + "','Args':[" + args + "]}]}";
    }
}
