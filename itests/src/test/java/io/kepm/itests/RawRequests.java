package io.kepm.itests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Requests to the assembled agent byte by byte, many in one run of {@code raw_requests.py}. */
final class RawRequests {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Trial trial;
    private final ArrayNode cases = JSON.createArrayNode();

    RawRequests(Trial trial) {
        this.trial = trial;
    }

    /** What came back; status 0: nothing that is HTTP. */
    record Reply(int status, JsonNode headers, String body) {
        String header(String name) {
            return headers.path(name).asText("");
        }
    }

    /**
     * Adds a request.
     *
     * @param door {@code https}, {@code http}, {@code unix}, a path, or {@code tcp:PORT}
     */
    RawRequests add(String door, String bytes) {
        cases.addObject().put("door", door).put("bytes", bytes);
        return this;
    }

    /** A request whose sender is gone before it is answered. */
    RawRequests addHangUp(String door, String bytes) {
        cases.addObject().put("door", door).put("bytes", bytes).put("hang_up", true);
        return this;
    }

    List<Reply> as(String user) {
        List<String> words = new ArrayList<>(List.of("exec", "--"));
        if (!user.equals("root")) {
            words.addAll(
                    List.of(
                            "setpriv",
                            "--reuid=" + user,
                            "--regid=" + user,
                            "--init-groups",
                            "--reset-env"));
        }
        words.addAll(List.of("/usr/bin/python3", "-c", script()));
        Trial.Result result =
                trial.run(Duration.ofMinutes(5), cases.toString(), words.toArray(String[]::new));
        if (result.code() != 0) {
            throw new AssertionError(result.both());
        }
        List<Reply> replies = new ArrayList<>();
        trial.json(result.out())
                .forEach(
                        reply ->
                                replies.add(
                                        new Reply(
                                                reply.path("status").asInt(),
                                                reply.path("headers"),
                                                reply.path("body").asText())));
        return replies;
    }

    private static String script() {
        try {
            return Files.readString(
                    Trial.REPOSITORY.resolve("itests/src/test/resources/raw_requests.py"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
