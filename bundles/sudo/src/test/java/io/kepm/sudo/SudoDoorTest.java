package io.kepm.sudo;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft.UserInfo;
import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.linux.Peer;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SudoDoorTest {

    @TempDir Path folder;

    private final FakeDecision decision = new FakeDecision();
    private final FakeAuditLog audit = new FakeAuditLog();
    private final Nonces nonces = new Nonces();
    private final KeepAlive keepAlive = new KeepAlive(Duration.ofMillis(100));
    private volatile long invoker = 1001;
    private volatile boolean governed = true;
    private volatile Duration patience = Duration.ofSeconds(60);
    private volatile List<String> traced = List.of();
    private SudoDoor door;
    private JdkSocket socket;

    @BeforeEach
    void open() throws IOException {
        door =
                new SudoDoor(
                        decision,
                        new Admission(16, () -> 4),
                        new DoorRecords(audit),
                        nonces,
                        new Invokers() {
                            @Override
                            public long realUid(int pid) {
                                return invoker;
                            }

                            @Override
                            public boolean isGoverned(long uid) {
                                return governed;
                            }
                        },
                        new TracedPrograms(() -> traced),
                        keepAlive,
                        Runnable::run,
                        () -> patience);
        socket = new JdkSocket(folder.resolve("s"), door);
    }

    @AfterEach
    void close() throws IOException {
        socket.close();
        keepAlive.close();
    }

    @Test
    void an_allow_names_grant_request_and_notices() throws IOException {
        assertThat(ask(Frames.check()))
                .containsExactly(
                        "v=1",
                        "op=allow",
                        "grant=g-1",
                        "request=r-1",
                        "kept=0",
                        "message=one\ntwo");
        assertThat(decision.asked.get(0).user()).isEqualTo("alice");
        assertThat(decision.asked.get(0).inside()).isFalse();
        assertThat(decision.ended).isEmpty();
    }

    @Test
    void ab_09_only_who_is_traced_for_others_is_free_inside() throws IOException {
        Frames asked = Frames.check().with("intercept=1");
        traced = List.of("/usr/bin/other");
        assertThat(ask(asked)).doesNotContain("inside=free");
        traced = List.of("/usr/bin/systemctl");
        assertThat(ask(asked)).contains("op=allow", "inside=free");
        governed = false;
        assertThat(ask(asked)).contains("op=allow").doesNotContain("inside=free");
        governed = true;
        assertThat(ask(Frames.check())).doesNotContain("inside=free");
        decision.answer =
                (request, talk) ->
                        new LaunchAnswer.Run(
                                "r-1", "g-1", FakeDecision.intercepted(request), List.of());
        assertThat(ask(asked)).contains("op=allow").doesNotContain("inside=free");
    }

    @Test
    void a_grant_inside_another_one_ends_as_soon_as_it_is_given() throws Exception {
        assertThat(ask(Frames.check().with("inside=g-0"))).contains("op=allow");
        assertThat(decision.asked.get(0).inside()).isTrue();
        eventually(() -> !decision.ended.isEmpty());
        assertThat(decision.ended).containsExactly("g-1 inside 0");
    }

    @Test
    void own_right_and_refusal_are_told_apart() throws IOException {
        decision.answer = (request, talk) -> new LaunchAnswer.OwnRight("r-2", List.of());
        assertThat(ask(Frames.check())).containsExactly("v=1", "op=pass", "request=r-2");
        decision.answer = (request, talk) -> new LaunchAnswer.Refuse("r-3", "policy", "no");
        assertThat(ask(Frames.check()))
                .containsExactly("v=1", "op=deny", "code=policy", "message=no", "request=r-3");
    }

    @Test
    void a_decision_that_fails_is_a_refusal() throws IOException {
        decision.answer =
                (request, talk) -> {
                    throw new IllegalStateException("bug");
                };
        assertThat(ask(Frames.check())).contains("op=deny", "code=fault");
    }

    @Test
    void an_allow_of_something_else_is_a_refusal_and_its_grant_ends() throws Exception {
        decision.answer =
                (request, talk) ->
                        new LaunchAnswer.Run(
                                "r",
                                "g-9",
                                FakeDecision.conditions("bob", request.argv()),
                                List.of());
        assertThat(ask(Frames.check())).contains("op=deny", "code=fault");
        decision.answer =
                (request, talk) ->
                        new LaunchAnswer.Run(
                                "r",
                                "g-8",
                                FakeDecision.conditions("root", List.of("x")),
                                List.of());
        assertThat(ask(Frames.check())).contains("op=deny", "code=fault");
        eventually(() -> decision.ended.size() == 2);
        assertThat(decision.ended).containsExactly("g-9 error 32", "g-8 error 32");
    }

    @Test
    void ab_31_a_grant_whose_allow_reached_nobody_ends_at_once() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        decision.answer =
                (request, talk) -> {
                    await(gone);
                    return FakeDecision.run(request);
                };
        SocketChannel channel = socket.connect();
        JdkSocket.send(channel, Frames.check().bytes());
        eventually(() -> decision.asked.size() == 1);
        channel.close();
        gone.countDown();
        eventually(() -> !decision.ended.isEmpty());
        assertThat(decision.ended).containsExactly("g-1 error 32");
    }

    @Test
    void a_question_is_asked_and_its_answer_taken() throws Exception {
        AtomicReference<Optional<String>> heard = new AtomicReference<>(Optional.empty());
        decision.answer =
                (request, talk) -> {
                    talk.tell("a moment");
                    heard.set(talk.ask("justification", "why?", true));
                    return FakeDecision.run(request);
                };
        try (SocketChannel channel = socket.connect()) {
            JdkSocket.send(channel, Frames.check().bytes());
            assertThat(next(channel)).containsExactly("v=1", "op=info", "text=a moment");
            assertThat(next(channel))
                    .containsExactly("v=1", "op=prompt", "id=justification", "text=why?", "echo=1");
            // While somebody is asked, nothing else is sent.
            Thread.sleep(350);
            JdkSocket.send(
                    channel,
                    Frames.of("v=1", "op=answer", "id=justification", "value=ticket 42").bytes());
            assertThat(next(channel)).contains("op=allow");
        }
        assertThat(heard.get()).contains("ticket 42");
    }

    @Test
    void a_cancelled_wrong_or_garbled_answer_is_none_and_nobody_is_asked_without_a_person()
            throws Exception {
        List<Optional<String>> heard = new CopyOnWriteArrayList<>();
        decision.answer =
                (request, talk) -> {
                    heard.add(talk.ask("a", "?", false));
                    heard.add(talk.ask("b", "?", false));
                    return new LaunchAnswer.Refuse("r", "control:justify", "no");
                };
        converse(Frames.of("v=1", "op=answer", "id=a", "cancelled=1"), "a", "b");
        // An answer to something else could be a late one: nothing more is asked.
        converse(Frames.of("v=1", "op=answer", "id=z", "value=x"), "a");
        converse(Frames.of("v=1", "op=answer", "id=a"), "a");
        assertThat(ask(Frames.check().with("interactive=0"))).contains("op=deny");
        assertThat(heard).hasSize(8).allMatch(Optional::isEmpty);
    }

    @Test
    void who_was_away_at_one_question_is_asked_the_next_and_no_late_answer_is_taken_for_it()
            throws Exception {
        patience = Duration.ofMillis(200);
        List<Optional<String>> heard = new CopyOnWriteArrayList<>();
        CountDownLatch late = new CountDownLatch(1);
        decision.answer =
                (request, talk) -> {
                    heard.add(talk.ask("acknowledge", "read it", true));
                    await(late);
                    heard.add(talk.ask("acknowledge", "read that", true));
                    heard.add(talk.ask("totp", "code", false));
                    return new LaunchAnswer.Refuse("r", "control:mfa", "no");
                };
        try (SocketChannel channel = socket.connect()) {
            JdkSocket.send(channel, Frames.check().bytes());
            assertThat(next(channel)).contains("op=prompt", "id=acknowledge");
            eventually(() -> heard.size() == 1);
            JdkSocket.send(
                    channel, Frames.of("v=1", "op=answer", "id=acknowledge", "value=x").bytes());
            // Only the first answer is to come too late, however slow this machine is.
            patience = Duration.ofSeconds(60);
            late.countDown();
            assertThat(next(channel)).contains("op=prompt", "id=acknowledge#2");
            JdkSocket.send(
                    channel, Frames.of("v=1", "op=answer", "id=acknowledge#2", "value=y").bytes());
            assertThat(next(channel)).contains("op=prompt", "id=totp");
            // It was there already: another answer to the first one is none.
            JdkSocket.send(
                    channel, Frames.of("v=1", "op=answer", "id=acknowledge", "value=1").bytes());
            assertThat(next(channel)).contains("op=deny");
        }
        assertThat(heard).containsExactly(Optional.empty(), Optional.of("y"), Optional.empty());
    }

    @Test
    void a_late_answer_is_no_last_word_on_a_grant() throws Exception {
        patience = Duration.ofMillis(50);
        decision.answer =
                (request, talk) -> {
                    talk.ask("acknowledge", "read it", true);
                    return FakeDecision.run(request);
                };
        try (SocketChannel channel = socket.connect()) {
            JdkSocket.send(channel, Frames.check().and("stays=1").bytes());
            assertThat(next(channel)).contains("op=prompt");
            assertThat(next(channel)).contains("op=allow", "kept=0");
        }
        assertThat(decision.ended).isEmpty();
    }

    private void converse(Frames answer, String... expected) throws Exception {
        try (SocketChannel channel = socket.connect()) {
            JdkSocket.send(channel, Frames.check().bytes());
            for (String id : expected) {
                assertThat(next(channel)).contains("op=prompt", "id=" + id);
                JdkSocket.send(
                        channel,
                        id.equals("b")
                                ? Frames.of("v=1", "op=answer", "id=b", "cancelled=1").bytes()
                                : answer.bytes());
            }
            assertThat(next(channel)).contains("op=deny");
        }
    }

    @Test
    void a_long_decision_says_that_it_is_alive() throws Exception {
        CountDownLatch decide = new CountDownLatch(1);
        decision.answer =
                (request, talk) -> {
                    await(decide);
                    return FakeDecision.run(request);
                };
        try (SocketChannel channel = socket.connect()) {
            JdkSocket.send(channel, Frames.check().bytes());
            for (int i = 0; i < 3; i++) {
                assertThat(fields(JdkSocket.receive(channel))).containsExactly("v=1", "op=wait");
            }
            decide.countDown();
            assertThat(next(channel)).contains("op=allow");
        }
    }

    @Test
    void who_waits_is_told_the_request_to_come_back_to_and_the_wait_ends_with_the_connection()
            throws Exception {
        AtomicReference<String> seen = new AtomicReference<>("");
        CountDownLatch gone = new CountDownLatch(1);
        decision.answer =
                (request, talk) -> {
                    talk.about("r-77");
                    seen.set(talk.isThere() ? "there" : "gone");
                    talk.tell("waiting");
                    await(gone);
                    seen.set(seen.get() + " " + (talk.isThere() ? "there" : "gone"));
                    return new LaunchAnswer.Refuse("r", "waiting:approval", "no");
                };
        SocketChannel channel = socket.connect();
        JdkSocket.send(channel, Frames.check().bytes());
        assertThat(next(channel)).containsExactly("v=1", "op=info", "text=waiting", "request=r-77");
        channel.close();
        gone.countDown();
        eventually(() -> seen.get().equals("there gone"));
    }

    @Test
    void ends_and_roots_own_sudo_are_handed_on() throws Exception {
        assertThat(
                        ask(
                                Frames.of(
                                        "v=1",
                                        "op=close",
                                        "grant=g-1",
                                        "request=r-1",
                                        "status_type=exit",
                                        "status=7",
                                        "duration_ms=5")))
                .containsExactly("v=1", "op=ok");
        eventually(() -> !decision.ended.isEmpty());
        assertThat(decision.ended).containsExactly("g-1 exit 7");
        assertThat(ask(Frames.check().with("op=root").with("user=root").with("uid=0")))
                .containsExactly("v=1", "op=ok");
        assertThat(decision.noted).containsExactly("root root's own sudo");
        assertThat(decision.asked).isEmpty();
    }

    @Test
    void the_end_is_told_on_the_connection_that_was_kept() throws Exception {
        assertThat(endOnKept("grant=g-1", "status_type=signal", "status=9"))
                .isEqualTo("g-1 signal 9");
        assertThat(decision.asked).hasSize(1);
    }

    @Test
    void a_sudo_that_is_gone_or_tells_of_another_grant_ends_its_own() throws Exception {
        assertThat(endOnKept()).isEqualTo("g-1 unknown 0");
        decision.ended.clear();
        assertThat(endOnKept("grant=g-2", "status_type=exit", "status=0"))
                .isEqualTo("g-1 unknown 0");
    }

    /** What is on record once the plugin has said that, or nothing, on the connection it kept. */
    private String endOnKept(String... words) throws Exception {
        try (SocketChannel channel = socket.connect()) {
            JdkSocket.send(channel, Frames.check().and("stays=1").bytes());
            assertThat(next(channel)).contains("op=allow", "kept=1");
            assertThat(decision.ended).isEmpty();
            if (words.length > 0) {
                Frames close = Frames.of("v=1", "op=close", "request=r-1", "duration_ms=5");
                for (String word : words) {
                    close = close.and(word);
                }
                JdkSocket.send(channel, close.bytes());
            }
        }
        eventually(() -> !decision.ended.isEmpty());
        return String.join(", ", decision.ended);
    }

    @Test
    void who_is_not_root_is_not_answered_and_is_recorded() throws IOException {
        socket.peer = new Peer(99, 1001, 1001);
        assertThat(ask(Frames.check())).contains("op=deny", "code=not_root");
        assertThat(ask(Frames.check())).contains("op=deny", "code=not_root");
        assertThat(decision.asked).isEmpty();
        // Each one: it is the audit that sums those of one source.
        assertThat(audit.outcomes())
                .containsExactly("AUTHORIZATION_FAILED DENY", "AUTHORIZATION_FAILED DENY");
    }

    @Test
    void a_malformed_question_is_denied_and_recorded_for_whom_it_names() throws IOException {
        assertThat(ask(Frames.check().without("argv"))).contains("op=deny", "code=malformed");
        assertThat(audit.outcomes()).containsExactly("ELEVATION_REFUSED DENY");
        assertThat(audit.drafts.get(0).details()).containsEntry("code", "guard:malformed");
        assertThat(audit.drafts.get(0).user().orElseThrow().name()).isEqualTo("alice");
    }

    @Test
    void a_malformed_question_that_names_nobody_is_recorded_for_whose_sudo_it_is()
            throws IOException {
        assertThat(ask(Frames.of("hello=world"))).contains("op=deny", "code=malformed");
        assertThat(ask(Frames.of("no field"))).contains("op=deny", "code=malformed");
        assertThat(ask(Frames.check().without("argv").with("user=" + "x".repeat(300))))
                .contains("op=deny", "code=malformed");
        assertThat(decision.asked).isEmpty();
        assertThat(audit.outcomes()).hasSize(3).containsOnly("ELEVATION_REFUSED DENY");
        assertThat(audit.drafts)
                .extracting(draft -> draft.user().orElseThrow())
                .containsOnly(new UserInfo("", 1001, "", "", 4711, ""));
    }

    @Test
    void refusals_stand_though_they_can_not_be_recorded() throws IOException {
        audit.full = true;
        assertThat(ask(Frames.check().without("argv"))).contains("op=deny");
    }

    @Test
    void the_canary_is_heard_and_always_denied() throws IOException {
        String nonce = nonces.issue();
        Frames canary =
                Frames.check()
                        .with("user=kepm-canary")
                        .with("uid=997")
                        .with("command=/usr/libexec/kepm/canary")
                        .with("argv=/usr/libexec/kepm/canary")
                        .and("argv=" + nonce);
        assertThat(ask(canary)).contains("op=deny", "code=canary");
        assertThat(nonces.heard(nonce)).isTrue();
        assertThat(nonces.heard(nonce)).isFalse();
        assertThat(ask(canary)).contains("op=deny", "code=canary");
        assertThat(nonces.heard(nonce)).isFalse();
        assertThat(decision.asked).isEmpty();
    }

    @Test
    void another_user_gains_nothing_by_the_canarys_command() throws IOException {
        String nonce = nonces.issue();
        decision.answer = (request, talk) -> new LaunchAnswer.Refuse("r", "unmatched", "no");
        ask(
                Frames.check()
                        .with("command=/usr/libexec/kepm/canary")
                        .with("argv=canary")
                        .and("argv=" + nonce));
        assertThat(decision.asked).hasSize(1);
        assertThat(nonces.heard(nonce)).isFalse();
    }

    @Test
    void ab_137_one_users_stuck_requests_leave_room_for_others() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        List<SocketChannel> open = fill(stuck);
        assertThat(ask(Frames.check())).contains("op=deny", "code=rate_limited");
        invoker = 1002;
        assertThat(ask(Frames.check().with("user=bob").with("uid=1002"))).contains("op=allow");
        // Somebody whose sudo has become root already counts as who it says it is.
        invoker = 0;
        assertThat(ask(Frames.check())).contains("op=deny", "code=rate_limited");
        assertThat(audit.outcomes()).containsExactly("RATE_LIMITED DENY", "RATE_LIMITED DENY");
        // Of who is not governed that is no way round a policy, and takes no other right.
        governed = false;
        assertThat(ask(Frames.check())).contains("op=deny", "code=rate_limited");
        decision.against = false;
        assertThat(ask(Frames.check())).contains("op=pass");
        assertThat(audit.outcomes()).last().isEqualTo("ELEVATION_STARTED OWN_RIGHT");
        stuck.countDown();
        for (SocketChannel channel : open) {
            assertThat(next(channel)).contains("op=allow");
            channel.close();
        }
        invoker = 1001;
        eventually(() -> ask(Frames.check()).contains("op=allow"));
    }

    @Test
    void an_own_right_stands_beyond_the_limit_where_no_policy_binds() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        List<SocketChannel> open = fill(stuck);
        assertThat(ask(Frames.check())).as("governed").contains("op=deny", "code=rate_limited");
        governed = false;
        assertThat(ask(Frames.check())).as("bound").contains("op=deny", "code=rate_limited");
        decision.against = false;
        assertThat(ask(Frames.check())).containsExactly("v=1", "op=pass");
        assertThat(audit.outcomes())
                .containsExactly(
                        "RATE_LIMITED DENY", "RATE_LIMITED DENY", "ELEVATION_STARTED OWN_RIGHT");
        assertThat(audit.drafts.get(2).user().orElseThrow().uid()).isEqualTo(1001);
        assertThat(ask(Frames.of("no field"))).contains("op=deny", "code=malformed");
        assertThat(ask(Frames.check().with("op=root").with("user=root").with("uid=0")))
                .contains("op=deny", "code=rate_limited");
        String nonce = nonces.issue();
        assertThat(
                        ask(
                                Frames.check()
                                        .with("user=kepm-canary")
                                        .with("command=/usr/libexec/kepm/canary")
                                        .with("argv=/usr/libexec/kepm/canary")
                                        .and("argv=" + nonce)))
                .as("the canary's command never runs")
                .contains("op=deny");
        assertThat(nonces.heard(nonce)).isTrue();
        audit.full = true;
        assertThat(ask(Frames.check())).as("not on record").contains("op=deny");
        assertThat(decision.asked).hasSize(4);
        stuck.countDown();
        for (SocketChannel channel : open) {
            channel.close();
        }
    }

    @Test
    void ab_137_who_is_beyond_the_limit_and_says_nothing_holds_up_nobody() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        List<SocketChannel> open = fill(stuck);
        governed = false;
        CountDownLatch silent = new CountDownLatch(1);
        AtomicInteger read = new AtomicInteger();
        AtomicInteger served = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            FakeConnection late = new FakeConnection(socket.peer);
            late.silence =
                    () -> {
                        read.incrementAndGet();
                        await(silent);
                    };
            Thread worker =
                    new Thread(
                            () -> {
                                try {
                                    door.serve(late);
                                } catch (IOException e) {
                                    throw new IllegalStateException(e);
                                }
                                assertThat(late.said("deny")).contains("code=rate_limited");
                                served.incrementAndGet();
                            });
            worker.setDaemon(true);
            worker.start();
        }
        // All but those that are read are refused, however long it takes to read these.
        eventually(() -> served.get() == 96);
        assertThat(read).hasValue(4);
        invoker = 1002;
        assertThat(ask(Frames.check().with("user=bob").with("uid=1002"))).contains("op=allow");
        silent.countDown();
        eventually(() -> served.get() == 100);
        stuck.countDown();
        for (SocketChannel channel : open) {
            channel.close();
        }
    }

    /** All places that alice may have, taken until it is over. */
    private List<SocketChannel> fill(CountDownLatch over) throws Exception {
        decision.answer =
                (request, talk) -> {
                    if (request.user().equals("alice")) {
                        await(over);
                    }
                    return FakeDecision.run(request);
                };
        List<SocketChannel> open = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            SocketChannel channel = socket.connect();
            JdkSocket.send(channel, Frames.check().bytes());
            open.add(channel);
        }
        eventually(() -> decision.asked.size() == 4);
        return open;
    }

    private List<String> ask(Frames frame) throws IOException {
        try (SocketChannel channel = socket.connect()) {
            try {
                JdkSocket.send(channel, frame.bytes());
            } catch (IOException e) {
                // An early refusal closes before all was read: as for the plugin, it still counts.
                return next(channel);
            }
            return next(channel);
        }
    }

    /** The next frame that is no keep-alive. */
    private static List<String> next(SocketChannel channel) throws IOException {
        for (; ; ) {
            List<String> fields = fields(JdkSocket.receive(channel));
            if (!fields.contains("op=wait")) {
                return fields;
            }
        }
    }

    private static List<String> fields(byte[] payload) {
        String text = new String(payload, StandardCharsets.UTF_8);
        assertThat(text).endsWith("\0");
        return List.of(text.substring(0, text.length() - 1).split("\0", -1));
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void eventually(Condition condition) throws Exception {
        for (int i = 0; i < 6_000; i++) {
            if (condition.holds()) {
                return;
            }
            Thread.sleep(10);
        }
        throw new AssertionError("it never came");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
