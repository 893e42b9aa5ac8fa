package io.kepm.audit.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.util.JsonFormat;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.kepm.api.audit.AuditEntry;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsPartialSuccess;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The far end decodes with the official classes. */
class OtlpSinkTest {

    @TempDir Path temp;

    private final FakeStore store = new FakeStore();
    private final TimeLimit limit = new TimeLimit();
    private final BlockingQueue<ExportLogsServiceRequest> requests = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> headers = new LinkedBlockingQueue<>();
    private HttpServer server;
    private volatile int status = 200;
    private volatile byte[] answer = new byte[0];
    private volatile String answerType = "application/x-protobuf";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
        serve();
    }

    private void serve() {
        server.createContext(
                "/v1/logs",
                exchange -> {
                    ExportLogsServiceRequest.Builder request =
                            ExportLogsServiceRequest.newBuilder();
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    String type = exchange.getRequestHeaders().getFirst("Content-Type");
                    if (type.equals("application/json")) {
                        String text = new String(body, StandardCharsets.UTF_8);
                        JsonFormat.parser().merge(text, request);
                    } else {
                        request.mergeFrom(body);
                    }
                    requests.add(request.build());
                    headers.add(
                            exchange.getRequestMethod()
                                    + " "
                                    + type
                                    + " "
                                    + exchange.getRequestHeaders().getFirst("Authorization"));
                    byte[] bytes = answer;
                    exchange.getResponseHeaders().set("Content-Type", answerType);
                    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        limit.close();
    }

    @ParameterizedTest
    @CsvSource({
        "'', application/x-protobuf",
        "?protocol=http/protobuf, application/x-protobuf",
        "?protocol=http/json, application/json"
    })
    void the_official_classes_read_what_is_sent(String query, String type) throws Exception {
        AuditEntry first = store.add("a\n\u001b[2J\ud800é");
        AuditEntry second = store.add("b");
        try (Sink sink = sink("http", query)) {
            assertThat(sink.deliver(List.of(first, second))).isEmpty();
        }
        assertThat(headers.take()).isEqualTo("POST " + type + " null");
        ResourceLogs logs = requests.take().getResourceLogs(0);
        assertThat(texts(logs.getResource().getAttributesList()))
                .isEqualTo(
                        Map.of(
                                "service.name", "kepm",
                                "service.instance.id", "agent",
                                "host.name", "host"));
        assertThat(logs.getScopeLogs(0).getScope().getName()).isEqualTo("io.kepm.audit");
        assertThat(logs.getScopeLogs(0).getLogRecordsCount()).isEqualTo(2);
        LogRecord record = logs.getScopeLogs(0).getLogRecords(0);
        assertThat(record.getTimeUnixNano()).isEqualTo(1_795_600_800_123_000_000L);
        assertThat(record.getSeverityNumber()).isEqualTo(SeverityNumber.SEVERITY_NUMBER_WARN);
        assertThat(record.getSeverityText()).isEqualTo("WARNING");
        assertThat(record.getBody().getStringValue()).isEqualTo(first.exported());
        assertThat(texts(record.getAttributesList()))
                .containsEntry("event.name", "kepm.ELEVATION_REFUSED")
                .containsEntry("kepm.seq", "1")
                .containsEntry("kepm.outcome", "DENY")
                .containsEntry("kepm.user_info.name", "alice")
                .containsEntry("kepm.reason", "a\\x0a\\x1b[2J\\u{d800}é")
                .containsEntry("kepm.hash", first.hash());
    }

    @Test
    void every_answer_but_200_means_that_the_records_are_to_be_sent_again() throws Exception {
        try (Sink sink = sink("http", "")) {
            for (int code : new int[] {400, 401, 302, 413, 429, 503}) {
                status = code;
                answer = "no\u001b".getBytes(StandardCharsets.UTF_8);
                assertThatThrownBy(() -> sink.deliver(List.of(store.add("a"))))
                        .isInstanceOf(IOException.class)
                        .hasMessageStartingWith("HTTP " + code + ": no\\x1b");
            }
            status = 200;
            answer = new byte[0];
            assertThat(sink.deliver(List.of(store.add("a")))).isEmpty();
        }
    }

    @Test
    void what_was_refused_for_good_is_said() throws Exception {
        ExportLogsServiceResponse refused = partly(2, "too\nold");
        ExportLogsServiceResponse kept = partly(0, "hint");
        for (String protocol : List.of("http/protobuf", "http/json")) {
            try (Sink sink = sink("http", "?protocol=" + protocol)) {
                answers(refused, protocol);
                assertThat(sink.deliver(List.of(store.add("a"))))
                        .isEqualTo("the receiver refused 2 records: too\\x0aold");
                answers(kept, protocol);
                assertThat(sink.deliver(List.of(store.add("a")))).isEmpty();
                // Asked in protobuf, and answered in JSON all the same.
                answers(refused, "http/json");
                assertThat(sink.deliver(List.of(store.add("a")))).contains("refused 2 records");
                answer = "<html>a portal</html>".getBytes(StandardCharsets.UTF_8);
                answerType = "text/html";
                assertThatThrownBy(() -> sink.deliver(List.of(store.add("a"))))
                        .as("not an answer of OTLP")
                        .isInstanceOf(IOException.class);
            }
        }
    }

    private static ExportLogsServiceResponse partly(long rejected, String message) {
        return ExportLogsServiceResponse.newBuilder()
                .setPartialSuccess(
                        ExportLogsPartialSuccess.newBuilder()
                                .setRejectedLogRecords(rejected)
                                .setErrorMessage(message))
                .build();
    }

    private void answers(ExportLogsServiceResponse response, String protocol) throws IOException {
        boolean json = protocol.equals("http/json");
        answerType = json ? "application/json; charset=utf-8" : "application/x-protobuf";
        answer =
                json
                        ? JsonFormat.printer().print(response).getBytes(StandardCharsets.UTF_8)
                        : response.toByteArray();
    }

    @Test
    void ab_109_the_credential_goes_into_the_header_and_nowhere_else() throws Exception {
        Files.writeString(temp.resolve("otlp-token"), "Bearer s3cret\n");
        try (Sink sink = sink("http", "?credential=otlp-token")) {
            sink.deliver(List.of(store.add("a")));
            assertThat(headers.take()).endsWith(" Bearer s3cret");
            assertThat(sink.toString()).doesNotContain("s3cret");
        }
        assertThat(Credential.read(Optional.of(temp), "otlp-token").toString())
                .doesNotContain("s3cret");
        Files.writeString(temp.resolve("two-lines"), "s3cret\r\nX-Injected: 1");
        assertThatThrownBy(() -> sink("http", "?credential=two-lines"))
                .isInstanceOf(BadAddress.class)
                .hasMessageContaining("no value of a header")
                .hasMessageNotContaining("s3cret");
        assertThatThrownBy(() -> sink("http", "?credential=none"))
                .isInstanceOf(BadAddress.class)
                .hasMessageContaining("add `LoadCredential=none:PATH` to the unit");
    }

    @Test
    void tls_refuses_another_host_and_an_unknown_authority() throws Exception {
        TestCertificates authority = new TestCertificates();
        Path ca = TestCertificates.pem(temp.resolve("ca.pem"), authority.root());
        Path other = TestCertificates.pem(temp.resolve("x.pem"), new TestCertificates().root());
        secure(authority, "localhost");
        try (Sink sink = sink("https", "?ca=" + ca);
                Sink doubting = sink("https", "?ca=" + other)) {
            sink.deliver(List.of(store.add("a")));
            assertThat(requests).hasSize(1);
            assertThatThrownBy(() -> doubting.deliver(List.of(store.add("b"))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("PKIX");
        }
        secure(authority, "elsewhere.example.org");
        try (Sink sink = sink("https", "?ca=" + ca)) {
            assertThatThrownBy(() -> sink.deliver(List.of(store.add("c"))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("localhost");
        }
        assertThat(requests).hasSize(1);
    }

    @Test
    void ab_107_a_receiver_that_never_answers_is_left_by_closing() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Sink sink =
                    new Sinks("host", "agent", Optional.of(temp), limit)
                            .of(
                                    AddressParser.parse(
                                            "otlp+http://localhost:" + deaf.getLocalPort()));
            Future<String> delivery = thread.submit(() -> sink.deliver(List.of(store.add("a"))));
            try (Socket peer = deaf.accept()) {
                assertThat(peer.getInputStream().read()).isEqualTo('P');
                sink.close();
                assertThatThrownBy(delivery::get).isInstanceOf(ExecutionException.class);
            }
        } finally {
            thread.shutdownNow();
        }
    }

    private void secure(TestCertificates authority, String host) throws Exception {
        server.stop(0);
        HttpsServer secure =
                HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
        secure.setHttpsConfigurator(new HttpsConfigurator(authority.server(authority.host(host))));
        server = secure;
        serve();
    }

    private Sink sink(String scheme, String query) throws BadAddress {
        String address = "otlp+" + scheme + "://localhost:" + server.getAddress().getPort();
        return new Sinks("host", "agent", Optional.of(temp), limit)
                .of(AddressParser.parse(address + query));
    }

    private static Map<String, String> texts(List<KeyValue> attributes) {
        return attributes.stream()
                .collect(
                        Collectors.toMap(
                                KeyValue::getKey, each -> each.getValue().getStringValue()));
    }
}
