package io.kepm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.kepm.api.jobs.RunState;
import io.kepm.api.trust.DoorCertificate;
import io.kepm.api.trust.FakeLaunches;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509KeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls of a job against real doors: what is sent where, and what is not. */
class HttpTaskTest {

    private static final char[] PASSWORD = "no secret".toCharArray();

    @TempDir static Path folder;
    private static KeyStore agent;
    private static KeyStore stranger;

    private final FakeLaunches launches = new FakeLaunches();
    private final List<HttpsServer> servers = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Door own;

    @BeforeAll
    static void certificates() throws Exception {
        agent = pair("agent");
        stranger = pair("stranger");
    }

    /** No name in it is one of this machine, as with a certificate of a site. */
    private static KeyStore pair(String name) throws Exception {
        Path file = folder.resolve(name + ".p12");
        Process made =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                                "-genkeypair",
                                "-alias",
                                name,
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=" + name,
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                file.toString(),
                                "-storepass",
                                new String(PASSWORD))
                        .inheritIO()
                        .start();
        assertThat(made.waitFor()).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    @BeforeEach
    void open() throws Exception {
        own = new Door(agent);
    }

    @AfterEach
    void close() {
        servers.forEach(server -> server.stop(0));
        threads.shutdownNow();
    }

    /** A server that keeps what it is asked. */
    private final class Door {
        final List<String> asked = new CopyOnWriteArrayList<>();
        final List<String> identities = new CopyOnWriteArrayList<>();
        final HttpsServer server;
        volatile String location = "";
        volatile boolean endless;

        Door(KeyStore keys) throws Exception {
            KeyManagerFactory factory =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(keys, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(factory.getKeyManagers(), null, null);
            server =
                    HttpsServer.create(
                            new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 10);
            server.setHttpsConfigurator(new HttpsConfigurator(context));
            server.setExecutor(threads);
            server.createContext("/", this::answer);
            server.start();
            servers.add(server);
        }

        int port() {
            return server.getAddress().getPort();
        }

        private void answer(HttpExchange exchange) throws IOException {
            String body =
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body);
            identities.addAll(
                    exchange.getRequestHeaders().getOrDefault("Authorization", List.of()));
            if (!location.isEmpty()) {
                exchange.getResponseHeaders().add("Location", location);
                exchange.sendResponseHeaders(302, -1);
            } else if (endless) {
                exchange.sendResponseHeaders(200, 0);
                while (!Thread.currentThread().isInterrupted()) {
                    exchange.getResponseBody().write('x');
                    exchange.getResponseBody().flush();
                    try {
                        Thread.sleep(50);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
            } else {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write("fine".getBytes(StandardCharsets.UTF_8));
            }
            exchange.close();
        }
    }

    private TaskOutcome call(String members, String context) throws Exception {
        return call(members, context, Duration.ofSeconds(60));
    }

    /** One try of an http task of job {@code j}, whose API is the agent's own door. */
    private TaskOutcome call(String members, String context, Duration limit) throws Exception {
        String text = "{'id':'j','tasks':[{'type':'http'," + members + "}]}";
        DocumentReader.Read read =
                DocumentReader.read(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8), "j");
        assertThat(read.faults()).isEmpty();
        JobDocument job = read.document().orElseThrow();
        String base = "https://localhost:" + own.port();
        ObjectNode tree =
                JsonText.read(context.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        Run run =
                new Run(
                        "r1",
                        new Ask(
                                job,
                                "manual",
                                "root",
                                Instant.EPOCH,
                                tree,
                                0,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                false),
                        new Context(tree, base));
        return new HttpTask(base, new HttpClients(() -> Optional.of(shown())), launches)
                .once(run, (Task.Http) job.tasks().get(0).work(), limit);
    }

    private static DoorCertificate shown() {
        return new DoorCertificate() {
            @Override
            public X509KeyManager keyManager() {
                throw new UnsupportedOperationException();
            }

            @Override
            public X509Certificate certificate() {
                try {
                    return (X509Certificate) agent.getCertificate("agent");
                } catch (java.security.KeyStoreException e) {
                    throw new AssertionError(e);
                }
            }
        };
    }

    @Test
    void ab_17_a_call_of_the_agents_own_api_has_the_identity_of_its_run_while_it_lasts()
            throws Exception {
        TaskOutcome outcome = call("'url':'{KeeperApiBaseUrl}/api/jobs/j'", "{}");
        assertThat(outcome.state()).as(outcome.reason()).isEqualTo(RunState.SUCCEEDED);
        String secret = new String(FakeLaunches.secretOf("job:j:r1"), StandardCharsets.UTF_8);
        assertThat(own.identities)
                .containsExactly(
                        "Basic "
                                + Base64.getEncoder()
                                        .encodeToString(("job:j:r1:" + secret).getBytes()));
        assertThat(launches.errands).containsExactly("job:j:r1 PLUGIN []", "job:j:r1 is over");
        assertThat(outcome.toString()).doesNotContain(secret);
    }

    @Test
    void ab_17_the_identity_goes_where_the_document_says_and_a_value_leads_it_nowhere_else()
            throws Exception {
        Door other = new Door(agent);
        String here = "localhost:" + own.port();
        // The same door, and not by the word of the document.
        assertThat(call("'url':'https://" + here + "/api/jobs'", "{}").state())
                .isEqualTo(RunState.SUCCEEDED);
        assertThat(call("'url':'https://{host}/api/jobs'", "{'host':'" + here + "'}").state())
                .isEqualTo(RunState.SUCCEEDED);
        assertThat(own.asked).hasSize(2);
        assertThat(own.identities).isEmpty();
        // A value is one piece of a path.
        String away = "@localhost:" + other.port() + "/../x?y#z%2F ";
        assertThat(call("'url':'{KeeperApiBaseUrl}/{p}'", "{'p':'" + away + "'}").state())
                .isEqualTo(RunState.SUCCEEDED);
        assertThat(own.asked.get(2))
                .startsWith("GET /%40localhost%3A" + other.port() + "%2F..%2Fx%3Fy%23z%252F%20");
        assertThat(call("'url':'{KeeperApiBaseUrl}/{p}/x'", "{'p':'..'}").reason())
                .contains("`..` is no part of a URL");
        assertThat(call("'url':'https://{p}.example/x'", "{'p':'evil/'}").reason())
                .contains("no name of a host");
        // Who answers may not send it on.
        own.location = "https://localhost:" + other.port() + "/stolen";
        assertThat(call("'url':'{KeeperApiBaseUrl}/api/jobs'", "{}").reason())
                .contains("status 302");
        assertThat(other.asked).isEmpty();
    }

    @Test
    void ab_17_whoever_else_listens_at_our_port_is_told_nothing() throws Exception {
        own = new Door(stranger);
        TaskOutcome outcome = call("'url':'{KeeperApiBaseUrl}/api/jobs'", "{}");
        assertThat(outcome.state()).isEqualTo(RunState.FAILED);
        assertThat(outcome.reason()).contains("not the certificate of the agent");
        assertThat(own.asked).isEmpty();
        assertThat(own.identities).isEmpty();
        assertThat(launches.errands).contains("job:j:r1 is over");
    }

    @Test
    void a_value_stays_a_text_in_the_object_that_is_sent() throws Exception {
        String tricky = "x\\\",\\\"admin\\\":true,\\\"y\\\":\\\"";
        TaskOutcome outcome =
                call(
                        "'method':'POST','url':'{KeeperApiBaseUrl}/x','body':{'who':'{name}','n':1}",
                        "{'name':'" + tricky + "'}");
        assertThat(outcome.state()).as(outcome.reason()).isEqualTo(RunState.SUCCEEDED);
        String body = own.asked.get(0).substring("POST /x ".length());
        ObjectNode sent = JsonText.read(body.getBytes(StandardCharsets.UTF_8));
        assertThat(sent.size()).isEqualTo(2);
        assertThat(sent.path("who").asText()).isEqualTo("x\",\"admin\":true,\"y\":\"");
    }

    @Test
    void an_answer_without_end_is_given_up_and_holds_up_no_other() throws Exception {
        own.endless = true;
        for (int i = 0; i < 4; i++) {
            TaskOutcome outcome =
                    call("'url':'{KeeperApiBaseUrl}/x'", "{}", Duration.ofMillis(1200));
            assertThat(outcome.state()).isEqualTo(RunState.TIMED_OUT);
        }
        own.endless = false;
        assertThat(call("'url':'{KeeperApiBaseUrl}/x'", "{}").output()).isEqualTo("fine");
    }
}
