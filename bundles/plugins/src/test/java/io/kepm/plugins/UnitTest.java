package io.kepm.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.plugins.PluginState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UnitTest {

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final Fakes.Store store = new Fakes.Store();
    private final Fakes.Puppet puppet = new Fakes.Puppet();
    private final PluginRecords records = new PluginRecords(store, store);
    private final Unit unit = unit(Duration.ofSeconds(20));

    private Unit unit(Duration startLimit) {
        PluginDocument document =
                DocumentReader.read(
                                ("{\"id\": \"a\", \"pluginType\": \"Service\", \"restart\":"
                                                + " {\"maxRestarts\": 3, \"windowSeconds\": 300}}")
                                        .getBytes(StandardCharsets.UTF_8),
                                "a")
                        .document()
                        .orElseThrow();
        return new Unit(document, () -> puppet, records, () -> now, startLimit);
    }

    private void after(int seconds) {
        now = now.plusSeconds(seconds);
        unit.look();
    }

    @Test
    void it_is_healthy_after_a_start_and_stopped_after_a_stop() {
        assertThat(unit.start("root")).isTrue();
        assertThat(unit.state()).isEqualTo(PluginState.HEALTHY);
        unit.stop("root");

        assertThat(unit.state()).isEqualTo(PluginState.STOPPED);
        assertThat(store.said()).hasSize(4).last().asString().contains("Stopped");
    }

    @Test
    void what_throws_in_its_start_has_failed_and_says_why() {
        puppet.startFault = "no licence";

        assertThat(unit.start("root")).isFalse();
        assertThat(unit.state()).isEqualTo(PluginState.FAILED);
        assertThat(unit.lastError()).contains("no licence");
    }

    @Test
    void f11_what_hangs_in_its_start_has_failed_after_the_deadline() {
        puppet.hangs = true;
        Unit slow = unit(Duration.ofMillis(50));

        assertThat(slow.start("root")).isFalse();
        assertThat(slow.state()).isEqualTo(PluginState.FAILED);
        assertThat(slow.lastError()).contains("no end within");
    }

    @Test
    void it_is_started_again_after_growing_pauses_and_then_has_failed() {
        unit.start("root");
        int[] pauses = {1, 2, 4};
        for (int pause : pauses) {
            puppet.fault = Optional.of("it died");
            after(0);
            assertThat(unit.state()).isEqualTo(PluginState.UNHEALTHY);
            int before = puppet.starts;
            after(pause - 1);
            assertThat(puppet.starts).isEqualTo(before);
            after(1);
            assertThat(unit.state()).isEqualTo(PluginState.HEALTHY);
        }
        puppet.fault = Optional.of("it died");
        after(0);

        assertThat(unit.state()).isEqualTo(PluginState.FAILED);
        assertThat(store.said()).last().asString().contains("Failed", "after 3 restarts");
        assertThat(unit.lastError()).isEqualTo("it died, after 3 restarts");
        assertThat(records.restarts()).isEqualTo(3);
        after(3600);
        assertThat(unit.state()).isEqualTo(PluginState.FAILED);
        assertThat(unit.start("root")).isTrue();
    }

    @Test
    void old_restarts_do_not_count() {
        unit.start("root");
        for (int i = 0; i < 10; i++) {
            puppet.fault = Optional.of("it died");
            after(301);
            after(60);
            assertThat(unit.state()).isEqualTo(PluginState.HEALTHY);
        }
    }

    @Test
    void it_is_unhealthy_after_some_complaints_and_healthy_after_one_good_answer() {
        unit.start("root");
        puppet.complaint = Optional.of("too many denials");
        after(30);
        after(30);
        assertThat(unit.state()).isEqualTo(PluginState.HEALTHY);
        after(30);
        assertThat(unit.state()).isEqualTo(PluginState.UNHEALTHY);
        assertThat(unit.lastError()).isEqualTo("too many denials");
        puppet.complaint = Optional.empty();
        after(30);

        assertThat(unit.state()).isEqualTo(PluginState.HEALTHY);
    }

    @Test
    void what_it_says_of_itself_is_one_short_line_while_it_runs() {
        puppet.detail = "3 denials\n\u001b[31mheard";
        assertThat(unit.status().detail()).isEmpty();
        unit.start("root");
        assertThat(unit.status().detail()).isEqualTo("3 denials [31mheard");
        puppet.detail = "x".repeat(1000);
        assertThat(unit.status().detail()).hasSize(201);
        unit.stop("root");

        assertThat(unit.status().detail()).isEmpty();
    }

    @Test
    void a_full_disk_keeps_no_plugin_from_stopping() {
        unit.start("root");
        store.full = true;
        unit.stop("root");

        assertThat(unit.state()).isEqualTo(PluginState.STOPPED);
    }

    @Test
    void what_waits_for_somebody_is_stopped_starts_by_itself_and_has_not_failed() {
        puppet.awaits = Optional.of("nobody is logged in");
        assertThat(unit.start("root")).isFalse();
        assertThat(unit.isWaiting()).isTrue();
        for (int i = 0; i < 10; i++) {
            after(60);
        }
        assertThat(puppet.starts).isZero();
        assertThat(unit.state()).isEqualTo(PluginState.STOPPED);
        assertThat(unit.lastError()).isEqualTo("nobody is logged in");
        puppet.awaits = Optional.empty();
        after(1);
        assertThat(unit.state()).isEqualTo(PluginState.HEALTHY);
        puppet.awaits = Optional.of("its user has logged out");
        after(1);

        assertThat(unit.state()).isEqualTo(PluginState.STOPPED);
        assertThat(store.said()).last().asString().contains("its user has logged out");
        assertThat(unit.status().restarts()).isZero();
    }

    @Test
    void each_new_reason_to_wait_is_on_record_once() {
        puppet.awaits = Optional.of("nobody is logged in");
        unit.start("root");
        after(1);
        puppet.awaits = Optional.of("`x` is not in `AllowedNonAdminExecutables`");
        after(1);
        after(1);

        assertThat(store.said()).hasSize(2);
        assertThat(store.said()).last().asString().contains("Stopped", "AllowedNonAdmin");
        assertThat(unit.lastError()).contains("AllowedNonAdmin");
        assertThat(unit.isWaiting()).isTrue();
    }

    @Test
    void what_an_administrator_stopped_waits_for_nobody() {
        puppet.awaits = Optional.of("nobody is logged in");
        unit.start("root");
        unit.stop("root");
        puppet.awaits = Optional.empty();
        after(1);

        assertThat(unit.state()).isEqualTo(PluginState.STOPPED);
        assertThat(puppet.starts).isZero();
    }
}
