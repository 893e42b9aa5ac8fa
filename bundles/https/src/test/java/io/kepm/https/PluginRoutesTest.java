package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.linux.Peer;
import io.kepm.api.plugins.PluginState;
import io.kepm.api.plugins.PluginStatus;
import io.kepm.api.plugins.Plugins;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PluginRoutesTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:01:00Z");
    private final Known known = new Known();
    private final PluginActions actions =
            new PluginActions(() -> Optional.of(known), Clock.fixed(NOW, ZoneOffset.UTC));

    /** One plugin, `a`; everything asked of it is noted. */
    private static final class Known implements Plugins {
        final List<String> asked = new ArrayList<>();
        Outcome next = Outcome.done("a");

        @Override
        public List<PluginStatus> list() {
            return List.of(
                    new PluginStatus(
                            "a",
                            "A",
                            "Service",
                            "1.0.0",
                            PluginState.HEALTHY,
                            0,
                            Optional.of(NOW.minusSeconds(60)),
                            1,
                            "",
                            "3 denials heard",
                            "ab",
                            true));
        }

        @Override
        public Optional<PluginStatus> find(String id) {
            return list().stream().filter(each -> each.id().equals(id)).findFirst();
        }

        private Outcome noted(String what) {
            asked.add(what);
            return next;
        }

        @Override
        public Outcome install(Path file, boolean allowDowngrade, String who) {
            return noted("install " + file + " " + allowDowngrade + " " + who);
        }

        @Override
        public Outcome remove(String id, String who) {
            return noted("remove " + id + " " + who);
        }

        @Override
        public Outcome start(String id, String who) {
            return noted("start " + id + " " + who);
        }

        @Override
        public Outcome stop(String id, String who) {
            return noted("stop " + id + " " + who);
        }

        @Override
        public Outcome restart(String id, String who) {
            return noted("restart " + id + " " + who);
        }

        @Override
        public Outcome reload(String who) {
            return noted("reload " + who);
        }
    }

    private static Call call(Map<String, String> query, Map<String, Object> body) {
        return new Call(Caller.of(new Peer(1, 0, 0)), Map.of("id", "a"), query, body);
    }

    @Test
    void everybody_is_told_how_many_there_are_and_nothing_else_of_them() {
        SystemActions system =
                new SystemActions(
                        new HealthView(List::of, java.time.Clock.systemUTC()),
                        new MetricsPage(List::of, List.of()),
                        "1",
                        java.time.Clock.systemUTC(),
                        Optional::empty,
                        () -> Optional.of(known));
        assertThat(system.status(call(Map.of(), Map.of())).body().orElseThrow())
                .containsEntry("plugins", Map.of("total", 1L));
    }

    @Test
    void a_plugin_is_told_with_its_time() {
        Answer answer = actions.one(call(Map.of(), Map.of()));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().orElseThrow())
                .containsEntry("status", "Healthy")
                .containsEntry("uptimeSeconds", 60L)
                .containsEntry("detail", "3 denials heard")
                .containsEntry("restarts", 1L);
    }

    @Test
    void a_file_is_handed_over_and_nothing_else_is() {
        assertThat(actions.install(call(Map.of(), Map.of("file", "/etc/passwd"))).status())
                .isEqualTo(415);
        assertThat(
                        actions.install(
                                        call(
                                                Map.of("allowDowngrade", "true"),
                                                Map.of(Upload.FILE, Path.of("/x"))))
                                .status())
                .isEqualTo(200);
        assertThat(known.asked).containsExactly("install /x true root");
    }

    @Test
    void what_is_refused_is_422_with_every_reason_and_what_is_unknown_404() {
        known.next = Plugins.Outcome.refused("a", List.of("one", "two"));
        assertThat(actions.start(call(Map.of(), Map.of())).status()).isEqualTo(422);
        assertThat(actions.stop(call(Map.of(), Map.of())).body().orElseThrow().get("detail"))
                .isEqualTo("one; two");
        known.next = Plugins.Outcome.unknown("a");
        assertThat(actions.remove(call(Map.of(), Map.of())).status()).isEqualTo(404);
    }

    @Test
    void without_plugins_every_route_says_so() {
        PluginActions away = new PluginActions(Optional::empty, Clock.systemUTC());

        assertThat(away.list(call(Map.of(), Map.of())).status()).isEqualTo(503);
        assertThat(away.restart(call(Map.of(), Map.of())).status()).isEqualTo(503);
    }

    @Test
    void open_segments_of_a_path_have_names() {
        assertThat(
                        Route.get(
                                        "/api/plugins/{id}/health",
                                        Tier.ADMIN,
                                        call -> Answer.ok(Map.of()))
                                .variables("/api/plugins/A.b-c/health"))
                .containsExactly(Map.entry("id", "A.b-c"));
    }
}
