package io.kepm.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.PolicyEngine.Explanation;
import io.kepm.api.policy.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A file of policy cases: policies, requests, and what has to come out. Runs without an agent; for
 * plain Java, outside of OSGi too. JSON; whoever has it in another notation puts it into JSON
 * first.
 */
public final class CaseFile {

    /** One case; {@code message}: what was different and what each policy said, when it failed. */
    public record Result(String name, boolean held, String message) {}

    /**
     * What became of a file.
     *
     * @param faults why it is of no use; then there are no results
     */
    public record Report(List<Result> results, List<Fault> faults) {
        public Report {
            results = List.copyOf(results);
            faults = List.copyOf(faults);
        }

        public boolean held() {
            return faults.isEmpty() && results.stream().allMatch(Result::held);
        }
    }

    /** For a case that does not say when: a Monday at noon. */
    private static final ZonedDateTime NOON = ZonedDateTime.parse("2026-01-05T12:00:00Z");

    private final Path file;
    private final Faults faults = new Faults();

    public CaseFile(Path file) {
        this.file = file;
    }

    /** Reads the file and runs each of its cases. */
    public Report run() {
        Place place = place();
        try {
            // A file of cases may be larger than a file of policies, but not without end.
            if (Files.size(file) <= PolicyLoader.MAX_TOTAL) {
                return run(Files.readAllBytes(file));
            }
            place.refuse("larger than 64 MiB");
        } catch (IOException e) {
            place.refuse("cannot be read: " + e);
        }
        return new Report(List.of(), faults.list());
    }

    /** Runs each of the cases of what is in the file, put into JSON. */
    public Report run(byte[] json) {
        Place place = place();
        List<Result> results = new ArrayList<>();
        JsonText.readLarge(json, place)
                .flatMap(node -> Members.of(node, place))
                .ifPresent(members -> results.addAll(run(members)));
        return new Report(faults.isEmpty() ? results : List.of(), faults.list());
    }

    private Place place() {
        return new Place(faults, String.valueOf(file.getFileName()), "", "");
    }

    private List<Result> run(Members members) {
        PolicySet set = set(members);
        EngineSettings settings =
                members.object("settings").map(CaseFile::settings).orElse(EngineSettings.DEFAULT);
        EvaluationRequest.Machine machine = CaseRequest.machine(members.object("machine"));
        Evaluator evaluator =
                new Evaluator(
                        set,
                        new Evaluation.Revision(1, set.sha256()),
                        settings,
                        new Guards(new ProtectedTargets(ProtectedList.shipped(), Set.of())));
        List<Result> results = new ArrayList<>();
        List<JsonNode> cases = members.items("cases");
        members.any("$schema");
        members.refuseOthers();
        for (int i = 0; i < cases.size() && faults.isEmpty(); i++) {
            Members.of(cases.get(i), members.place("cases").item(i))
                    .map(one -> run(one, machine, new Explainer(set, evaluator)))
                    .ifPresent(results::add);
        }
        return results;
    }

    private static Result run(Members one, EvaluationRequest.Machine machine, Explainer explainer) {
        String name = one.requiredText("name");
        ZonedDateTime at = at(one);
        Optional<EvaluationRequest> request =
                one.object("request").map(members -> CaseRequest.of(members, machine));
        Optional<CaseExpectation> expectation = one.object("expect").map(CaseExpectation::of);
        one.refuseOthers();
        if (request.isEmpty() || expectation.isEmpty()) {
            one.place().refuse("request and expect are needed");
            return new Result(name, false, "");
        }
        Explanation explanation = explainer.explain(request.get(), at);
        List<String> differences = expectation.get().differences(explanation.evaluation());
        return new Result(
                name,
                differences.isEmpty(),
                differences.isEmpty() ? "" : message(differences, explanation));
    }

    private static ZonedDateTime at(Members one) {
        Optional<String> text = one.text("at");
        try {
            return text.map(t -> OffsetDateTime.parse(t).toZonedDateTime()).orElse(NOON);
        } catch (DateTimeException e) {
            one.place("at").refuse("a time with its offset is expected: 2026-11-23T10:15:00+01:00");
            return NOON;
        }
    }

    private static String message(List<String> differences, Explanation explanation) {
        List<String> lines = new ArrayList<>(differences);
        explanation
                .evaluation()
                .decision()
                .reasons()
                .forEach(r -> lines.add("because: " + r.text()));
        for (Reason reason : explanation.considered()) {
            String filters =
                    reason.filters().stream()
                            .map(
                                    f ->
                                            (f.matched() ? "+" : "-")
                                                    + f.filter()
                                                    + " ("
                                                    + f.detail()
                                                    + ")")
                            .collect(Collectors.joining(" "));
            lines.add(reason.text() + ": " + filters);
        }
        return String.join("\n  ", lines);
    }

    private static EngineSettings settings(Members members) {
        EngineSettings otherwise = EngineSettings.DEFAULT;
        String unmatched = members.text("unmatched").orElse("deny");
        if (!unmatched.equals("deny") && !unmatched.equals("os")) {
            members.place("unmatched").refuse("`deny` or `os` is expected");
        }
        EngineSettings settings =
                new EngineSettings(
                        unmatched.equals("deny"),
                        members.flag("enforceForAdministrators", true),
                        members.has("AdminGroups")
                                ? Set.copyOf(members.texts("AdminGroups"))
                                : otherwise.adminGroups(),
                        otherwise.approot());
        members.refuseOthers();
        return settings;
    }

    private PolicySet set(Members members) {
        List<PolicyText> texts = new ArrayList<>();
        members.any("collections")
                .ifPresent(node -> texts.add(text(PolicyFiles.COLLECTIONS, node)));
        List<JsonNode> policies = members.items("policies");
        for (int i = 0; i < policies.size(); i++) {
            texts.add(text("policies[" + i + "]", policies.get(i)));
        }
        members.text("policyDir").ifPresent(folder -> texts.addAll(folder(folder, members)));
        return PolicyLoader.load(texts, faults);
    }

    private static PolicyText text(String name, JsonNode node) {
        return new PolicyText(name, node.toString().getBytes(StandardCharsets.UTF_8));
    }

    private List<PolicyText> folder(String folder, Members members) {
        try {
            return PolicyFiles.read(PolicyFiles.in(file.resolveSibling(folder)), faults);
        } catch (IOException e) {
            members.place("policyDir").refuse("cannot be read: " + e);
            return List.of();
        }
    }
}
