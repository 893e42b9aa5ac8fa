package io.kepm.elevation;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.elevation.Conversation;
import io.kepm.api.elevation.Grant;
import io.kepm.api.elevation.GrantedRoot;
import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.LaunchDecision;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.EphemeralAccounts;
import io.kepm.api.linux.Notices;
import io.kepm.api.linux.Origin;
import io.kepm.api.linux.Scopes;
import io.kepm.api.linux.Targets;
import io.kepm.api.linux.Terminals;
import io.kepm.api.metrics.Metric;
import io.kepm.api.metrics.MetricSource;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.policy.SourceLimits;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Settings;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.trust.Signatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The launch decision as a service. Owns {@link PersonalNotices} and one thread, {@code
 * kepm-reconciler}, which ends grants that should have ended: at the start, before the doors open,
 * then by a look each second.
 */
@Component(service = {LaunchDecision.class, GrantedRoot.class, MetricSource.class})
public final class LaunchComponent implements LaunchDecision, GrantedRoot, MetricSource {

    private static final Logger LOG = LoggerFactory.getLogger(LaunchComponent.class);
    private static final int LOOKS_TO_SWEEP = 60;

    /** Whether a user tries things out with an agent of their own: it elevates nothing. */
    private static final boolean TRIED = Boolean.getBoolean("kepm.dev");

    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private final Tally tally = new Tally();
    private final AuditLog audit;
    private final Grants grants;
    private final GrantEnds ends;
    private final RequestBook book;
    private final Granting granting;
    private final Clocks clocks;
    private final Launch launch;
    private final AskAhead ahead;
    private final Extension extension;
    private final SourceLimits sources;
    private final Turnstile turnstile;
    private final RootByGrant root;
    private final Reconciler reconciler;
    private final GoneAccounts gone;
    private final Accounts.Watch departures;
    private final LeftAccounts leftAccounts;
    private final ScheduledExecutorService cleaning;
    private final PersonalNotices personal;
    private final ScheduledExecutorService thread;
    private final Settings.Listening patience;

    /** Looks since the start; of the reconciler's thread alone. */
    private long looks;

    /** Why the last look failed; empty when it did not. Of the same thread. */
    private String fault = "";

    @Activate
    public LaunchComponent(
            @Reference PolicyEngine engine,
            @Reference SourceLimits sources,
            @Reference AuditLog audit,
            @Reference Storage storage,
            @Reference Accounts accounts,
            @Reference Targets files,
            @Reference Signatures signatures,
            @Reference Scopes scopes,
            @Reference EphemeralAccounts ephemeral,
            @Reference Terminals terminals,
            @Reference Notices notices,
            @Reference RequestsComponent requests,
            @Reference Settings settings)
            throws StorageException, IOException {
        DiskWait timed = new DiskWait(audit);
        Duration longest = Duration.ofMinutes(settings.get(CoreSettings.LONGEST_GRANT_MINUTES));
        PolicyEngine policy = new LongestGrant(engine, longest);
        this.audit = timed;
        this.sources = sources;
        Clocks clocks = Clocks.ofSystem();
        Targets targets = new SignedTargets(files, signatures);
        patience = settings.listen(() -> patience(accounts, settings));
        patience(accounts, settings);
        boolean kills = settings.get(CoreSettings.AT_EXPIRY).equals("kill");
        grants = new Grants(storage, timed, Files.readString(BOOT_ID).trim());
        ends =
                new GrantEnds(
                        grants,
                        scopes,
                        clocks,
                        LiveProcess::runs,
                        stored -> LastWarning.ended(terminals, stored));
        book = requests.book();
        personal = new PersonalNotices(notices, audit, accounts, requests.approvals()::isAttended);
        book.watch(personal::moved);
        reconciler =
                new Reconciler(
                        grants,
                        ends,
                        new LastWarning(terminals, audit, personal::ending),
                        scopes,
                        accounts,
                        clocks,
                        kills);
        gone = new GoneAccounts(grants, ends, book, accounts, this::lookSoon);
        reconciler.begin();
        gone.sweep();
        leftAccounts = new LeftAccounts(ephemeral, grants);
        book.reconcile();
        granting =
                new Granting(
                        timed,
                        grants,
                        ends,
                        book,
                        scopes,
                        clocks,
                        kills,
                        settings.get(CoreSettings.OWN_WAY));
        this.clocks = clocks;
        launch =
                new Launch(
                        policy,
                        timed,
                        accounts,
                        targets,
                        granting,
                        requests.controls(),
                        settings.get(CoreSettings.UNMATCHED_FOR_OTHERS).equals("os"),
                        clocks.wall());
        ahead =
                new AskAhead(
                        policy,
                        audit,
                        accounts,
                        targets,
                        requests.controls(),
                        requests.approvals(),
                        clocks.wall());
        extension =
                new Extension(
                        policy,
                        audit,
                        accounts,
                        targets,
                        requests.controls(),
                        requests.approvals(),
                        new Obstacles(policy, granting),
                        new Prolonging(grants, book, scopes, clocks, longest, kills),
                        clocks.wall());
        root = new RootByGrant(grants, scopes, accounts);
        turnstile = new Turnstile(sources, accounts, launch, tally, timed::taken);
        thread =
                Executors.newSingleThreadScheduledExecutor(
                        task -> {
                            Thread made = new Thread(task, "kepm-reconciler");
                            made.setDaemon(true);
                            return made;
                        });
        departures = accounts.watch(gone);
        var unused = thread.scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
        cleaning =
                Executors.newSingleThreadScheduledExecutor(
                        task -> {
                            Thread made = new Thread(task, "kepm-left-accounts");
                            made.setDaemon(true);
                            return made;
                        });
        // A number that somebody has is given to nobody: the doors need not wait for it.
        cleaning.execute(leftAccounts::begin);
        var unused2 = cleaning.scheduleWithFixedDelay(leftAccounts::look, 1, 1, TimeUnit.MINUTES);
    }

    private static void patience(Accounts accounts, Settings settings) {
        accounts.patience(Duration.ofMillis(settings.get(CoreSettings.NAME_SERVICE_MILLIS)));
    }

    @Deactivate
    void stop() {
        patience.close();
        departures.close();
        thread.shutdownNow();
        cleaning.shutdownNow();
        personal.close();
    }

    @Override
    public LaunchAnswer decide(LaunchRequest request, Conversation conversation) {
        if (TRIED) {
            return notHere(request);
        }
        return turnstile.decide(request, conversation);
    }

    private LaunchAnswer notHere(LaunchRequest request) {
        String why = Texts.say("fault.tried");
        Records records = new Records(request, UUID.randomUUID().toString(), request.runAs());
        try {
            audit.append(records.of(AuditType.ELEVATION_REFUSED, "DENY").reason(why).build());
        } catch (StorageException e) {
            LOG.error("not on record: {} by `{}`: {}", why, request.user(), e.getMessage());
        }
        return new LaunchAnswer.Refuse(
                records.requestId(), "dev", Texts.say("refused.why", why) + "\n");
    }

    /** At a pace that the door sees to; refusals count as those of a command do. */
    @Override
    public Ahead ask(LaunchRequest request, Conversation conversation) {
        Ahead answer = ahead.ask(request, conversation);
        boolean refused = answer instanceof Ahead.Refused;
        if (!(answer instanceof Ahead.Refused fault && Turnstile.isNoFailure(fault.code()))) {
            sources.judged(SourceLimits.Source.user(request.uid()), request.session(), refused);
        }
        return answer;
    }

    /** Counted as asking ahead is. */
    @Override
    public Extended extend(
            String grantId, long uid, Optional<String> reason, Conversation conversation) {
        Optional<StoredGrant> found = grants.named(grantId, OptionalLong.of(uid));
        if (found.isEmpty()) {
            return new Extended.Unknown();
        }
        Extended answer = extension.ask(found.get(), reason, conversation);
        boolean refused = answer instanceof Extended.Refused;
        if (!(answer instanceof Extended.Refused fault && isNoFailure(fault.code()))) {
            String session = LaunchRequest.session(uid, found.get().life().tty(), "extend");
            sources.judged(SourceLimits.Source.user(uid), session, refused);
        }
        return answer;
    }

    private static boolean isNoFailure(String code) {
        return Turnstile.isNoFailure(code) || code.equals(Extension.NOT_LONGER);
    }

    @Override
    public PolicyEngine.Explanation explain(LaunchRequest request, String eventType)
            throws NameServiceException {
        return launch.explain(request, eventType);
    }

    @Override
    public boolean carriedBySudo(LaunchRequest request) {
        try {
            return launch.carriedBySudo(request);
        } catch (NameServiceException | RuntimeException e) {
            LOG.warn("who carries a command can't be told: {}", e.getMessage());
            return false;
        }
    }

    @Override
    public boolean binds(LaunchRequest request) {
        return launch.faults().bound(Caller.OTHER_BY_SUDO, request) != Caller.OTHER_BY_SUDO;
    }

    @Override
    public boolean started(String grantId, int pid, long startTicks) {
        try {
            return granting.started(grantId, pid, startTicks);
        } catch (StorageException e) {
            LOG.error("grant {} can't be bound to its command: {}", grantId, e.getMessage());
            return false;
        }
    }

    @Override
    public String ending(String grantId) {
        return grants.find(grantId)
                .map(stored -> Texts.ending(stored, clocks.read().isOver(stored)))
                .orElse("");
    }

    @Override
    public void ended(String grantId, String how, int status, long durationMillis) {
        granting.openUnstarted(grantId);
        try {
            ends.closed(grantId, how, status, durationMillis);
        } catch (StorageException e) {
            LOG.error("the end of grant {} is not on record yet: {}", grantId, e.getMessage());
        }
    }

    @Override
    public Optional<Grant> endGrant(String id, String by, OptionalLong owner)
            throws StorageException {
        Optional<StoredGrant> found = grants.named(id, owner);
        if (found.isPresent()) {
            if (owner.isPresent()) {
                ends.release(found.get(), by);
            } else {
                ends.revokeBy(found.get(), by);
            }
        }
        return found.map(StoredGrant::grant);
    }

    @Override
    public void noted(LaunchRequest request, String why) {
        try {
            audit.append(
                    new Records(request, "", request.runAs())
                            .of(
                                    AuditType.ELEVATION_STARTED,
                                    request.uid() == 0 ? "ROOT" : "BREAK_GLASS")
                            .reason(why)
                            .build());
        } catch (StorageException e) {
            LOG.error("not on record: {} by `{}`: {}", why, request.user(), e.getMessage());
        }
    }

    @Override
    public Optional<String> byGrant(Origin origin) {
        return root.reason(origin);
    }

    @Override
    public List<Grant> grants() {
        return grants.list();
    }

    @Override
    public List<Metric> metrics() {
        List<Metric> metrics = new ArrayList<>(tally.metrics());
        metrics.add(Metric.gauge("kepm_grants", "Rights that are given now.", grants.count()));
        metrics.add(
                Metric.gauge(
                        "kepm_requests_open",
                        "Requests that wait for an approval.",
                        book.list(request -> request.state().isOpen()).size()));
        return metrics;
    }

    private void lookSoon() {
        try {
            thread.execute(this::look);
        } catch (RejectedExecutionException e) {
            LOG.debug("no look any more: the agent ends", e);
        }
    }

    /** What fails of it keeps the rest from nothing. */
    private void look() {
        List<Part> parts = new ArrayList<>(List.of(gone::look, reconciler::tick));
        if (++looks % LOOKS_TO_SWEEP == 0) {
            parts.add(reconciler::sweep);
            parts.add(gone::sweep);
            parts.add(book::reconcile);
            parts.add(personal::again);
        }
        String now = "";
        for (Part part : parts) {
            try {
                part.look();
            } catch (StorageException | RuntimeException e) {
                now = String.valueOf(e.getMessage());
            }
        }
        if (!now.isEmpty() && !now.equals(fault)) {
            LOG.error(
                    "grants and requests were not brought into line, tried again each second: {}",
                    now);
        }
        fault = now;
    }

    @FunctionalInterface
    private interface Part {
        void look() throws StorageException;
    }
}
