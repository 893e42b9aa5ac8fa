package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.settings.FakeSettingsDesk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RoutesTest {

    static final Routes ROUTES = routes();

    private static Routes routes() {
        Fakes.Engine engine = new Fakes.Engine();
        Fakes.Audit audit = new Fakes.Audit();
        Fakes.Launches launches = new Fakes.Launches(engine);
        People people = new People(new Fakes.Names());
        Fakes.Machine machine = new Fakes.Machine();
        return Contract.routes(
                new SystemActions(
                        new HealthView(List::of, Clock.systemUTC()),
                        new MetricsPage(List::of, List.of()),
                        "1",
                        Clock.systemUTC(),
                        Optional::empty,
                        Optional::empty),
                new EvaluateAction(
                        engine, new Fakes.Limits(), audit, people, machine, Clock.systemUTC()),
                new PolicyActions(
                        engine, launches, people, new CommandPath(List.of(Path.of("/usr/bin")))),
                new AuditActions(audit, Clock.systemUTC()),
                new AuditFlows(
                        audit,
                        new Streams(Streams.STANDARD),
                        AuditStream.Pace.STANDARD,
                        Clock.systemUTC()),
                new GrantActions(launches, engine, new Fakes.Governed(), people, machine),
                new GovernedActions(new Fakes.Governed()),
                new StorageActions(new Fakes.Store()),
                new SettingsActions(new FakeSettingsDesk(), audit, people),
                new RequestActions(
                        new FakeRequests(),
                        people,
                        new Streams(Streams.STANDARD),
                        RequestStream.Pace.STANDARD),
                new AskAction(
                        new Fakes.Launches(new Fakes.Engine()),
                        new FakeRequests(),
                        people,
                        CommandPath.SYSTEM,
                        new HeldRequests(Clock.systemUTC())),
                new FactorActions(new FakeFactors(), people),
                new OfflineActions(new FakeOffline(), people),
                new SessionActions(new FakeRecordings()),
                new TokenActions(new Tokens(audit.store, audit, Clock.systemUTC())),
                new ConsoleActions(
                        new ConsoleSessions(Clock.systemUTC()),
                        new Fakes.Governed(),
                        people,
                        audit,
                        Optional::empty,
                        6889),
                new BrokerActions(Optional::empty),
                new JobActions(Optional::empty, people),
                new LaunchAction(Optional::empty, new FakeRequests(), people),
                new CertificateActions(
                        new ShownCertificate(
                                Optional.empty(),
                                () -> ServerCertificate.create(Instant.now()),
                                new RunFolder(Path.of("/nonexistent")),
                                audit,
                                Clock.systemUTC())),
                new PluginActions(Optional::empty, Clock.systemUTC()),
                new OpenApi("1"));
    }

    @Test
    void the_routes_that_need_no_administrator_are_exactly_these() {
        Map<String, String> low = new TreeMap<>();
        for (Route route : ROUTES.all()) {
            if (route.tier() != Tier.ADMIN) {
                low.merge(
                        route.tier() + " " + route.readers(),
                        route.method() + " " + route.template(),
                        (a, b) -> a + ", " + b);
            }
        }
        assertThat(low.get("PUBLIC "))
                .isEqualTo(
                        "GET /health, GET /, GET /api/system/status, GET /openapi.json, GET /console/{*}");
        assertThat(low.get("PLUGIN kepm-monitor")).isEqualTo("GET /api/health, GET /metrics");
        assertThat(low.get("PLUGIN "))
                .contains("GET /api/policies,", "POST /api/launch", "GET /api/pluginsettings,")
                .doesNotContain("PUT", "DELETE", "revert");
        assertThat(low.get("USER ")).startsWith("POST /api/evaluate, GET /api/grants");
    }

    @Test
    void what_is_not_served_is_exactly_this_says_what_to_do_and_is_named_on_the_first_page()
            throws Exception {
        List<Route> later = ROUTES.all().stream().filter(route -> !route.isServed()).toList();
        assertThat(later.stream().map(route -> route.method() + " " + route.template()))
                .containsExactlyInAnyOrder(
                        "POST /api/requests/{id}/launch",
                        "GET /api/registration",
                        "POST /api/registration",
                        "DELETE /api/registration",
                        "POST /api/sync");
        String page = Files.readString(Path.of("../../README.md"));
        String line =
                page.lines().filter(one -> one.contains("501, with a text")).findFirst().orElse("");
        for (Route route : later) {
            Answer answer =
                    route.action().answer(new Call(Caller.UNKNOWN, Map.of(), Map.of(), Map.of()));
            assertThat(answer.status()).isEqualTo(501);
            assertThat(answer.note()).contains("`kepm ");
            assertThat(line).contains(route.template());
        }
    }

    @Test
    void nothing_changes_on_get() {
        assertThat(ROUTES.all())
                .filteredOn(route -> route.method().equals("GET"))
                .noneMatch(Route::readsBody);
    }

    @Test
    void no_two_routes_are_the_same() {
        assertThat(ROUTES.all().stream().map(route -> route.method() + " " + route.template()))
                .doesNotHaveDuplicates();
    }

    @Test
    void an_open_segment_is_one_segment() {
        assertThat(ROUTES.match("GET", "/api/requests/a")).isInstanceOf(Routes.Match.Found.class);
        assertThat(ROUTES.match("GET", "/api/requests/a/b"))
                .isInstanceOf(Routes.Match.Nothing.class);
        assertThat(ROUTES.match("GET", "/api/requests/")).isInstanceOf(Routes.Match.Nothing.class);
    }
}
