package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.health.HealthCheck;
import io.kepm.api.health.HealthCheck.Health;
import io.kepm.api.health.HealthCheck.Level;
import io.kepm.api.metrics.Metric;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HealthViewTest {

    private static final Instant NINE = Instant.parse("2026-11-25T09:00:00Z");

    private final List<HealthCheck> checks = new ArrayList<>();
    private Instant now = NINE;
    private final HealthView view = new HealthView(() -> checks, () -> now);

    private static HealthCheck check(String name, Health health) {
        return new HealthCheck() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Health check() {
                return health;
            }
        };
    }

    private void only(Health health) {
        checks.clear();
        checks.add(check("storage", health));
    }

    private String since() {
        return (String) view.json().get(0).get("since");
    }

    @Test
    void since_is_when_the_level_changed_last_whatever_else_is_said() {
        only(Health.healthy("1 record"));
        assertThat(since()).isEqualTo("2026-11-25T09:00:00Z");
        now = NINE.plus(Duration.ofMinutes(5));
        only(Health.healthy("2 records"));
        assertThat(since()).isEqualTo("2026-11-25T09:00:00Z");
        only(Health.degraded("slow", "wait"));
        view.look();
        now = NINE.plus(Duration.ofMinutes(7));
        only(Health.degraded("slower", "wait"));
        assertThat(since()).isEqualTo("2026-11-25T09:05:00Z");
        only(Health.unhealthy("gone", "mount it"));
        assertThat(since()).isEqualTo("2026-11-25T09:07:00Z");
    }

    @Test
    void a_check_that_went_and_came_back_is_new() {
        only(Health.healthy("well"));
        view.look();
        checks.clear();
        view.look();
        now = NINE.plusSeconds(9);
        only(Health.healthy("well"));
        assertThat(since()).isEqualTo("2026-11-25T09:00:09Z");
    }

    @Test
    void of_two_checks_with_one_name_the_worse_one_counts() {
        checks.add(check("x", Health.healthy("well")));
        checks.add(check("x", Health.unhealthy("bad", "do")));
        checks.add(check("x", Health.degraded("so so", "do")));
        assertThat(view.json()).hasSize(1);
        assertThat(view.level()).isEqualTo(Level.UNHEALTHY);
        assertThat(view.metrics().get(0).samples())
                .containsExactly(Metric.Sample.of("check", "x", 2));
    }

    @Test
    void more_checks_than_a_page_holds_do_not_take_the_page_away() {
        for (int i = 0; i < 100; i++) {
            checks.add(check("x".repeat(100) + i, Health.healthy("well")));
            checks.add(check("check " + i, Health.healthy("well")));
        }
        assertThat(view.metrics().get(0).samples()).hasSize(Metric.MOST_SAMPLES);
    }

    @Test
    void the_level_that_everybody_asks_for_is_looked_at_once_a_while() {
        AtomicInteger looks = new AtomicInteger();
        checks.add(
                new HealthCheck() {
                    @Override
                    public String name() {
                        return "counted";
                    }

                    @Override
                    public Health check() {
                        looks.incrementAndGet();
                        return Health.healthy("well");
                    }
                });
        HealthView often = new HealthView(() -> checks, () -> now, Duration.ofHours(1));
        for (int i = 0; i < 100; i++) {
            assertThat(often.level()).isEqualTo(Level.HEALTHY);
        }
        assertThat(looks).hasValue(1);
        assertThat(often.json()).isNotEmpty();
        assertThat(looks).hasValue(2);
    }
}
