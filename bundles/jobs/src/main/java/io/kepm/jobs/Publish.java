package io.kepm.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import io.kepm.api.messages.Messages;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;

/** Says what a job says at the broker: only where its document declares it, never as the core. */
final class Publish {

    private final Supplier<Optional<Messages>> messages;

    Publish(Supplier<Optional<Messages>> messages) {
        this.messages = messages;
    }

    TaskOutcome once(Run run, String topicText, JsonNode payload) {
        try {
            JsonNode filled = run.context().filled(payload);
            return once(
                    run,
                    run.context().filled(topicText),
                    filled.isTextual() ? filled.asText() : filled.toString());
        } catch (Context.NoValue e) {
            return TaskOutcome.failed(String.valueOf(e.getMessage()));
        }
    }

    /** With nothing left to fill in. */
    TaskOutcome once(Run run, String topic, String payload) {
        boolean declared =
                topic.indexOf('#') < 0
                        && topic.indexOf('+') < 0
                        && !topic.equals("AuditMessage")
                        && run.job().topics().publish().stream()
                                .anyMatch(one -> TopicFilter.matches(one, topic));
        if (!declared) {
            return TaskOutcome.failed(
                    "`" + topic + "` is not among the `allowedPublications` of this job");
        }
        Optional<Messages> broker = messages.get();
        if (broker.isEmpty()) {
            return TaskOutcome.failed("the broker is not there: see `kepm status`");
        }
        return broker.get().publish(topic, payload.getBytes(StandardCharsets.UTF_8))
                ? TaskOutcome.done("")
                : TaskOutcome.failed("the broker did not take it: see `kepm mqtt denials`");
    }
}
