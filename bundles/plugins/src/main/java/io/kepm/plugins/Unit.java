package io.kepm.plugins;

import io.kepm.api.plugins.PluginState;
import io.kepm.api.plugins.PluginStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/**
 * One plugin through its life. {@link #start}, {@link #stop} and {@link #look} exclude each other;
 * each holds the lock no longer than the deadlines of this plugin, so that one which hangs holds up
 * nobody but itself. {@link #status} never waits.
 */
final class Unit {

    static final Duration START = Duration.ofSeconds(30);
    static final Duration STOP = Duration.ofSeconds(10);
    private static final int LONGEST_DETAIL = 200;

    private final PluginDocument document;
    private final Supplier<Body> bodies;
    private final PluginRecords records;
    private final InstantSource clock;
    private final Duration startLimit;
    private final Deque<Instant> restarts = new ArrayDeque<>();

    private volatile Optional<Body> body = Optional.empty();
    private volatile Optional<Body> waiting = Optional.empty();
    private volatile PluginState state = PluginState.STOPPED;
    private volatile Optional<Instant> started = Optional.empty();
    private volatile String lastError = "";
    private volatile int recentRestarts;
    private Instant nextLook = Instant.MIN;
    private Instant nextStart = Instant.MAX;
    private int complaints;

    Unit(
            PluginDocument document,
            Supplier<Body> bodies,
            PluginRecords records,
            InstantSource clock,
            Duration startLimit) {
        this.document = document;
        this.bodies = bodies;
        this.records = records;
        this.clock = clock;
        this.startLimit = startLimit;
    }

    PluginDocument document() {
        return document;
    }

    PluginState state() {
        return state;
    }

    String lastError() {
        return lastError;
    }

    /** The bundle that runs; -1 when none does. */
    long bundleId() {
        return body.map(Body::bundleId).orElse(-1L);
    }

    /** Starts it and asks how it is; whether it is healthy then. Forgets earlier restarts. */
    synchronized boolean start(String who) {
        restarts.clear();
        recentRestarts = 0;
        return begin(who);
    }

    private boolean begin(String who) {
        nextStart = Instant.MAX;
        waiting = Optional.empty();
        if (body.isPresent()) {
            end();
        }
        Body fresh = bodies.get();
        Optional<String> awaited = fresh.awaits();
        if (awaited.isPresent()) {
            await(fresh, awaited.get(), who);
            return false;
        }
        change(PluginState.STARTING, "", who);
        body = Optional.of(fresh);
        try {
            Deadline.call(
                    document.id(),
                    startLimit,
                    () -> {
                        fresh.start();
                        return true;
                    });
        } catch (Deadline.Passed e) {
            return failed("start: " + e.getMessage(), who);
        } catch (ExecutionException e) {
            return failed("start: " + message(e), who);
        }
        started = Optional.of(clock.instant());
        complaints = 0;
        nextLook = clock.instant().plus(document.checks().interval());
        Optional<String> complaint = fresh.fault().or(() -> complaint(fresh));
        if (complaint.isPresent()) {
            lastError = complaint.get();
            change(PluginState.UNHEALTHY, complaint.get(), who);
            return false;
        }
        change(PluginState.HEALTHY, "", who);
        return true;
    }

    /** It is stopped, and starts by itself as soon as it may; that is no restart. */
    private void await(Body fresh, String reason, String who) {
        boolean isNews = state != PluginState.STOPPED || !reason.equals(lastError);
        lastError = reason;
        waiting = Optional.of(fresh);
        if (isNews) {
            records.changed(document, state, PluginState.STOPPED, reason, who);
            state = PluginState.STOPPED;
        }
    }

    /** Whether it starts by itself as soon as it may. */
    boolean isWaiting() {
        return waiting.isPresent();
    }

    private boolean failed(String reason, String who) {
        lastError = reason;
        end();
        change(PluginState.FAILED, reason, who);
        return false;
    }

    /** Stops it; what it left behind, or empty. */
    synchronized String stop(String who) {
        nextStart = Instant.MAX;
        waiting = Optional.empty();
        if (body.isEmpty()) {
            change(PluginState.STOPPED, "", who);
            return "";
        }
        change(PluginState.STOPPING, "", who);
        String left = end();
        change(PluginState.STOPPED, left, who);
        return left;
    }

    private String end() {
        Optional<Body> old = body;
        body = Optional.empty();
        started = Optional.empty();
        if (old.isEmpty()) {
            return "";
        }
        try {
            return Deadline.call(document.id() + "-stop", STOP, old.get()::stop);
        } catch (Deadline.Passed e) {
            return "stop: " + e.getMessage() + "; what of it hangs stays until the agent restarts";
        } catch (ExecutionException e) {
            return "stop: " + message(e);
        }
    }

    /** Looks after it; called about once a second by one thread for each plugin. */
    synchronized void look() {
        Instant now = clock.instant();
        if (body.isEmpty()) {
            Optional<Body> next = waiting;
            Optional<String> still = next.flatMap(Body::awaits);
            if (next.isPresent() && still.isPresent()) {
                await(next.get(), still.get(), "the agent");
            } else if (next.isPresent() || !now.isBefore(nextStart)) {
                begin("the agent");
            }
            return;
        }
        Body own = body.get();
        Optional<String> awaited = own.awaits();
        if (awaited.isPresent()) {
            end();
            await(bodies.get(), awaited.get(), "the agent");
            return;
        }
        Optional<String> fault = own.fault();
        if (fault.isPresent()) {
            died(fault.get(), now);
            return;
        }
        if (now.isBefore(nextLook)) {
            return;
        }
        nextLook = now.plus(document.checks().interval());
        Optional<String> complaint = complaint(own);
        complaints = complaint.isPresent() ? complaints + 1 : 0;
        complaint.ifPresent(text -> lastError = text);
        if (complaint.isEmpty() && state == PluginState.UNHEALTHY) {
            change(PluginState.HEALTHY, "", "the agent");
        } else if (complaints >= document.checks().failures() && state == PluginState.HEALTHY) {
            change(PluginState.UNHEALTHY, lastError, "the agent");
        }
    }

    private void died(String reason, Instant now) {
        lastError = reason;
        end();
        while (!restarts.isEmpty()
                && restarts.peekFirst().isBefore(now.minus(document.restarts().window()))) {
            restarts.removeFirst();
        }
        if (!document.autoRestart() || restarts.size() >= document.restarts().most()) {
            String why =
                    document.autoRestart()
                            ? ", after " + restarts.size() + " restarts"
                            : ", and is not restarted by its document";
            lastError = reason + why;
            change(PluginState.FAILED, lastError, "the agent");
            return;
        }
        Duration pause = document.restarts().firstPause();
        for (int i = 0; i < restarts.size(); i++) {
            pause = pause.multipliedBy(2);
        }
        if (pause.compareTo(document.restarts().longestPause()) > 0) {
            pause = document.restarts().longestPause();
        }
        restarts.addLast(now);
        recentRestarts = restarts.size();
        nextStart = now.plus(pause);
        records.restarting();
        change(PluginState.UNHEALTHY, reason, "the agent");
    }

    private Optional<String> complaint(Body own) {
        try {
            return Deadline.call(
                    document.id() + "-health", document.checks().timeout(), own::complaint);
        } catch (Deadline.Passed e) {
            return Optional.of("health: " + e.getMessage());
        } catch (ExecutionException e) {
            return Optional.of("health: " + message(e));
        }
    }

    private void change(PluginState to, String reason, String who) {
        PluginState from = state;
        state = to;
        if (from != to) {
            records.changed(document, from, to, reason, who);
        }
    }

    private static String message(ExecutionException e) {
        Throwable cause = e.getCause();
        String message = cause == null ? null : cause.getMessage();
        return message == null ? String.valueOf(cause) : message;
    }

    /** One line of a length that a list has room for. */
    private static String line(String text) {
        String plain = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return plain.length() > LONGEST_DETAIL ? plain.substring(0, LONGEST_DETAIL) + "…" : plain;
    }

    PluginStatus status() {
        Optional<Body> now = body;
        return new PluginStatus(
                document.id(),
                document.name(),
                document.kind().word(),
                document.version().toString(),
                state,
                now.map(Body::processId).orElse(0),
                started,
                recentRestarts,
                lastError,
                now.map(Body::detail).map(Unit::line).orElse(""),
                now.map(Body::signer).orElse(""),
                document.monitored());
    }
}
