package io.kepm.audit;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.StoreCare;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What has to be done so that the audit stays in order, and how often. For use by one thread. */
final class Order {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);

    /** After the clock was set forward, nothing is too old for so long: it may be wrong. */
    static final Duration DOUBT = Duration.ofDays(1);

    private final StoreCare store;
    private final Retention.Rules rules;
    private final Parts parts;
    private final LowWater water = new LowWater();
    private volatile long doubtUntil = System.nanoTime();

    /** What it works on. */
    record Parts(
            Checkpoints checkpoints,
            Floods floods,
            Owed owed,
            Owed.Writer writer,
            ClockWatch watch,
            Retention retention,
            BreakGlassReserve reserve) {}

    Order(StoreCare store, Retention.Rules rules, Parts parts) {
        this.store = store;
        this.rules = rules;
        this.parts = parts;
    }

    /**
     * All of it.
     *
     * @param adopt looks for records that were written down elsewhere
     */
    List<Upkeep.Chore> chores(Upkeep.Step adopt) {
        return List.of(
                new Upkeep.Chore("the clock", SECOND, this::watchClock),
                new Upkeep.Chore("sums of refusals", SECOND, this::sum),
                new Upkeep.Chore("checkpoints", SECOND, parts.checkpoints()::sign),
                new Upkeep.Chore("waiting records", MINUTE, adopt),
                new Upkeep.Chore(
                        "room for a broken glass", MINUTE, now -> parts.reserve().prepare()),
                new Upkeep.Chore("room", MINUTE, parts.retention()::makeRoom),
                new Upkeep.Chore("measure", MINUTE, now -> measure()),
                new Upkeep.Chore("retention", HOUR, this::retain));
    }

    private void watchClock(Instant now) {
        Optional<AuditDraft> jump = parts.watch().look(now);
        if (jump.isPresent()) {
            parts.owed().add(List.of(jump.get()));
            if (jump.get().outcome().equals(ClockWatch.FORWARD)) {
                doubtClock();
            }
        }
    }

    /** Nothing is removed for its age for a while. */
    void doubtClock() {
        doubtUntil = System.nanoTime() + DOUBT.toNanos();
    }

    private void sum(Instant now) throws StorageException {
        parts.owed().add(parts.floods().ended(now, false));
        parts.owed().pay(parts.writer());
    }

    private void measure() throws StorageException {
        StoreCare.Room room = store.room();
        parts.floods().adjust((double) room.used() / rules.bytes(), room.reserveUsed());
        Optional<AuditDraft> news = water.look(room.free());
        if (news.isPresent() && parts.owed().add(List.of(news.get()))) {
            water.told();
        }
    }

    private void retain(Instant now) throws StorageException {
        if (System.nanoTime() - doubtUntil >= 0) {
            parts.retention().run(now);
        }
    }
}
