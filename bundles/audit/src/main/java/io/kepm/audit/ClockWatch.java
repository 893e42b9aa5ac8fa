package io.kepm.audit;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Notices that the clock was set: between two looks it went a minute further, or less far, than the
 * time since boot, which goes on while the machine sleeps and which nobody can set. For use by one
 * thread.
 */
final class ClockWatch {

    static final String FORWARD = "FORWARD";
    static final String BACK = "BACK";

    private static final Duration LEAST = Duration.ofSeconds(60);
    private static final Path UPTIME = Path.of("/proc/uptime");

    private final Supplier<Optional<Duration>> sinceBoot;
    private Optional<Look> last = Optional.empty();

    private record Look(Instant time, Duration sinceBoot) {}

    ClockWatch(Supplier<Optional<Duration>> sinceBoot) {
        this.sinceBoot = sinceBoot;
    }

    static ClockWatch ofThisMachine() {
        return new ClockWatch(ClockWatch::uptime);
    }

    /** The record of a jump since the last look. */
    Optional<AuditDraft> look(Instant now) {
        Optional<Look> before = last;
        last = sinceBoot.get().map(boot -> new Look(now, boot));
        if (before.isEmpty() || last.isEmpty()) {
            return Optional.empty();
        }
        Duration went = last.get().sinceBoot().minus(before.get().sinceBoot());
        Instant expected = before.get().time().plus(went);
        Duration by = Duration.between(expected, now);
        return by.abs().compareTo(LEAST) <= 0
                ? Optional.empty()
                : Optional.of(
                        jump(by, "the clock was set by " + by.toSeconds() + " s", expected, now));
    }

    /**
     * The record of a clock that goes before what was the last record: it was set back while
     * nothing ran.
     *
     * @param last the time of that record
     */
    static Optional<AuditDraft> setBack(Instant last, Instant now) {
        Duration by = Duration.between(last, now);
        return by.negated().compareTo(LEAST) <= 0
                ? Optional.empty()
                : Optional.of(
                        jump(
                                by,
                                "the clock is before the last record: it was set back by "
                                        + by.negated().toSeconds()
                                        + " s or more while the agent did not run",
                                last,
                                now));
    }

    private static AuditDraft jump(Duration by, String reason, Instant from, Instant to) {
        return AuditDraft.of(AuditType.CLOCK_JUMP, by.isNegative() ? BACK : FORWARD)
                .reason(reason)
                .detail("from", from.toString())
                .detail("to", to.toString())
                .build();
    }

    /** The first number of proc_uptime(5): seconds since boot, sleep included. */
    private static Optional<Duration> uptime() {
        try {
            String text = Files.readString(UPTIME);
            double seconds = Double.parseDouble(text.substring(0, text.indexOf(' ')));
            return Optional.of(Duration.ofMillis((long) (seconds * 1_000)));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }
}
