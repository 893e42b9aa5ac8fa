package io.kepm.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kepm.api.elevation.PendingWatch.Waiting;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what others say into events for jobs; never waits. */
final class Events {

    /** Raised once, when the documents are loaded. */
    static final String STARTUP = "Startup";

    private static final Logger LOG = LoggerFactory.getLogger(Events.class);
    private static final String PREFIX = "Events/";
    private static final int LARGEST = 64 << 10;

    private final Triggers triggers;
    private final LongPredicate hasDesktop;

    Events(Triggers triggers, LongPredicate hasDesktop) {
        this.triggers = triggers;
        this.hasDesktop = hasDesktop;
    }

    /**
     * A message on {@code Events/NAME}: said by a component, so its word and no more. What the
     * agent says once, by itself, it is not told.
     */
    void heard(String topic, byte[] payload) {
        if (!topic.startsWith(PREFIX) || payload.length > LARGEST) {
            return;
        }
        if (topic.equals(PREFIX + STARTUP)) {
            LOG.warn("`{}` was said by a component, and starts no job: it is the agent's", topic);
            return;
        }
        try {
            ObjectNode context = payload.length == 0 ? JsonText.object() : JsonText.read(payload);
            boolean taken =
                    triggers.raise(topic.substring(PREFIX.length()), context, Optional.empty());
            if (!taken) {
                LOG.warn("event `{}` is lost: too many wait", topic);
            }
        } catch (JsonText.Unreadable e) {
            LOG.warn("event `{}` is no JSON object, and is not heard", topic);
        }
    }

    /** The agent's own word that a decision waits. */
    void pending(Waiting waiting) {
        ObjectNode context =
                JsonText.object()
                        .put("requestId", waiting.requestId())
                        .put("reason", waiting.reason())
                        .put("needsApproval", waiting.controls().contains("APPROVAL"))
                        .put("hasDesktop", hasDesktop.test(waiting.uid()));
        ObjectNode policy = context.putObject("policy").put("type", waiting.type());
        waiting.policies().forEach(policy.putArray("ids")::add);
        waiting.risk().ifPresent(risk -> policy.put("riskLevel", risk));
        context.putObject("user").put("name", waiting.user()).put("uid", waiting.uid());
        ObjectNode command =
                context.putObject("command")
                        .put("path", waiting.path())
                        .put("runAs", waiting.runAs())
                        .put("line", String.join(" ", waiting.argv()));
        waiting.argv().forEach(command.putArray("argv")::add);
        waiting.controls().forEach(context.putArray("controls")::add);
        boolean taken =
                triggers.raise(
                        "PolicyEvaluationPending", context, Optional.of(waiting.requestId()));
        if (!taken) {
            LOG.warn(
                    "that request {} waits is told to no job: too many events",
                    waiting.requestId());
        }
    }
}
