package io.kepm.policy;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.Targets;
import io.kepm.api.metrics.Counter;
import io.kepm.api.metrics.Metric;
import io.kepm.api.metrics.MetricSource;
import io.kepm.api.policy.SourceLimits;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Settings;
import io.kepm.api.storage.StorageException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the limits of all sources, and puts on record when one was held up or cut off. */
@Component(service = {SourceLimits.class, MetricSource.class})
public final class SourceLimitsComponent implements SourceLimits, MetricSource {

    private static final Logger LOG = LoggerFactory.getLogger(SourceLimitsComponent.class);
    private static final int MOST_SOURCES = 10_000;

    private final Supplier<LimitedSource.Bounds> bounds;
    private final SourceTable sources;
    private final AuditLog audit;
    private final LongSupplier nanos;
    private final Sleeper sleeper;
    private final LongFunction<String> shown;
    private final ScheduledThreadPoolExecutor reporter;
    private final Counter<Answered> answered = new Counter<>(Answered.class);

    /** One record a window for what happened often. */
    private record Summary(AuditType type, String outcome, String code) {}

    private static final Summary RATE_QUEUED =
            new Summary(AuditType.RATE_QUEUED, "OK", "rate_queued");
    private static final Summary RATE_LIMITED_COUNT =
            new Summary(AuditType.RATE_LIMITED, "DENY", RATE_LIMITED);
    private static final Summary CUT_OFF =
            new Summary(AuditType.RATE_LIMITED, "DENY", CIRCUIT_OPEN);

    /** What somebody was told who wanted a turn; a queued one is granted or refused after it. */
    private enum Answered {
        CIRCUIT_OPEN,
        GRANTED,
        QUEUED,
        RATE_LIMITED
    }

    /** How a caller waits for its turn. */
    interface Sleeper {
        void sleep(long nanos) throws InterruptedException;
    }

    @Activate
    public SourceLimitsComponent(
            @Reference Settings settings,
            @Reference AuditLog audit,
            @Reference Accounts accounts,
            @Reference Targets machine) {
        this(
                () -> inForce(settings),
                MOST_SOURCES,
                audit,
                System::nanoTime,
                TimeUnit.NANOSECONDS::sleep,
                uid -> shown(uid, accounts) + "+" + machine.hostname());
    }

    private static LimitedSource.Bounds inForce(Settings settings) {
        return new LimitedSource.Bounds(
                settings.get(CoreSettings.EVALUATIONS_PER_MINUTE),
                settings.get(CoreSettings.EVALUATIONS_WAITING),
                settings.get(CoreSettings.FAILURES_TO_OPEN),
                Duration.ofMinutes(settings.get(CoreSettings.CIRCUIT_MINUTES)));
    }

    private static String shown(long uid, Accounts accounts) {
        try {
            return accounts.byUid(uid).map(Accounts.Account::name).orElse(Long.toString(uid));
        } catch (NameServiceException e) {
            LOG.debug("who uid {} is", uid, e);
            return Long.toString(uid);
        }
    }

    SourceLimitsComponent(
            Supplier<LimitedSource.Bounds> bounds,
            int most,
            AuditLog audit,
            LongSupplier nanos,
            Sleeper sleeper,
            LongFunction<String> shown) {
        this.bounds = bounds;
        this.audit = audit;
        this.nanos = nanos;
        this.sleeper = sleeper;
        this.shown = shown;
        sources = new SourceTable(most, bounds, nanos);
        reporter =
                new ScheduledThreadPoolExecutor(
                        1,
                        work -> {
                            Thread thread = new Thread(null, work, "kepm-limits", 256 * 1024);
                            thread.setDaemon(true);
                            return thread;
                        });
        var unused = reporter.scheduleWithFixedDelay(this::report, 60, 60, TimeUnit.SECONDS);
    }

    @Deactivate
    public void stop() {
        reporter.shutdownNow();
        report();
    }

    @Override
    public Turn take(Source source, String session, Duration longest) {
        LimitedSource limited = sources.of(source);
        long now = nanos.getAsLong();
        if (limited.closes(now)) {
            record(source, session, AuditDraft.of(AuditType.CIRCUIT_CLOSED, "OK"));
        }
        long closedIn = limited.closedIn(now);
        if (closedIn > 0) {
            return cutOff(limited, session, closedIn);
        }
        long wait = limited.take(session, now, longest);
        if (wait == SlidingWindow.NEVER) {
            return full(limited, now);
        }
        return wait == 0 ? granted() : waited(limited, session, wait);
    }

    private Turn granted() {
        answered.add(Answered.GRANTED);
        return new Turn.Granted();
    }

    private Turn cutOff(LimitedSource limited, String session, long closedIn) {
        answered.add(Answered.CIRCUIT_OPEN);
        limited.cutOff(session);
        return new Turn.Refused(CIRCUIT_OPEN, Duration.ofNanos(closedIn));
    }

    private Turn full(LimitedSource limited, long now) {
        answered.add(Answered.RATE_LIMITED);
        return limited.full(now);
    }

    private Turn waited(LimitedSource limited, String session, long wait) {
        answered.add(Answered.QUEUED);
        try {
            sleeper.sleep(wait);
            // Others of the same source may have failed meanwhile.
            long closedIn = limited.closedIn(nanos.getAsLong());
            return closedIn > 0 ? cutOff(limited, session, closedIn) : granted();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return full(limited, nanos.getAsLong());
        } finally {
            limited.woke();
        }
    }

    @Override
    public void judged(Source source, String session, boolean failed) {
        if (sources.of(source).judged(failed, nanos.getAsLong())) {
            record(
                    source,
                    session,
                    AuditDraft.of(AuditType.CIRCUIT_OPENED, "DENY")
                            .reason(
                                    bounds.get().failures()
                                            + " requests in a row were refused; the next "
                                            + bounds.get().circuit().toMinutes()
                                            + " min are refused too")
                            .detail("minutes", Long.toString(bounds.get().circuit().toMinutes())));
        }
    }

    @Override
    public List<Metric> metrics() {
        return List.of(
                answered.metric(
                        "kepm_turns_total", "What sources were told that wanted a turn.", "answer"),
                Metric.gauge(
                        "kepm_sources", "Sources whose turns are remembered.", sources.count()),
                Metric.gauge(
                        "kepm_sources_cut_off",
                        "Sources whose circuit is open.",
                        sources.cutOff(nanos.getAsLong())));
    }

    /** Once a window: how many of a source had to wait, and how many were refused. */
    void report() {
        sources.forEach(
                (source, limited) -> {
                    LimitedSource.Counts counts = limited.reported();
                    String often =
                            "more than "
                                    + bounds.get().perMinute()
                                    + " requests of one source within a minute";
                    counted(source, counts, RATE_QUEUED, counts.queued(), often);
                    counted(source, counts, RATE_LIMITED_COUNT, counts.limited(), often);
                    counted(
                            source,
                            counts,
                            CUT_OFF,
                            counts.cutOff(),
                            "requests while the circuit of the source was open");
                });
    }

    private void counted(
            Source source, LimitedSource.Counts counts, Summary summary, int count, String why) {
        if (count > 0) {
            record(
                    source,
                    counts.session(),
                    AuditDraft.of(summary.type(), summary.outcome())
                            .reason(why)
                            .detail("code", summary.code())
                            .detail("count", Integer.toString(count)));
        }
    }

    private void record(Source source, String session, AuditDraft.Builder draft) {
        draft.detail("source", shown.apply(source.uid())).session(session);
        if (!source.component().isEmpty()) {
            draft.detail("component", source.component());
        }
        AuditDraft.UserInfo user = AuditDraft.UserInfo.of("", source.uid()).withSession(session);
        try {
            audit.append(draft.user(user).build());
        } catch (StorageException e) {
            LOG.error("not on record: a limit of uid {}: {}", source.uid(), e.getMessage());
        }
    }
}
