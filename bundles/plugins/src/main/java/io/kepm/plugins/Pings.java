package io.kepm.plugins;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kepm.api.messages.MessageListener;
import io.kepm.api.messages.Messages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Asks processes over the broker whether they are well: {@code {"correlationId"}} on {@code
 * ID/Commands/Ping}, the same back on {@code ID/Responses/Ping}, perhaps with a {@code detail} of
 * what it does. Safe for use by many threads.
 */
final class Pings implements MessageListener {

    /** What has to be heard for the answers. */
    static final String ANSWERS = "+/Responses/Ping";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LARGEST = 1024;

    private final Supplier<Optional<Messages>> broker;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, CompletableFuture<String>> waiting = new ConcurrentHashMap<>();

    Pings(Supplier<Optional<Messages>> broker) {
        this.broker = broker;
    }

    /** What became of a question. */
    enum Answer {
        CAME,
        NONE,
        /** There is no broker now that could carry it: that says nothing about the process. */
        NOT_ASKED
    }

    /**
     * An answer.
     *
     * @param detail what the process says of itself; empty when it says nothing
     */
    record Reply(Answer answer, String detail) {
        private static Reply without(Answer answer) {
            return new Reply(answer, "");
        }
    }

    static String command(String id) {
        return id + "/Commands/Ping";
    }

    static String answer(String id) {
        return id + "/Responses/Ping";
    }

    Reply ask(String id, Duration limit) throws InterruptedException {
        Optional<Messages> open = broker.get();
        if (open.isEmpty()) {
            return Reply.without(Answer.NOT_ASKED);
        }
        byte[] bits = new byte[16];
        random.nextBytes(bits);
        String correlation = HexFormat.of().formatHex(bits);
        String key = key(answer(id), correlation);
        CompletableFuture<String> came = new CompletableFuture<>();
        waiting.put(key, came);
        try {
            byte[] question =
                    ("{\"correlationId\":\"" + correlation + "\"}")
                            .getBytes(StandardCharsets.UTF_8);
            if (!open.get().publish(command(id), question)) {
                return Reply.without(Answer.NOT_ASKED);
            }
            return new Reply(Answer.CAME, came.get(limit.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException | ExecutionException e) {
            return Reply.without(Answer.NONE);
        } finally {
            waiting.remove(key);
        }
    }

    @Override
    public void heard(String topic, byte[] payload) {
        if (payload.length > LARGEST) {
            return;
        }
        try {
            JsonNode reply = JSON.readTree(payload);
            CompletableFuture<String> came =
                    waiting.get(key(topic, reply.path("correlationId").asText()));
            if (came != null) {
                came.complete(reply.path("detail").asText());
            }
        } catch (IOException e) {
            // Not an answer: it is as if nothing had come.
            return;
        }
    }

    private static String key(String topic, String correlation) {
        return topic + " " + correlation;
    }
}
