package io.kepm.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One step of a job.
 *
 * @param retries how often it is tried again after a failure
 * @param backoff the first pause before that; doubling, ten minutes at most
 * @param mergeOutput whether what it writes is JSON for the context of the tasks after it
 * @param plugin and {@code setting}: it is skipped when that setting is false; empty for none
 */
record Task(
        String id,
        String name,
        Work work,
        Duration timeout,
        boolean continueOnFailure,
        int retries,
        Duration backoff,
        Optional<Condition> condition,
        boolean mergeOutput,
        String plugin,
        String setting) {

    /** What it does. */
    sealed interface Work {}

    /** As whom a process runs. */
    enum As {
        SERVICE("Service"),
        USER("User"),
        USER_DESKTOP("UserDesktop"),
        USER_ELEVATED("UserElevated");

        private final String word;

        As(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    /**
     * A program.
     *
     * @param path absolute, or empty: {@code command} is looked for
     * @param arguments after its own name, placeholders not filled in yet
     * @param signed whether it runs only by the signature beside it
     * @param fileBytes how large each file that it writes may become
     * @param partsErrors whether its standard error is kept apart from its output
     */
    record Program(
            String command,
            String path,
            List<String> arguments,
            As as,
            Map<String, String> environment,
            boolean callsApi,
            boolean signed,
            long fileBytes,
            boolean partsErrors)
            implements Work {
        Program {
            arguments = List.copyOf(arguments);
            environment = Map.copyOf(environment);
        }
    }

    /**
     * A call over HTTPS.
     *
     * @param body a text, a tree with placeholders in its texts, or missing
     * @param expected statuses that count as success; none for 200 to 299
     */
    record Http(
            String method,
            String url,
            Map<String, String> headers,
            JsonNode body,
            List<Integer> expected)
            implements Work {
        Http {
            headers = Map.copyOf(headers);
            expected = List.copyOf(expected);
        }
    }

    /** A message for the broker; texts in the payload may hold placeholders. */
    record Mqtt(String topic, JsonNode payload) implements Work {}

    /**
     * Something the agent does itself.
     *
     * @param named texts, or trees with placeholders in their texts
     */
    record BuiltIn(String command, List<String> arguments, Map<String, JsonNode> named)
            implements Work {
        BuiltIn {
            arguments = List.copyOf(arguments);
            named = Map.copyOf(named);
        }
    }
}
