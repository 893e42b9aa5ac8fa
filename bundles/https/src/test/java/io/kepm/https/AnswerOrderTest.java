package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.https.RawClient.Reply;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The order of answers, fault by fault: of a request with any two faults the one that is named
 * first is answered, and of all of them the very first.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AnswerOrderTest {

    private static final long USER = 1001;

    /** In the order of api-mqtt.md §4, but for what docs/decisions/0023 says of load. */
    private enum Fault {
        MALFORMED(400),
        VERSION(505),
        LONG_HEADER(431),
        MANY_HEADERS(431),
        HOST(421),
        ORIGIN(403),
        SITE(403),
        ROUTE(404),
        METHOD(405),
        IDENTITY(401),
        TIER(403),
        TYPE(415),
        SIZE(413),
        PACE(429),
        JSON(400),
        CONTENT(422);

        private final int status;

        Fault(int status) {
            this.status = status;
        }
    }

    private TestAgent agent;

    @BeforeAll
    void open(@TempDir Path run) throws Exception {
        agent = new TestAgent(run);
    }

    @AfterAll
    void close() {
        agent.close();
    }

    @Test
    void each_fault_alone_has_its_answer() throws Exception {
        for (Fault fault : Fault.values()) {
            assertThat(status(EnumSet.of(fault))).as("%s", fault).isEqualTo(fault.status);
        }
    }

    @Test
    void of_any_two_faults_the_first_in_the_order_is_answered() throws Exception {
        List<String> wrong = new ArrayList<>();
        for (Fault first : Fault.values()) {
            for (Fault second : Fault.values()) {
                if (first.compareTo(second) < 0 && areTwo(first, second)) {
                    int status = status(EnumSet.of(first, second));
                    if (status != first.status) {
                        wrong.add(first + " and " + second + ": " + status);
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void of_all_that_follow_a_fault_none_is_answered_before_it() throws Exception {
        for (Fault fault : Fault.values()) {
            Set<Fault> faults = EnumSet.of(fault);
            for (Fault next : Fault.values()) {
                boolean fits = faults.stream().allMatch(one -> areTwo(one, next));
                if (next.compareTo(fault) > 0 && fits) {
                    faults.add(next);
                }
            }
            assertThat(status(faults)).as("%s", faults).isEqualTo(fault.status);
        }
    }

    /** A path is in no table or has another method; who is nobody has no tier. */
    private static boolean areTwo(Fault first, Fault second) {
        Set<Fault> both = EnumSet.of(first, second);
        return !both.containsAll(EnumSet.of(Fault.LONG_HEADER, Fault.MANY_HEADERS))
                && !both.containsAll(EnumSet.of(Fault.ROUTE, Fault.METHOD))
                && !both.containsAll(EnumSet.of(Fault.ROUTE, Fault.TIER))
                && !both.containsAll(EnumSet.of(Fault.IDENTITY, Fault.TIER))
                && !both.containsAll(EnumSet.of(Fault.JSON, Fault.CONTENT));
    }

    private int status(Set<Fault> faults) throws Exception {
        agent.sources.left = faults.contains(Fault.PACE) ? 0 : Integer.MAX_VALUE;
        boolean nobody = faults.contains(Fault.IDENTITY);
        try (RawClient client = nobody ? agent.tls() : agent.as(USER)) {
            Reply reply = client.send(request(faults, nobody));
            return reply.status();
        }
    }

    private String request(Set<Fault> faults, boolean nobody) {
        String own = nobody ? "localhost:" + agent.https : "kepm";
        String path =
                faults.contains(Fault.ROUTE)
                        ? "/nowhere"
                        : faults.contains(Fault.TIER) ? "/api/governed" : "/api/evaluate";
        String body = faults.contains(Fault.JSON) ? "{" : "{}";
        if (!faults.contains(Fault.CONTENT) && !faults.contains(Fault.JSON)) {
            body = "{\"eventType\":\"CommandLine\",\"target\":{\"path\":\"/usr/bin/id\"}}";
        }
        int length = faults.contains(Fault.SIZE) ? 2_000_000 : body.length();
        return (faults.contains(Fault.METHOD) ? "PUT " : "POST ")
                + (faults.contains(Fault.MALFORMED) ? "/" + path : path)
                + (faults.contains(Fault.VERSION) ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n")
                + "Host: "
                + (faults.contains(Fault.HOST) ? "evil.example" : own)
                + "\r\n"
                + (faults.contains(Fault.ORIGIN) ? "Origin: https://evil.example\r\n" : "")
                + (faults.contains(Fault.SITE) ? "Sec-Fetch-Site: cross-site\r\n" : "")
                + (faults.contains(Fault.TYPE) ? "" : "Content-Type: application/json\r\n")
                + "Content-Length: "
                + length
                + "\r\n"
                + (faults.contains(Fault.MANY_HEADERS) ? "X: 1\r\n".repeat(101) : "")
                + (faults.contains(Fault.LONG_HEADER) ? "X: " + "a".repeat(17_000) + "\r\n" : "")
                + "\r\n"
                + body;
    }
}
