package io.kepm.https;

import static io.kepm.https.Route.delete;
import static io.kepm.https.Route.get;
import static io.kepm.https.Route.post;
import static io.kepm.https.Tier.ADMIN;
import static io.kepm.https.Tier.PLUGIN;
import static io.kepm.https.Tier.PUBLIC;
import static io.kepm.https.Tier.USER;

import io.kepm.api.elevation.Requests.Act;
import io.kepm.https.Route.Pace;
import java.util.ArrayList;
import java.util.List;

/** The routes of the API: method, path, tier, what serves it. */
final class Contract {

    static final String MONITOR = "kepm-monitor";
    static final String AUDITORS = "kepm-auditors";

    private static final String RUN_BY_ITSELF =
            "an approved command is run from where it was asked for, by the same command line"
                    + " (sudo, or `kepm run`): its terminal, folder and environment are not here";

    private static final String STANDS_ALONE =
            "this agent has no server above it: put policies into its own folder, and load them by"
                    + " `kepm policy reload` (POST /api/policies/reload)";

    private Contract() {}

    static Routes routes(
            SystemActions system,
            EvaluateAction evaluate,
            PolicyActions policies,
            AuditActions audit,
            AuditFlows flows,
            GrantActions grants,
            GovernedActions governed,
            StorageActions storage,
            SettingsActions settings,
            RequestActions requests,
            AskAction ask,
            FactorActions factors,
            OfflineActions offline,
            SessionActions sessions,
            TokenActions tokens,
            ConsoleActions console,
            BrokerActions broker,
            JobActions jobs,
            LaunchAction launch,
            CertificateActions certificate,
            PluginActions plugins,
            OpenApi openApi) {
        List<Route> routes =
                new ArrayList<>(
                        List.of(
                                get("/health", PUBLIC, system::health),
                                get("/", PUBLIC, system::status),
                                get("/api/system/status", PUBLIC, system::status),
                                get("/api/health", PLUGIN, system::checks).readableBy(MONITOR),
                                get("/metrics", PLUGIN, system::metrics).readableBy(MONITOR),
                                post("/api/evaluate", USER, evaluate).at(Pace.DECISIONS),
                                get("/api/policies", PLUGIN, policies::list),
                                get("/api/policies/{id}", PLUGIN, policies::one),
                                post("/api/policies/validate", ADMIN, policies::validate),
                                post("/api/policies/reload", ADMIN, policies::reload),
                                post("/api/policies/explain", ADMIN, policies::explain),
                                get("/api/audit", ADMIN, audit::list).readableBy(AUDITORS),
                                get("/api/audit/verify", ADMIN, audit::verify).readableBy(AUDITORS),
                                get("/api/audit/stream", ADMIN, flows::stream).readableBy(AUDITORS),
                                get("/api/audit/export", ADMIN, flows::export).readableBy(AUDITORS),
                                get("/api/grants", USER, grants::list),
                                delete("/api/grants/{id}", USER, grants::end),
                                post("/api/grants/{id}/extend", USER, grants::extend)
                                        .at(Pace.DECISIONS),
                                get("/api/entitlements", USER, grants::entitlements)
                                        .at(Pace.READING),
                                get("/api/governed", ADMIN, governed::list),
                                post("/api/governed", ADMIN, governed::change),
                                get("/api/mqtt/denials", ADMIN, broker::denials)
                                        .readableBy(AUDITORS),
                                get("/api/mqtt/clients", ADMIN, broker::clients)
                                        .readableBy(AUDITORS),
                                post("/api/storage/check", ADMIN, storage::check),
                                post("/api/storage/backup", ADMIN, storage::backup),
                                post("/api/storage/rotate-key", ADMIN, storage::rotateKeys),
                                get("/api/certificate", ADMIN, certificate::show)
                                        .readableBy(MONITOR),
                                post("/api/certificate/rotate", ADMIN, certificate::rotate),
                                get("/openapi.json", PUBLIC, openApi::answer)));
        routes.addAll(ask.routes());
        routes.addAll(ofRequests(requests));
        routes.addAll(ofFactors(factors));
        routes.addAll(offline.routes());
        routes.addAll(sessions.routes());
        routes.addAll(tokens.routes());
        routes.addAll(console.routes());
        routes.addAll(ofPlugins(plugins));
        routes.addAll(settings.routes());
        routes.addAll(jobs.routes());
        routes.add(post("/api/launch", PLUGIN, launch).at(Pace.DECISIONS));
        routes.addAll(later());
        Routes table = new Routes(routes);
        openApi.describe(table);
        return table;
    }

    private static List<Route> ofRequests(RequestActions requests) {
        return List.of(
                get("/api/requests", USER, requests::list),
                get("/api/requests/stream", USER, requests::stream),
                get("/api/requests/{id}", USER, requests::show),
                delete("/api/requests/{id}", USER, requests.act(Act.WITHDRAW)),
                post("/api/requests/{id}/approve", USER, requests.act(Act.APPROVE)),
                post("/api/requests/{id}/deny", USER, requests.act(Act.DENY)),
                post("/api/requests/{id}/extend", USER, requests.act(Act.EXTEND)),
                post("/api/requests/{id}/escalate", USER, requests.act(Act.ESCALATE)));
    }

    private static List<Route> ofFactors(FactorActions factors) {
        return List.of(
                get("/api/mfa", USER, factors::status),
                post("/api/mfa/enroll", USER, factors::enroll),
                post("/api/mfa/confirm", USER, factors::confirm),
                delete("/api/mfa/{user}", USER, factors::remove),
                post("/api/mfa/{user}/admit", ADMIN, factors::admit));
    }

    private static List<Route> ofPlugins(PluginActions plugins) {
        return List.of(
                get("/api/plugins", PLUGIN, plugins::list),
                get("/api/plugins/monitoring", PLUGIN, plugins::monitoring),
                get("/api/plugins/{id}", PLUGIN, plugins::one),
                get("/api/plugins/{id}/health", PLUGIN, plugins::one),
                post("/api/plugins", ADMIN, plugins::install),
                post("/api/plugins/reload", ADMIN, plugins::reload),
                post("/api/plugins/{id}/start", ADMIN, plugins::start),
                post("/api/plugins/{id}/stop", ADMIN, plugins::stop),
                post("/api/plugins/{id}/restart", ADMIN, plugins::restart),
                delete("/api/plugins/{id}", ADMIN, plugins::remove));
    }

    /** What answers 501 (docs/decisions/0020). */
    private static List<Route> later() {
        return List.of(
                Route.later("POST", "/api/requests/{id}/launch", USER, RUN_BY_ITSELF),
                Route.later("GET", "/api/registration", ADMIN, STANDS_ALONE),
                Route.later("POST", "/api/registration", ADMIN, STANDS_ALONE),
                Route.later("DELETE", "/api/registration", ADMIN, STANDS_ALONE),
                Route.later("POST", "/api/sync", ADMIN, STANDS_ALONE));
    }
}
