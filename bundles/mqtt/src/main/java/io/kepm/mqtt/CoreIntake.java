package io.kepm.mqtt;

import io.kepm.api.trust.Launches;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The broker's own topics: what is for the core goes there and to nobody else; what has a form is
 * checked. Whatever other topics a component declared carry what they like.
 */
final class CoreIntake implements Intake {

    /** Bytes of a payload that has to be JSON, on topics that are passed on. */
    static final int MOST_JSON = 64 << 10;

    private static final Pattern EVENT = Pattern.compile("[A-Za-z][A-Za-z0-9._-]{0,63}");

    private final PolicyDesk policy;
    private final LogDesk log;

    CoreIntake(PolicyDesk policy, LogDesk log) {
        this.policy = policy;
        this.log = log;
    }

    @Override
    public Outcome take(Launches.Verdict.Known from, Message message) {
        String topic = message.topic().text();
        if (topic.equals(Topic.POLICY)) {
            return taken(policy.take(from, message.payload()));
        }
        if (topic.equals(Topic.LOGGER)) {
            return taken(log.take(from.component().clientId(), message.payload()));
        }
        return checked(from, message).map(Outcome::dropped).orElse(Outcome.ONWARD);
    }

    private static Outcome taken(String fault) {
        return fault.isEmpty() ? Outcome.TAKEN : Outcome.dropped(fault);
    }

    /** Why it is not what its topic asks for; empty when it is, or the topic asks for nothing. */
    private static Optional<String> checked(Launches.Verdict.Known from, Message message) {
        Topic topic = message.topic();
        int levels = topic.levels().size();
        if (topic.first().equals("Events")) {
            if (levels != 2 || !EVENT.matcher(topic.levels().get(1)).matches()) {
                return Optional.of("an event is published to `Events/NAME`");
            }
            return json(message);
        }
        boolean command =
                levels == 3
                        && (topic.levels().get(1).equals(Topic.COMMANDS)
                                || topic.levels().get(1).equals(Topic.RESPONSES));
        boolean job =
                levels == 3
                        && topic.first().equals("Jobs")
                        && topic.levels().get(2).equals("events");
        boolean own = topic.text().equals(ClientIds.component(from.component().clientId()));
        return command || job || own ? json(message) : Optional.empty();
    }

    private static Optional<String> json(Message message) {
        if (message.payload().length > MOST_JSON) {
            return Optional.of("longer than " + MOST_JSON + " bytes");
        }
        try {
            JsonText.read(message.payload());
            return Optional.empty();
        } catch (JsonText.Unreadable e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
