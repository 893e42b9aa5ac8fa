package io.kepm.api.health;

import org.osgi.annotation.versioning.ConsumerType;

/** One line of the agent's health; registered as a service by whoever can say it. */
@ConsumerType
public interface HealthCheck {

    /** One or two words: {@code storage}, {@code policy set}, {@code sudo canary}. */
    String name();

    /** The state now; must not block. */
    Health check();

    /**
     * A state with its reason.
     *
     * @param advice what to do about it; empty when healthy
     */
    record Health(Level level, String detail, String advice) {
        public static Health healthy(String detail) {
            return new Health(Level.HEALTHY, detail, "");
        }

        public static Health degraded(String detail, String advice) {
            return new Health(Level.DEGRADED, detail, advice);
        }

        public static Health unhealthy(String detail, String advice) {
            return new Health(Level.UNHEALTHY, detail, advice);
        }
    }

    /** From well to broken; the agent's own state is the worst of its checks. */
    enum Level {
        HEALTHY,
        DEGRADED,
        UNHEALTHY;

        /** The word on the wire. */
        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }
}
