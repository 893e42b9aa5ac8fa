package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.elevation.LaunchDecision.Ahead;
import io.kepm.api.policy.Control;
import io.kepm.https.HeldRequests.Step;
import io.kepm.https.RawClient.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What policy wants to know before a request is made, said one by one. */
class RequestStepsTest {

    private static final long ALICE = 1001;
    private static final long BOB = 1002;
    private static final String ASKED = "{\"argv\":[\"/usr/bin/id\",\"-u\"],\"cwd\":\"/srv\"}";

    private TestAgent agent;

    @TempDir Path run;

    @BeforeEach
    void open() throws Exception {
        agent = new TestAgent(run);
        agent.launches.controls =
                List.of(Control.MFA, Control.JUSTIFY, Control.OPERATORAPPROVAL, Control.APPROVAL);
    }

    @AfterEach
    void close() {
        agent.close();
    }

    private Reply post(long uid, String path, String json) throws Exception {
        try (RawClient client = agent.as(uid)) {
            return client.post(path, json);
        }
    }

    private static Ahead.Refused unmet(String control) {
        return new Ahead.Refused("control:" + control, "denied: it needs " + control);
    }

    /** Asks for a command whose policy wants to know all there is. */
    private String held() throws Exception {
        agent.launches.next.add(unmet("mfa"));
        Reply reply = post(ALICE, "/api/requests", ASKED);
        assertThat(reply.status()).isEqualTo(409);
        assertThat(reply.body())
                .contains(
                        "\"code\":\"control:mfa\"",
                        "\"missing\":[\"justification\",\"acknowledge\",\"mfa\"]");
        Matcher id = Pattern.compile("\"id\":\"([^\"]+)\"").matcher(reply.body());
        assertThat(id.find()).isTrue();
        return "/api/requests/" + id.group(1);
    }

    @Test
    void a_request_is_made_once_everything_was_said_and_its_code_is_looked_at_once()
            throws Exception {
        String path = held();
        Reply early = post(ALICE, path + "/mfa", "{\"code\":\"123456\"}");
        assertThat(early.status()).isEqualTo(409);
        assertThat(early.body()).contains("send it last");
        assertThat(post(ALICE, path + "/justification", "{\"reason\":\"a reason\"}").body())
                .contains("\"missing\":[\"acknowledge\",\"mfa\"]");
        assertThat(post(ALICE, path + "/acknowledge", "{}").body())
                .contains("\"missing\":[\"mfa\"]");
        assertThat(agent.launches.ahead).as("nothing was asked meanwhile").hasSize(1);
        agent.launches.answered.clear();
        agent.launches.next.add(new Ahead.Kept(FakeRequests.request()));
        Reply made = post(ALICE, path + "/mfa", "{\"code\":\"123456\"}");
        assertThat(made.status()).isEqualTo(200);
        assertThat(made.body()).contains("\"id\":\"r-1\"", "\"state\":\"Pending\"");
        assertThat(agent.launches.answered).contains("totp 123456", "confirm yes");
        assertThat(agent.launches.ahead.get(1).reason()).contains("a reason");
        assertThat(agent.launches.ahead.get(1).cwd()).isEqualTo("/srv");
        assertThat(agent.launches.ahead.get(1).user()).isEqualTo("alice");
        assertThat(post(ALICE, path + "/acknowledge", "{}").status())
                .as("it is over")
                .isEqualTo(404);
    }

    @Test
    void what_was_not_good_enough_is_asked_for_again_with_a_new_code() throws Exception {
        String path = held();
        post(ALICE, path + "/justification", "{\"reason\":\"x\"}");
        post(ALICE, path + "/acknowledge", "{}");
        agent.launches.next.add(unmet("justify"));
        Reply again = post(ALICE, path + "/mfa", "{\"code\":\"123456\"}");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.body())
                .contains("control:justify", "\"missing\":[\"justification\",\"mfa\"]");
        assertThat(again.body()).doesNotContain("123456");
        post(ALICE, path + "/justification", "{\"reason\":\"a better reason\"}");
        agent.launches.next.add(new Ahead.NotNeeded());
        assertThat(post(ALICE, path + "/mfa", "{\"code\":\"654321\"}").body())
                .contains("\"needed\":false");
    }

    @Test
    void ab_101_a_held_request_is_its_owners_and_nobody_learns_of_it() throws Exception {
        String path = held();
        for (String step : List.of("acknowledge", "justification", "mfa")) {
            String body =
                    switch (step) {
                        case "mfa" -> "{\"code\":\"1\"}";
                        case "justification" -> "{\"reason\":\"r\"}";
                        default -> "{}";
                    };
            Reply his = post(BOB, path + "/" + step, body);
            Reply none = post(BOB, "/api/requests/none/" + step, body);
            assertThat(his.status()).isEqualTo(404);
            assertThat(his.body().replaceAll("instance.*", ""))
                    .isEqualTo(none.body().replaceAll("instance.*", ""));
            assertThat(post(0, path + "/" + step, body).status()).isEqualTo(404);
        }
        assertThat(agent.launches.ahead).hasSize(1);
        // One that waits already has all it needs.
        assertThat(post(ALICE, "/api/requests/r-1/acknowledge", "{}").status()).isEqualTo(409);
        assertThat(post(ALICE, path + "/mfa", "{}").status()).isEqualTo(422);
        assertThat(post(ALICE, path + "/acknowledge", "{\"uid\":0}").status()).isEqualTo(422);
    }

    @Test
    void they_are_few_and_end_by_the_clock() {
        Instant[] now = {Instant.parse("2026-01-01T12:00:00Z")};
        HeldRequests held = new HeldRequests(() -> now[0]);
        Wanted wanted = new Wanted("/usr/bin/id", List.of("id"), "root", "/");
        Set<Step> missing = Set.of(Step.MFA);
        HeldRequests.Held first =
                held.keep(ALICE, wanted, missing, Optional.empty(), false).orElseThrow();
        assertThat(held.find(first.id(), BOB)).isEmpty();
        for (int i = 0; i < HeldRequests.MOST_OF_ONE; i++) {
            now[0] = now[0].plusMillis(1);
            assertThat(held.keep(ALICE, wanted, missing, Optional.empty(), false)).isPresent();
        }
        assertThat(held.find(first.id(), ALICE)).isEmpty();
        for (Duration later : List.of(HeldRequests.LIFE, Duration.ofDays(-1))) {
            String id = held.keep(BOB, wanted, missing, Optional.empty(), false).orElseThrow().id();
            assertThat(held.find(id, BOB)).isPresent();
            now[0] = now[0].plus(later);
            assertThat(held.find(id, BOB)).isEmpty();
        }
    }
}
