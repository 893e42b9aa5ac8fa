package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Damages the policies of the corpus for so many seconds ({@code kepm.fuzz.seconds}): each is read
 * or refused, never anything else, and none takes long; what is read answers a request at once.
 */
class DocumentFuzzTest {

    private static final long SLOW_NANOS = 2_000_000_000L;
    private static final String[] TOKENS = {
        "\"*\"",
        "\"**\"",
        "\"/**/x\"",
        "\"{home}\"",
        "\"{homes}/x\"",
        "[]",
        "{}",
        "null",
        "-1",
        "1e99",
        "\"(a+)+$\"",
        "\"((a{100}){100}){100}\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "true",
        "\"collection:x\"",
        "\"sha256:00\"",
        "\"%\"",
        "\"/a/../b\"",
        "99999999999999999999"
    };

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @Test
    void ab_80_ab_82_a_damaged_document_is_read_or_refused_in_no_time() throws IOException {
        List<String> documents = documents();
        long seconds = Long.getLong("kepm.fuzz.seconds", 2);
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        int read = 0;
        int all = 0;
        for (; System.nanoTime() < end; all++) {
            byte[] damaged = damaged(documents);
            long start = processorNanos();
            try {
                read += judged(damaged) ? 1 : 0;
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError("seed " + seed + ": " + text(damaged), e);
            }
            assertThat(processorNanos() - start)
                    .as("seed %s: slow: %s", seed, text(damaged))
                    .isLessThan(SLOW_NANOS);
        }
        assertThat(all).isGreaterThan(100);
        assertThat(read).as("some are still good, so that answers are tried too").isPositive();
    }

    /** What else the machine does must not count. */
    private static long processorNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private boolean judged(byte[] bytes) {
        Faults faults = new Faults();
        PolicySet set = PolicyLoader.load(List.of(new PolicyText("p.json", bytes)), faults);
        if (!faults.isEmpty()) {
            assertThat(faults.list().get(0).text()).startsWith("p.json");
            return false;
        }
        Evaluator evaluator =
                new Evaluator(
                        set,
                        new io.kepm.api.policy.Evaluation.Revision(1, ""),
                        EngineSettings.DEFAULT,
                        TestSet.GUARDS);
        Ask ask = Ask.command("/usr/bin/" + "a".repeat(random.nextInt(3000)), "x".repeat(5000));
        return evaluator.evaluate(ask.request(), TestSet.MONDAY_NOON).decision().status() > 0;
    }

    private byte[] damaged(List<String> documents) {
        String text = documents.get(random.nextInt(documents.size()));
        for (int i = random.nextInt(4); i >= 0; i--) {
            text =
                    switch (random.nextInt(4)) {
                        case 0 -> value(text);
                        case 1 -> cut(text);
                        case 2 -> twice(text);
                        default -> character(text);
                    };
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Another value behind some colon or comma. */
    private String value(String text) {
        int at = after(text, ":,[");
        int end = at;
        while (end < text.length() && ",]}".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        return text.substring(0, at) + TOKENS[random.nextInt(TOKENS.length)] + text.substring(end);
    }

    private int after(String text, String marks) {
        int at = random.nextInt(Math.max(1, text.length()));
        while (at < text.length() && marks.indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return Math.min(text.length(), at + 1);
    }

    private String cut(String text) {
        int from = random.nextInt(text.length() + 1);
        int to = Math.min(text.length(), from + random.nextInt(20));
        return text.substring(0, from) + text.substring(to);
    }

    /** A piece of it many times over: deep, long, or both. */
    private String twice(String text) {
        int from = random.nextInt(text.length() + 1);
        String piece = text.substring(from, Math.min(text.length(), from + 1 + random.nextInt(12)));
        return text.substring(0, from)
                + piece.repeat(1 + random.nextInt(200))
                + text.substring(from);
    }

    private String character(String text) {
        int at = random.nextInt(text.length() + 1);
        char any = (char) (random.nextBoolean() ? random.nextInt(128) : random.nextInt(0x10000));
        return text.substring(0, at) + any + text.substring(Math.min(text.length(), at + 1));
    }

    private static List<String> documents() throws IOException {
        List<String> documents = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("../../itests/corpus"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
                JsonNode tree = new ObjectMapper().readTree(file.toFile());
                tree.path("policies").forEach(policy -> documents.add(policy.toString()));
            }
        }
        return documents;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
