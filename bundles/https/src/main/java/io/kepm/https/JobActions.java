package io.kepm.https;

import io.kepm.api.jobs.JobFault;
import io.kepm.api.jobs.JobRun;
import io.kepm.api.jobs.Jobs;
import io.kepm.api.jobs.Jobs.Outcome;
import io.kepm.api.jobs.Jobs.Started;
import io.kepm.api.json.Fields;
import io.kepm.api.storage.StorageException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Jobs and their runs: which there are, changing them, running them. */
final class JobActions {

    private static final int MOST = 1000;
    private static final int USUAL = 50;

    private final Supplier<Optional<Jobs>> jobs;
    private final People people;

    JobActions(Supplier<Optional<Jobs>> jobs, People people) {
        this.jobs = jobs;
        this.people = people;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/api/jobs", Tier.PLUGIN, with(this::list)),
                Route.get("/api/jobs/{id}", Tier.PLUGIN, with(this::show)),
                Route.get("/api/jobs/{id}/runs", Tier.PLUGIN, with(this::runs)),
                Route.get("/api/jobs/{id}/runs/{run}", Tier.PLUGIN, with(this::run)),
                Route.post("/api/jobs", Tier.ADMIN, with(this::add)),
                Route.post("/api/jobs/validate", Tier.ADMIN, with(this::validate)),
                Route.post("/api/jobs/reload", Tier.ADMIN, with(this::reload)),
                Route.put("/api/jobs/{id}", Tier.ADMIN, with(this::update)),
                Route.delete("/api/jobs/{id}", Tier.ADMIN, with(this::delete)),
                Route.post("/api/jobs/{id}/run", Tier.ADMIN, with(this::start)),
                Route.post("/api/jobs/{id}/trigger", Tier.ADMIN, with(this::trigger)),
                Route.post("/api/jobs/{id}/evaluate", Tier.ADMIN, with(this::evaluate)),
                Route.post("/api/jobs/{id}/cancel", Tier.ADMIN, with(this::cancel)));
    }

    /** What is done while the jobs are there. */
    @FunctionalInterface
    private interface Work {
        Answer answer(Jobs jobs, Call call) throws StorageException;
    }

    private Action with(Work work) {
        return call -> {
            Optional<Jobs> there = jobs.get();
            return there.isPresent()
                    ? work.answer(there.get(), call)
                    : Answer.problem(503, "the jobs are not up: see `kepm status`");
        };
    }

    private Answer list(Jobs there, Call call) {
        return Page.of(call, there.list().stream().map(JobJson::of).toList());
    }

    private static Answer page(List<Map<String, Object>> items, Optional<Object> next, long limit) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("items", items);
        body.put("next", next.isPresent() ? next.get() : next);
        body.put("limit", limit);
        return Answer.ok(body);
    }

    private Answer show(Jobs there, Call call) {
        return there.find(id(call))
                .map(
                        status -> {
                            Map<String, Object> body = JobJson.of(status);
                            there.document(status.id())
                                    .flatMap(JobActions::parsed)
                                    .ifPresent(document -> body.put("document", document));
                            return Answer.ok(body);
                        })
                .orElseGet(JobActions::unknown);
    }

    private static Optional<Map<String, Object>> parsed(String text) {
        try {
            return Optional.of(JsonText.read(text.getBytes(StandardCharsets.UTF_8)));
        } catch (JsonText.Unreadable e) {
            return Optional.empty();
        }
    }

    private Answer runs(Jobs there, Call call) throws StorageException {
        String limitText = call.query().getOrDefault("limit", Integer.toString(USUAL));
        for (String name : call.query().keySet()) {
            if (!name.equals("limit") && !name.equals("before")) {
                return Answer.invalid("?" + name, "unknown parameter; known: before, limit");
            }
        }
        if (!limitText.matches("\\d{1,4}")
                || Integer.parseInt(limitText) < 1
                || Integer.parseInt(limitText) > MOST) {
            return Answer.invalid("?limit", "a number from 1 to 1000");
        }
        int limit = Integer.parseInt(limitText);
        List<JobRun> runs = there.runs(id(call), call.query().getOrDefault("before", ""), limit);
        if (runs.isEmpty() && there.find(id(call)).isEmpty()) {
            return unknown();
        }
        return page(
                runs.stream().map(run -> JobJson.of(run, false)).toList(),
                runs.size() < limit
                        ? Optional.empty()
                        : Optional.of(runs.get(runs.size() - 1).id()),
                limit);
    }

    private Answer run(Jobs there, Call call) throws StorageException {
        return there.run(id(call), call.variables().getOrDefault("run", ""))
                .map(run -> Answer.ok(JobJson.of(run, true)))
                .orElseGet(
                        () ->
                                Answer.problem(
                                        404,
                                        "there is no such run of this job: `kepm job runs ID` lists them"));
    }

    private Answer add(Jobs there, Call call) {
        return answer(there.add(text(call), who(call)), "added");
    }

    private Answer update(Jobs there, Call call) {
        return answer(there.update(id(call), text(call), who(call)), "updated");
    }

    private Answer delete(Jobs there, Call call) {
        return answer(there.delete(id(call), who(call)), "deleted");
    }

    private Answer reload(Jobs there, Call call) {
        Outcome outcome = there.reload(who(call));
        if (!outcome.isDone()) {
            return refused(outcome.faults());
        }
        return page(there.list().stream().map(JobJson::of).toList(), Optional.empty(), MOST)
                .noted("reloaded");
    }

    private Answer validate(Jobs there, Call call) {
        List<JobFault> faults = there.validate(text(call));
        return faults.isEmpty() ? Answer.ok(Map.of("valid", true)) : refused(faults);
    }

    private Answer start(Jobs there, Call call) {
        return call.body().isEmpty()
                ? started(there.run(id(call), Map.of(), who(call)))
                : Answer.invalid("", "`run` takes no parameters: use `trigger`");
    }

    private Answer trigger(Jobs there, Call call) {
        return started(there.run(id(call), call.body(), who(call)));
    }

    private Answer evaluate(Jobs there, Call call) {
        Fields fields = new Fields(call.body());
        Map<String, Object> parameters = fields.members("parameters");
        Map<String, Object> context = fields.members("context");
        if (!fields.faults().isEmpty()) {
            return Answer.invalid(fields.faults());
        }
        return there.evaluate(id(call), parameters, context)
                .map(Answer::ok)
                .orElseGet(JobActions::unknown);
    }

    private Answer cancel(Jobs there, Call call) {
        Fields fields = new Fields(call.body());
        String run = fields.text("run", 64).orElse("");
        if (!fields.faults().isEmpty()) {
            return Answer.invalid(fields.faults());
        }
        Outcome outcome = there.cancel(id(call), run, who(call));
        return outcome.known() && !outcome.isDone()
                ? Answer.problem(409, outcome.faults().get(0).message())
                : answer(outcome, "cancelled");
    }

    static Answer started(Started started) {
        if (started instanceof Started.Accepted accepted) {
            JobRun run = accepted.run();
            return Answer.of(202, JobJson.of(run, true)).noted("run " + run.id());
        }
        return started instanceof Started.Refused refused ? refused(refused.faults()) : unknown();
    }

    private static Answer answer(Outcome outcome, String word) {
        if (!outcome.known()) {
            return unknown();
        }
        if (!outcome.isDone()) {
            return refused(outcome.faults());
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", outcome.id());
        body.put("result", word);
        return Answer.ok(body).noted(word + " " + outcome.id());
    }

    private static Answer refused(List<JobFault> faults) {
        return Answer.invalid(
                faults.stream()
                        .map(fault -> new Fields.Fault(fault.path(), fault.message()))
                        .toList());
    }

    private static Answer unknown() {
        return Answer.problem(404, "there is no such job: `kepm job list` has them all");
    }

    private static String id(Call call) {
        return call.variables().getOrDefault("id", "");
    }

    private static String text(Call call) {
        return new String(JsonText.write(call.body()), StandardCharsets.UTF_8);
    }

    private String who(Call call) {
        return people.info(call.caller()).name();
    }
}
