package io.kepm.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import io.kepm.api.jobs.Chore;
import io.kepm.api.linux.Notices;
import io.kepm.api.text.VisibleText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the agent does itself for a task of type {@code builtin}. */
final class BuiltIns {

    private static final Logger LOG = LoggerFactory.getLogger(BuiltIns.class);

    private final Publish publish;
    private final Notices notices;
    private final Approvals approvals;
    private final Starter starter;
    private final Function<String, Optional<Chore>> chores;

    /** Starts another job for a run. */
    @FunctionalInterface
    interface Starter {
        TaskOutcome start(Run run, String jobId, Map<String, String> parameters);
    }

    BuiltIns(
            Publish publish,
            Notices notices,
            Approvals approvals,
            Starter starter,
            Function<String, Optional<Chore>> chores) {
        this.publish = publish;
        this.notices = notices;
        this.approvals = approvals;
        this.starter = starter;
        this.chores = chores;
    }

    TaskOutcome once(Run run, Task.BuiltIn task) throws InterruptedException {
        try {
            Given given = given(run, task);
            return switch (task.command()) {
                case "echo" -> TaskOutcome.done(given.joined());
                case "log-message" -> logged(run, given);
                case "publish-mqtt" -> published(run, given);
                case "display-message" -> notice(run, given, false);
                case "show-toast" -> notice(run, given, true);
                case "check-approval-provider" -> approvals.check(run);
                case "answer-approval" -> approvals.answer(run, given.named(), given.list());
                case "run-job" -> otherJob(run, given);
                default -> chore(task.command(), given.named());
            };
        } catch (Context.NoValue e) {
            return TaskOutcome.failed(String.valueOf(e.getMessage()));
        }
    }

    /** The arguments with their placeholders filled in; either a list, or by name. */
    private record Given(List<String> list, Map<String, String> named) {
        String joined() {
            return named.isEmpty() ? String.join(" ", list) : JsonText.of(named).toString();
        }

        String text(String name) {
            return named.getOrDefault(name, named.isEmpty() ? String.join(" ", list) : "");
        }
    }

    private static Given given(Run run, Task.BuiltIn task) throws Context.NoValue {
        List<String> list = new java.util.ArrayList<>();
        for (String argument : task.arguments()) {
            list.add(run.context().filled(argument));
        }
        Map<String, String> named = new LinkedHashMap<>();
        for (var entry : task.named().entrySet()) {
            JsonNode value = entry.getValue();
            named.put(
                    entry.getKey(),
                    value.isTextual()
                            ? run.context().filled(value.asText())
                            : run.context().filled(value).toString());
        }
        return new Given(list, named);
    }

    private static TaskOutcome logged(Run run, Given given) {
        String text = VisibleText.of(given.text("message"), 4000);
        switch (given.named().getOrDefault("level", "Information")) {
            case "Error", "Critical" -> LOG.error("job `{}`: {}", run.job().id(), text);
            case "Warning" -> LOG.warn("job `{}`: {}", run.job().id(), text);
            case "Debug", "Trace" -> LOG.debug("job `{}`: {}", run.job().id(), text);
            default -> LOG.info("job `{}`: {}", run.job().id(), text);
        }
        return TaskOutcome.done(text);
    }

    private TaskOutcome published(Run run, Given given) {
        String topic =
                given.named()
                        .getOrDefault("topic", given.list().isEmpty() ? "" : given.list().get(0));
        String payload =
                given.named()
                        .getOrDefault(
                                "payload", given.list().size() > 1 ? given.list().get(1) : "");
        // Filled already: what a value holds is not looked at again.
        return publish.once(run, topic, payload);
    }

    /** To whom the event named, else to everybody; as text, whatever is in it. */
    private TaskOutcome notice(Run run, Given given, boolean onDesktop)
            throws InterruptedException {
        String text = given.text("message");
        if (text.isEmpty()) {
            return TaskOutcome.failed("there is no `message` to show");
        }
        long uid = run.context().find("user.uid").map(node -> node.asLong(-1)).orElse(-1L);
        String title = given.named().getOrDefault("title", onDesktop ? run.job().name() : "");
        Notices.Notice notice = new Notices.Notice(uid, title, text);
        return TaskOutcome.done((onDesktop ? notices.show(notice) : notices.type(notice)).words());
    }

    private TaskOutcome otherJob(Run run, Given given) {
        String id =
                given.named()
                        .getOrDefault("jobId", given.list().isEmpty() ? "" : given.list().get(0));
        Map<String, String> parameters = new LinkedHashMap<>(given.named());
        parameters.remove("jobId");
        return starter.start(run, id, parameters);
    }

    private TaskOutcome chore(String name, Map<String, String> arguments)
            throws InterruptedException {
        Optional<Chore> found = chores.apply(name);
        if (found.isEmpty()) {
            return TaskOutcome.failed("no part of the agent does `" + name + "` now");
        }
        try {
            return TaskOutcome.done(found.get().run(arguments));
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            LOG.debug("`{}` failed", name, e);
            return TaskOutcome.failed(
                    e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
        }
    }
}
