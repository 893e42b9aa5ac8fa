package io.kepm.policy;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.health.HealthCheck;
import io.kepm.api.metrics.Metric;
import io.kepm.api.metrics.MetricSource;
import io.kepm.api.plugins.Renewal;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.EventType;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.policy.Reason;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Settings;
import io.kepm.api.storage.Storage;
import io.kepm.api.trust.FileTrust;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** The policy engine as a service, and its line in the agent's health. */
@Component(service = {PolicyEngine.class, HealthCheck.class, MetricSource.class, Renewal.class})
public final class PolicyComponent implements PolicyEngine, HealthCheck, MetricSource, Renewal {

    private static final String REDIRECTS = "RedirectEvaluator";

    static final Evaluation.Revision NO_REVISION =
            new Evaluation.Revision(0, CanonicalContent.none());

    private static final String UNAVAILABLE = "engine:unavailable";
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final EngineSettings settings;
    private final Supplier<Duration> longest;
    private final PolicyFolder folder;
    private final RedirectFile redirects;
    private volatile FolderWatch watch;

    @Activate
    public PolicyComponent(
            @Reference Settings settings,
            @Reference Storage storage,
            @Reference AuditLog audit,
            @Reference FileTrust trust) {
        this.settings =
                new EngineSettings(
                        settings.get(CoreSettings.UNMATCHED).equals("deny"),
                        settings.get(CoreSettings.ENFORCE_FOR_ADMINISTRATORS),
                        Set.copyOf(settings.get(CoreSettings.ADMIN_GROUPS)),
                        settings.approot().toString());
        longest = () -> Duration.ofDays(settings.get(CoreSettings.MONITOR_DAYS));
        Set<Long> ownPids = Set.of(ProcessHandle.current().pid());
        Guards guards = new Guards(new ProtectedTargets(ProtectedList.shipped(), ownPids));
        folder =
                new PolicyFolder(
                        settings.approot().resolve("policies"),
                        storage,
                        audit,
                        trust,
                        Set.copyOf(settings.get(CoreSettings.ALLOW_LOCKOUT)),
                        InstantSource.system(),
                        (set, revision) -> new Evaluator(set, revision, this.settings, guards));
        redirects =
                new RedirectFile(
                        settings.approot().resolve("Plugins/RedirectEvaluator.json"),
                        trust,
                        this.settings.adminGroups());
        look();
        watch = new FolderWatch(this::look, PAUSE);
        watch.start();
    }

    private void look() {
        folder.glance();
        redirects.look();
    }

    @Deactivate
    public void stop() {
        watch.stop();
        folder.close();
    }

    @Override
    public Evaluation evaluate(EvaluationRequest request, ZonedDateTime at) {
        return folder.inForce()
                .map(now -> now.evaluator().evaluate(request, at))
                .orElseGet(this::unavailable);
    }

    @Override
    public Explanation explain(EvaluationRequest request, ZonedDateTime at) {
        Explanation explanation =
                folder.inForce()
                        .map(now -> new Explainer(now.set(), now.evaluator()).explain(request, at))
                        .orElseGet(() -> new Explanation(unavailable(), List.of()));
        Decision decision = explanation.evaluation().decision();
        boolean gives = decision instanceof Decision.Allow || decision instanceof Decision.Pending;
        return gives
                ? new Explanation(
                        explanation.evaluation(), explanation.considered(), redirect(request))
                : explanation;
    }

    @Override
    public Optional<Redirect> redirect(EvaluationRequest request) {
        boolean elevation =
                WellFormed.type(request.eventType()).filter(EventType::isElevation).isPresent();
        return elevation ? redirects.of(request) : Optional.empty();
    }

    /** Without a set there is nothing to decide by. */
    private Evaluation unavailable() {
        Reason reason = Reason.of(UNAVAILABLE, "no policy set is in force: ask your administrator");
        return new Evaluation(new Decision.Deny(List.of(reason)), List.of(), NO_REVISION);
    }

    @Override
    public Status status() {
        LoadState state = folder.state();
        Optional<InForce> now = folder.inForce();
        return new Status(
                now.map(InForce::revision).orElse(NO_REVISION),
                now.map(set -> set.set().policies().size()).orElse(0),
                now.map(InForce::loadedAt).orElse(""),
                folder.folder(),
                state.failure());
    }

    @Override
    public List<Summary> policies() {
        return folder.inForce().stream()
                .flatMap(now -> now.set().policies().stream())
                .map(
                        policy ->
                                new Summary(
                                        policy.ref(),
                                        policy.type().wireName(),
                                        policy.status().word(),
                                        policy.controls().names(),
                                        Optional.of(policy.file())))
                .toList();
    }

    @Override
    public List<Entitlement> entitlements(
            EvaluationRequest.User user, EvaluationRequest.Machine machine) {
        return folder.inForce()
                .map(now -> new Entitlements(now.set(), settings.approot()).of(user, machine))
                .orElse(List.of());
    }

    @Override
    public List<Configuration> configurations(EvaluationRequest.Machine machine) {
        return folder.inForce()
                .map(now -> new Configurations(now.set()).of(machine))
                .orElse(List.of());
    }

    @Override
    public List<String> judgedInside() {
        return folder.inForce().map(InForce::judgedInside).orElse(List.of());
    }

    @Override
    public List<String> check(String document) {
        return DraftCheck.faults(document).stream().map(Fault::text).toList();
    }

    @Override
    public Status reload() {
        folder.reload();
        return status();
    }

    @Override
    public Set<String> parts() {
        return Set.of("KeeperPolicy", REDIRECTS);
    }

    /** Reads everything anew; the set that is in force decides until another one is. */
    @Override
    public synchronized Optional<String> renew(String part) {
        if (part.equals(REDIRECTS)) {
            return Optional.of(redirects.again()).filter(fault -> !fault.isEmpty());
        }
        watch.stop();
        watch = new FolderWatch(this::look, PAUSE);
        watch.start();
        List<String> failure = reload().failure();
        return failure.isEmpty()
                ? Optional.empty()
                : Optional.of("the former policies stay in force: " + String.join("; ", failure));
    }

    @Override
    public List<Metric> metrics() {
        return List.of(
                Metric.gauge("kepm_policies", "Policies in force.", status().policies()),
                Metric.gauge(
                        "kepm_policies_watching",
                        "Policies that only watch and enforce nothing.",
                        folder.watching().since().size()),
                Metric.counter(
                        "kepm_policy_load_failures_total",
                        "Policy sets that were refused; the one in force stayed.",
                        folder.refused()));
    }

    @Override
    public String name() {
        return "policy set";
    }

    @Override
    public Health check() {
        Status status = status();
        LoadState state = folder.state();
        String detail = String.join("; ", state.failure());
        if (!state.trusted()) {
            return Health.unhealthy(detail, state.advice());
        }
        if (folder.inForce().isEmpty()) {
            return Health.unhealthy("no policy set is in force: " + detail, state.advice());
        }
        if (!redirects.fault().isEmpty()) {
            return Health.degraded(
                    "the redirect rules were refused: " + redirects.fault(),
                    "correct `Plugins/RedirectEvaluator.json`");
        }
        return state.failure().isEmpty()
                ? watched(status)
                : Health.degraded(
                        "revision " + status.revision().label() + " stays in force: " + detail,
                        state.advice());
    }

    /** A set that is well, and what of it enforces nothing. */
    private Health watched(Status status) {
        Watching watching = folder.watching();
        Duration longestWatch = longest.get();
        List<String> forgotten = watching.longerThan(longestWatch, Instant.now());
        if (!forgotten.isEmpty()) {
            return Health.degraded(
                    "for more than "
                            + longestWatch.toDays()
                            + " days these policies only watch and enforce nothing: "
                            + forgotten.stream().limit(5).collect(Collectors.joining(", "))
                            + (forgotten.size() > 5 ? ", …" : ""),
                    "set their `Status` to `enforce` or `off`, or raise `"
                            + CoreSettings.MONITOR_DAYS.key()
                            + "`");
        }
        int count = watching.since().size();
        return Health.healthy(
                status.policies()
                        + " policies, revision "
                        + status.revision().label()
                        + (count == 0 ? "" : "; " + count + " of them only watch"));
    }
}
