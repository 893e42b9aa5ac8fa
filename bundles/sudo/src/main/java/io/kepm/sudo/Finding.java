package io.kepm.sudo;

import io.kepm.api.health.HealthCheck.Health;
import java.util.List;

/** What one round of the canary found, and so what becomes of the drop-in. */
sealed interface Finding {

    /** For the health page. */
    Health health();

    /** Every sudo was proved: the drop-in may be there. */
    record Proved(List<String> programs) implements Finding {
        public Proved {
            programs = List.copyOf(programs);
        }

        @Override
        public Health health() {
            return Health.healthy("proved: " + String.join(", ", programs));
        }
    }

    /** It must not be there. */
    record Unsafe(Health health) implements Finding {}

    /** Nothing was shown: an older proof counts as long as nothing has changed since. */
    record Unproved(Health health) implements Finding {}
}
