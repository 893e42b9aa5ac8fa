package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.health.HealthCheck;
import io.kepm.api.health.HealthCheck.Health;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SystemActionsTest {

    private Instant now = Instant.parse("2026-11-27T09:00:00.123Z");
    private Health health = Health.healthy("fine");
    private final SystemActions system =
            new SystemActions(
                    new HealthView(() -> List.of(storage()), () -> now),
                    new MetricsPage(List::of, List.of()),
                    "0.1.0",
                    () -> now,
                    Optional::empty,
                    Optional::empty);

    private HealthCheck storage() {
        return new HealthCheck() {
            @Override
            public String name() {
                return "storage";
            }

            @Override
            public Health check() {
                return health;
            }
        };
    }

    private String told() {
        Answer answer = system.health(new Call(Caller.UNKNOWN, Map.of(), Map.of(), Map.of()));
        return answer.status()
                + " "
                + new String(Wire.bytes(answer, "/health"), StandardCharsets.UTF_8);
    }

    @Test
    void what_all_are_told_within_a_millisecond_is_what_is_so_then() {
        String first = told();
        assertThat(first)
                .isEqualTo(
                        "200 {\"status\":\"healthy\",\"timestamp\":\"2026-11-27T09:00:00.123Z\","
                                + "\"version\":\"0.1.0\"}");
        assertThat(told()).isEqualTo(first);
        health = Health.unhealthy("gone", "mount it");
        assertThat(told()).startsWith("503 {\"status\":\"unhealthy\"").contains("00.123Z");
        now = now.plus(Duration.ofMillis(1));
        assertThat(told()).startsWith("503").contains("00.124Z");
    }
}
