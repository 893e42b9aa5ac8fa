package io.kepm.https;

import io.kepm.api.health.HealthCheck;
import io.kepm.api.metrics.MetricSource;
import io.kepm.api.trust.WrongProofs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Builds the whole of it in plain Java, in the same way for the agent and for tests. */
record Doorway(
        DoorSettings settings,
        Limits limits,
        String version,
        Clock clock,
        ShownCertificate certificate,
        Duration healthAge) {

    JettyDoors doors(
            Services services,
            Supplier<? extends List<HealthCheck>> checks,
            Supplier<? extends List<MetricSource>> sources) {
        People people = new People(services.accounts());
        HealthView health = new HealthView(checks, clock, healthAge);
        RequestTally tally = new RequestTally();
        Cuts cuts = new Cuts(services.audit(), people, clock);
        MetricsPage metrics =
                new MetricsPage(
                        sources,
                        List.of(tally, cuts, health::metrics, new ProcessMetrics(version)));
        SystemActions system =
                new SystemActions(
                        health, metrics, version, clock, services.jobs(), services.plugins());
        Refusals refusals = new Refusals(services.audit(), people, clock);
        Streams streams = new Streams(Streams.STANDARD);
        Neighbours neighbours =
                new Neighbours(
                        services.proofs().owners(),
                        services.proofs().launches(),
                        services.accounts());
        return new JettyDoors(
                settings,
                () ->
                        new Connectors(
                                settings,
                                limits,
                                entrance(services, people, system, refusals, tally, streams),
                                callers(services),
                                neighbours,
                                certificate,
                                cuts),
                List.of(refusals, cuts),
                health::look,
                neighbours::look,
                certificate,
                streams,
                services.audit(),
                limits.retry());
    }

    private static SocketCallers callers(Services services) {
        return new SocketCallers(
                services.sockets(),
                services.proofs().granted(),
                services.proofs().launches(),
                developer());
    }

    private static OptionalLong developer() {
        try {
            return Wire.DEV
                    ? OptionalLong.of(
                            (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid"))
                    : OptionalLong.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Credentials credentials(Services services, Tokens tokens, ConsoleSessions console) {
        return new Credentials(
                services.proofs().launches(),
                services.proofs().owners(),
                tokens,
                console,
                new WrongProofs(clock),
                new IdentityRecords(services.audit()));
    }

    private Entrance entrance(
            Services services,
            People people,
            SystemActions system,
            Refusals refusals,
            RequestTally tally,
            Streams streams) {
        Admission admission =
                new Admission(
                        settings.allowedHosts(),
                        settings.httpPort(),
                        settings.httpsPort(),
                        limits.headers());
        Tokens tokens = new Tokens(services.proofs().storage(), services.audit(), clock);
        ConsoleSessions console = new ConsoleSessions(clock);
        Gate gate =
                new Gate(
                        routes(services, people, system, tokens, console, streams),
                        people,
                        services.audit(),
                        refusals,
                        limits,
                        services.sources(),
                        credentials(services, tokens, console));
        return new Entrance(
                admission, gate, new PlainGate(system, settings.httpsPort()), refusals, tally);
    }

    private Routes routes(
            Services services,
            People people,
            SystemActions system,
            Tokens tokens,
            ConsoleSessions console,
            Streams streams) {
        return Contract.routes(
                system,
                new EvaluateAction(
                        services.engine(),
                        services.sources(),
                        services.audit(),
                        people,
                        services.targets(),
                        clock),
                new PolicyActions(
                        services.engine(), services.launches(), people, CommandPath.SYSTEM),
                new AuditActions(services.audit(), clock),
                new AuditFlows(services.audit(), streams, AuditStream.Pace.STANDARD, clock),
                new GrantActions(
                        services.launches(),
                        services.engine(),
                        services.governance(),
                        people,
                        services.targets()),
                new GovernedActions(services.governance()),
                new StorageActions(services.store()),
                new SettingsActions(services.settings(), services.audit(), people),
                new RequestActions(
                        services.requests(), people, streams, RequestStream.Pace.STANDARD),
                new AskAction(
                        services.launches(),
                        services.requests(),
                        people,
                        CommandPath.SYSTEM,
                        new HeldRequests(clock)),
                new FactorActions(services.factors(), people),
                new OfflineActions(services.offline(), people),
                new SessionActions(services.recordings()),
                new TokenActions(tokens),
                new ConsoleActions(
                        console,
                        services.governance(),
                        people,
                        services.audit(),
                        certificate::current,
                        settings.httpsPort()),
                new BrokerActions(services.broker()),
                new JobActions(services.jobs(), people),
                new LaunchAction(services.jobs(), services.requests(), people),
                new CertificateActions(certificate),
                new PluginActions(services.plugins(), clock),
                new OpenApi(version));
    }
}
