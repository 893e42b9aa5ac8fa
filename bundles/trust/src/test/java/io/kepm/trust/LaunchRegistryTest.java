package io.kepm.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kepm.api.linux.FakeLauncher;
import io.kepm.api.linux.FakeSocketOwners;
import io.kepm.api.linux.LaunchOrder;
import io.kepm.api.linux.Launcher;
import io.kepm.api.linux.Origin;
import io.kepm.api.linux.SocketOwners.Owner;
import io.kepm.api.trust.FileTrust.Violation;
import io.kepm.api.trust.Launches;
import io.kepm.api.trust.Launches.Component;
import io.kepm.api.trust.Launches.Reach;
import io.kepm.api.trust.Launches.Verdict;
import io.kepm.api.trust.TopicRights;
import io.kepm.api.trust.WrongProofs;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LaunchRegistryTest {

    private static final InetSocketAddress PEER = new InetSocketAddress("127.0.0.1", 40_000);
    private static final InetSocketAddress DOOR = new InetSocketAddress("127.0.0.1", 6889);
    private static final String PEM =
            "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n";

    private final FakeLauncher launcher = new FakeLauncher();
    private final FakeSocketOwners owners = new FakeSocketOwners();
    private final List<Violation> violations = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private volatile Optional<String> certificate = Optional.of(PEM);
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final LaunchRegistry registry =
            new LaunchRegistry(
                    launcher,
                    owners,
                    path -> violations,
                    new Teller(
                            new LaunchLine("127.0.0.1", 8675, "https://localhost:6889"),
                            () -> certificate,
                            () -> true,
                            thread),
                    new WrongProofs(() -> now),
                    (client, uid, reason) -> refused.add(client + " " + uid + " " + reason));

    @AfterEach
    void stop() {
        thread.shutdownNow();
    }

    @Test
    void a_launched_process_is_told_one_line_and_is_known_by_its_secret() throws Exception {
        FakeLauncher.FakeChild child = launch("plugin:a");
        assertThat(child.told).hasSize(1);
        String line = child.told.get(0);
        JsonNode json = new ObjectMapper().readTree(line);
        assertThat(line).endsWith("}\n").hasLineCount(1);
        assertThat(json.path("clientId").asText()).isEqualTo("plugin:a");
        assertThat(json.path("secret").asText()).matches("[A-Za-z0-9_-]{43}");
        assertThat(json.path("caPem").asText()).isEqualTo(PEM);
        assertThat(json.path("mqtt").path("host").asText()).isEqualTo("127.0.0.1");
        assertThat(json.path("mqtt").path("port").asInt()).isEqualTo(8675);
        assertThat(json.path("api").asText()).isEqualTo("https://localhost:6889");
        assertThat(identify("plugin:a", secret(child)))
                .isEqualTo(new Verdict.Known(component("plugin:a", true), child.identity()));
        assertThat(refused).isEmpty();
    }

    @Test
    void a_door_that_tries_out_whether_it_is_told_no_raises_no_alarm() throws Exception {
        launch("plugin:a");
        InetSocketAddress none = new InetSocketAddress("127.0.0.1", 0);
        for (String client : List.of("plugin:a", "plugin:nobody")) {
            assertThat(registry.identify(client, new byte[32], none, DOOR))
                    .isInstanceOf(Launches.Verdict.Unknown.class);
        }
        assertThat(refused).isEmpty();
        registry.identify("plugin:nobody", new byte[32], PEER, DOOR);
        assertThat(refused).hasSize(1);
    }

    @Test
    void the_record_is_complete_before_the_secret_leaves() throws Exception {
        certificate = Optional.empty();
        FakeLauncher.FakeChild child = launch("plugin:a");
        assertThat(child.told).isEmpty();
        assertThat(registry.running("plugin:a")).contains(child.identity());
        certificate = Optional.of(PEM);
        Waiting.until(() -> !child.told.isEmpty());
        assertThat(identify("plugin:a", secret(child))).isInstanceOf(Verdict.Known.class);
    }

    @Test
    void every_launch_has_a_secret_of_its_own() throws Exception {
        FakeLauncher.FakeChild first = launch("plugin:a");
        first.exit(0);
        FakeLauncher.FakeChild second = launch("plugin:a");
        assertThat(secret(second)).isNotEqualTo(secret(first));
        assertThat(identify("plugin:a", secret(first))).isInstanceOf(Verdict.Unknown.class);
        assertThat(identify("plugin:a", secret(second))).isInstanceOf(Verdict.Known.class);
    }

    @Test
    void who_does_not_speak_hears_nothing_and_can_claim_nothing() throws Exception {
        owners.owner = Optional.of(new Owner(61_234, 7));
        FakeLauncher.FakeChild child =
                (FakeLauncher.FakeChild) registry.launch(component("job:clean:1", false), order());
        child.sockets.add(7L);
        assertThat(child.told).containsExactly("");
        assertThat(identify("job:clean:1", new byte[0])).isInstanceOf(Verdict.Unknown.class);
    }

    @Test
    void a_client_id_belongs_to_one_process_at_a_time() throws Exception {
        FakeLauncher.FakeChild child = launch("plugin:a");
        assertThatThrownBy(() -> launch("plugin:a")).hasMessageContaining("another process");
        child.exit(0);
        launch("plugin:a");
    }

    @Test
    void a_failed_launch_leaves_its_id_free() throws Exception {
        launcher.fault = "no such user";
        assertThatThrownBy(() -> launch("plugin:a")).hasMessageContaining("no such user");
        launcher.fault = "";
        launch("plugin:a");
    }

    @Test
    void ids_that_could_mean_something_else_are_refused() {
        for (String id :
                List.of(
                        "",
                        "plugin:",
                        "plugin:a/b",
                        "plugin:+",
                        "plugin:#",
                        "job:a",
                        "job:a:b:c",
                        "plugin:a\n",
                        "agent",
                        "plugin:ä",
                        "plugin:" + "a".repeat(101))) {
            assertThatThrownBy(() -> launch(id)).as(id).hasMessageContaining("no client id");
        }
    }

    @Test
    void an_executable_that_others_could_change_is_not_launched() {
        violations.add(new Violation(Path.of("/x"), "`/x` belongs to user 7", "chown root /x"));
        assertThatThrownBy(() -> launch("plugin:a"))
                .hasMessageContaining("belongs to user 7")
                .hasMessageContaining("chown root /x");
        violations.clear();
        assertThatThrownBy(
                        () ->
                                registry.launch(
                                        component("plugin:a", true), order(Path.of("/usr/bin"))))
                .hasMessageContaining("not a regular file");
        assertThat(launcher.children).isEmpty();
    }

    @Test
    void ab_32_the_right_secret_from_a_connection_of_another_process_is_refused() throws Exception {
        FakeLauncher.FakeChild child = launch("plugin:a");
        child.sockets.clear();
        assertThat(reason(identify("plugin:a", secret(child))))
                .contains("not of process " + child.identity().pid());
        assertThat(refused).hasSize(1);
    }

    @Test
    void ab_33_the_right_secret_of_another_user_is_refused() throws Exception {
        FakeLauncher.FakeChild child = launch("plugin:a");
        owners.owner = Optional.of(new Owner(1001, 7));
        assertThat(reason(identify("plugin:a", secret(child)))).contains("of user 61234");
        owners.owner = Optional.of(new Owner(0, 7));
        assertThat(identify("plugin:a", secret(child))).isInstanceOf(Verdict.Unknown.class);
    }

    @Test
    void ab_30_a_secret_dies_with_its_process() throws Exception {
        FakeLauncher.FakeChild child = launch("plugin:a");
        String secret = secretText(child);
        child.alive = false;
        assertThat(identify("plugin:a", bytes(secret))).isInstanceOf(Verdict.Unknown.class);
        child.exit(0);
        assertThat(reason(identify("plugin:a", bytes(secret)))).contains("no such component");
        assertThat(registry.running("plugin:a")).isEmpty();
    }

    @Test
    void ab_31_who_hung_up_meanwhile_is_nobody() throws Exception {
        FakeLauncher.FakeChild child = launch("plugin:a");
        owners.owner = Optional.empty();
        assertThat(reason(identify("plugin:a", secret(child)))).contains("no owner");
        owners.broken = true;
        assertThat(reason(identify("plugin:a", secret(child)))).contains("no owner");
    }

    @Test
    void ab_17_an_errand_is_the_agents_own_and_known_until_it_is_given_back() throws Exception {
        owners.owner = Optional.of(new Owner(0, 9));
        owners.ours = true;
        String secret;
        Launcher.Identity ours;
        try (Launches.Errand errand = registry.errand(component("job:a:1", true))) {
            secret = new String(errand.secret(), StandardCharsets.US_ASCII);
            ours = known("job:a:1", secret);
            assertThat(secret).matches("[A-Za-z0-9_-]{43}");
            assertThat(identify("job:a:1", bytes(secret)))
                    .isInstanceOfSatisfying(
                            Verdict.Known.class,
                            known -> {
                                assertThat(known.component().clientId()).isEqualTo("job:a:1");
                                assertThat(known.process().uid()).isZero();
                                assertThat((long) known.process().pid())
                                        .isEqualTo(ProcessHandle.current().pid());
                            });
            // What comes from the agent is not therefore of that job.
            Origin.Step agent = new Origin.Step((int) ProcessHandle.current().pid(), 0);
            assertThat(registry.launched(new Origin(-1, List.of(agent)))).isEmpty();
            assertThat(registry.running("job:a:1")).isEmpty();
            assertThat(registry.isLent("job:a:1", ours)).isTrue();
            assertThatThrownBy(() -> registry.errand(component("job:a:1", true)))
                    .hasMessageContaining("another process has");
            assertThatThrownBy(() -> launch("job:a:1")).hasMessageContaining("another process has");
        }
        assertThat(reason(identify("job:a:1", bytes(secret)))).contains("no such component");
        assertThat(registry.isLent("job:a:1", ours)).isFalse();
        launch("job:a:1");
        assertThat(registry.isLent("job:a:1", ours)).isFalse();
        assertThatThrownBy(() -> registry.errand(component("job:a:1", true)))
                .hasMessageContaining("another process has");
        assertThatThrownBy(() -> registry.errand(component("agent", true)))
                .hasMessageContaining("no client id");
    }

    /**
     * Both are of the agent itself; a connection of the first must not pass for one of the next.
     */
    @Test
    void ab_62_what_was_given_back_stays_over_when_the_same_id_is_lent_again() throws Exception {
        owners.owner = Optional.of(new Owner(0, 9));
        owners.ours = true;
        Launches.Errand first = registry.errand(component("plugin:a", true));
        Launcher.Identity former =
                known("plugin:a", new String(first.secret(), StandardCharsets.US_ASCII));
        assertThat(registry.isLent("plugin:a", former)).isTrue();
        first.close();
        assertThat(registry.isLent("plugin:a", former)).isFalse();
        try (Launches.Errand next = registry.errand(component("plugin:a", true))) {
            Launcher.Identity latter =
                    known("plugin:a", new String(next.secret(), StandardCharsets.US_ASCII));
            assertThat(registry.isLent("plugin:a", latter)).isTrue();
            assertThat(registry.isLent("plugin:a", former)).isFalse();
            assertThat(registry.isLent("plugin:b", latter)).isFalse();
        }
    }

    /**
     * Members: a plugin, a task of a user, both by one connection, one that has ended, one that is
     * lent, and what is that user's own.
     */
    @Test
    void ab_47_only_the_connection_of_a_launched_process_is_one_not_any_of_its_user()
            throws Exception {
        FakeLauncher.FakeChild task =
                (FakeLauncher.FakeChild)
                        registry.launch(
                                new Component("job:a:1", Reach.USER, TopicRights.NONE, true),
                                order(Path.of("/usr/bin/env"), 61_234));
        FakeLauncher.FakeChild plugin = launch("plugin:a");
        task.sockets.add(6L);
        plugin.sockets.add(8L);
        assertThat(registry.reachOf(new Owner(61_234, 6))).contains(Reach.USER);
        assertThat(registry.reachOf(new Owner(61_234, 8))).contains(Reach.PLUGIN);
        assertThat(registry.reachOf(new Owner(61_234, 9))).as("the user's own").isEmpty();
        assertThat(registry.reachOf(new Owner(61_235, 8))).as("another user's").isEmpty();
        task.sockets.add(8L);
        assertThat(registry.reachOf(new Owner(61_234, 8))).contains(Reach.PLUGIN);
        plugin.exit(0);
        assertThat(registry.reachOf(new Owner(61_234, 8))).contains(Reach.USER);
        try (Launches.Errand errand = registry.errand(component("plugin:b", true))) {
            assertThat(errand.secret()).isNotEmpty();
            assertThat(registry.reachOf(new Owner(0, 7))).isEmpty();
        }
    }

    /**
     * A user may have what runs as that user open a thousand files, and then connect and connect.
     */
    @Test
    void ab_47_who_connects_all_the_time_is_not_looked_at_all_the_time() throws Exception {
        FakeLauncher.FakeChild plugin = launch("plugin:a");
        plugin.sockets.add(8L);
        int found = 0;
        for (int i = 0; i < 2_000; i++) {
            found += registry.reachOf(new Owner(61_234, 8)).isPresent() ? 1 : 0;
        }
        assertThat(found).isBetween(64, 200);
    }

    private Launcher.Identity known(String clientId, String secret) {
        return ((Verdict.Known) identify(clientId, bytes(secret))).process();
    }

    @Test
    void ab_32_the_secret_of_an_errand_is_good_for_no_other_process_not_even_of_root()
            throws Exception {
        owners.owner = Optional.of(new Owner(0, 9));
        byte[] kept;
        try (Launches.Errand errand = registry.errand(component("job:a:1", true))) {
            kept = errand.secret();
            assertThat(reason(identify("job:a:1", kept.clone())))
                    .contains("not of the agent itself");
        }
        assertThat(kept).containsOnly(0);
        assertThat(refused).hasSize(1);
    }

    @Test
    void ab_32_another_program_in_the_process_is_not_the_one_that_was_launched() throws Exception {
        FakeLauncher.FakeChild child = launch("plugin:a");
        child.unchanged = false;
        assertThat(reason(identify("plugin:a", secret(child)))).contains("another program");
        // Nor is what it connected before: the broker looks again and again.
        assertThat(registry.running("plugin:a")).isEmpty();
    }

    @Test
    void ab_51_five_wrong_secrets_lock_further_ones_of_their_user_and_nobody_who_is_right()
            throws Exception {
        FakeLauncher.FakeChild child = launch("plugin:a");
        byte[] right = secret(child);
        for (int i = 0; i < WrongProofs.MOST; i++) {
            assertThat(reason(identify("plugin:a", bytes("guess " + i)))).contains("wrong secret");
        }
        assertThat(reason(identify("plugin:a", bytes("one more")))).contains("locked");
        assertThat(refused).hasSize(6);
        // Another component may share the account of whoever guesses.
        assertThat(identify("plugin:a", right.clone())).isInstanceOf(Verdict.Known.class);
        now = now.plus(Duration.ofSeconds(59));
        assertThat(reason(identify("plugin:a", bytes("again")))).contains("locked");
        now = now.plus(Duration.ofSeconds(1));
        assertThat(reason(identify("plugin:a", bytes("and again")))).contains("wrong secret");
    }

    @Test
    void ab_51_names_of_components_can_not_be_guessed_without_end_either() {
        owners.owner = Optional.of(new Owner(1001, 7));
        for (int i = 0; i < WrongProofs.MOST; i++) {
            identify("plugin:" + i, bytes("x"));
        }
        assertThat(reason(identify("plugin:x", bytes("x")))).contains("locked");
    }

    @Test
    void what_a_component_started_is_of_that_component() throws Exception {
        FakeLauncher.FakeChild child = launch("plugin:a");
        Origin.Step step = new Origin.Step(child.identity().pid(), child.identity().startTicks());
        Origin inside = new Origin(-1, List.of(new Origin.Step(9, 9), step));
        assertThat(registry.launched(inside)).contains(component("plugin:a", true));
        assertThat(registry.launched(new Origin(-1, List.of(new Origin.Step(step.pid(), 1)))))
                .isEmpty();
        assertThat(registry.launched(new Origin(-1, List.of()))).isEmpty();
    }

    private FakeLauncher.FakeChild launch(String clientId) throws Exception {
        return launch(clientId, 61_234);
    }

    private FakeLauncher.FakeChild launch(String clientId, long uid) throws Exception {
        owners.owner = Optional.of(new Owner(uid, 7));
        FakeLauncher.FakeChild child =
                (FakeLauncher.FakeChild)
                        registry.launch(
                                component(clientId, true), order(Path.of("/usr/bin/env"), uid));
        child.sockets.add(7L);
        return child;
    }

    private static Component component(String clientId, boolean speaks) {
        return new Component(clientId, Reach.PLUGIN, TopicRights.NONE, speaks);
    }

    private static LaunchOrder order() {
        return order(Path.of("/usr/bin/env"));
    }

    private static LaunchOrder order(Path executable) {
        return order(executable, 61_234);
    }

    private static LaunchOrder order(Path executable, long uid) {
        return new LaunchOrder(
                "a",
                executable,
                List.of("env"),
                Map.of(),
                Path.of("/"),
                new LaunchOrder.LaunchUser(uid, uid, List.of()),
                LaunchOrder.LaunchLimits.USUAL);
    }

    private static String secretText(FakeLauncher.FakeChild child) throws Exception {
        return new ObjectMapper().readTree(child.told.get(0)).path("secret").asText();
    }

    private static byte[] secret(FakeLauncher.FakeChild child) throws Exception {
        return bytes(secretText(child));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Verdict identify(String clientId, byte[] secret) {
        return registry.identify(clientId, secret, PEER, DOOR);
    }

    private static String reason(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Unknown.class);
        return ((Verdict.Unknown) verdict).reason();
    }
}
