package io.kepm.sudo;

import io.kepm.api.health.HealthCheck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Repeats the proof: at start, after a while, and when anything it rests on looks different. One
 * thread calls {@link #tick}; {@link #check} may be called by any.
 */
final class Canary implements HealthCheck {

    private static final Duration AGAIN = Duration.ofSeconds(60);

    private final Places places;
    private final SudoPrograms programs;
    private final PamGate gate;
    private final CanaryRound round;
    private final DropInKeeper keeper;
    private final Duration every;
    private final BooleanSupplier ending;

    private List<Path> found = List.of();
    private Map<Path, Evidence> folders = Map.of();
    private Map<Path, Evidence> seen = Map.of();
    private Map<Path, Evidence> proved = Map.of();
    private List<String> traced = List.of();
    private long scanAt;
    private long roundAt;
    private volatile Health health = Health.degraded("not tried yet", "wait a moment");

    /**
     * As it is put together.
     *
     * @param every after so long it is proved again, whatever things look like
     * @param ending whether the agent stops: what sudo does then proves nothing
     */
    Canary(
            Places places,
            SudoPrograms programs,
            PamGate gate,
            CanaryRound round,
            DropInKeeper keeper,
            Duration every,
            BooleanSupplier ending) {
        this.places = places;
        this.programs = programs;
        this.gate = gate;
        this.round = round;
        this.keeper = keeper;
        this.every = every;
        this.ending = ending;
    }

    @Override
    public String name() {
        return "sudo canary";
    }

    @Override
    public Health check() {
        return health;
    }

    /** The first proof, whatever things look like. */
    void begin(long nowNanos) {
        scan(nowNanos);
        tryNow(nowNanos);
    }

    /** A fault of ours: nothing is proved any more, and it is tried again. */
    void failed(RuntimeException e) {
        proved = Map.of();
        seen = Map.of();
        health = Health.unhealthy("the canary failed: " + e, "see the log");
    }

    /** To be called every second; true when it went through a proof. */
    boolean tick(long nowNanos) {
        if (!found.isEmpty()) {
            keeper.writeBreakGlassOnce();
        }
        Map<Path, Evidence> foldersNow = Evidence.of(places.programFolders());
        if (!foldersNow.equals(folders) || nowNanos - scanAt >= 0) {
            scan(nowNanos);
        }
        boolean same = keeper.wanted().equals(traced);
        if (nowNanos - roundAt < 0 && same && look().equals(seen)) {
            return false;
        }
        tryNow(nowNanos);
        return true;
    }

    private void scan(long nowNanos) {
        folders = Evidence.of(places.programFolders());
        found = programs.find();
        scanAt = nowNanos + AGAIN.toNanos();
    }

    private void tryNow(long nowNanos) {
        Map<Path, Evidence> before = othersOf(look());
        traced = keeper.wanted();
        Finding finding = round.look(found);
        if (ending.getAsBoolean()) {
            // A sudo that was cut, or met a closed door, is no fault: the drop-in stays as it is.
            return;
        }
        health = keeper.apply(finding, !proved.isEmpty() && proved.equals(before));
        Map<Path, Evidence> after = look();
        boolean changedMeanwhile = !othersOf(after).equals(before);
        boolean well = finding instanceof Finding.Proved;
        if (well) {
            proved = before;
        }
        // What changed under the proof is not proved: the next tick sees a difference.
        seen = changedMeanwhile ? Map.of() : after;
        roundAt = nowNanos + (well ? every : AGAIN).toNanos();
    }

    /**
     * Everything that the proof rests on, our own files among it; break-glass is not part of it.
     */
    private Map<Path, Evidence> look() {
        List<Path> files = new ArrayList<>(found);
        files.addAll(places.configuration());
        files.addAll(gate.files());
        files.addAll(List.of(places.plugin(), places.gate(), places.canary()));
        Map<Path, Evidence> now = new HashMap<>(Evidence.of(files));
        now.putAll(Evidence.in(places.sudoersFolder()));
        now.remove(places.sudoersFolder().resolve(DropIn.BREAK_GLASS.name()));
        return now;
    }

    private Map<Path, Evidence> othersOf(Map<Path, Evidence> all) {
        Map<Path, Evidence> others = new HashMap<>(all);
        DropIn.all().forEach(own -> others.remove(places.sudoersFolder().resolve(own.name())));
        return others;
    }
}
