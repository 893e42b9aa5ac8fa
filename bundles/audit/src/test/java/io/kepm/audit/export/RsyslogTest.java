package io.kepm.audit.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditQuery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The receiver that Debian brings, over TLS. It runs as a process of this test's own, with a
 * configuration, a port and files of its own; the machine's syslog is left alone.
 */
@Timeout(300)
class RsyslogTest {

    private static final Path PROGRAM = Path.of("/usr/sbin/rsyslogd");

    @TempDir Path temp;

    private final FakeStore store = new FakeStore();
    private final TimeLimit limit = new TimeLimit();
    private final List<Process> processes = new ArrayList<>();
    private int port;

    @BeforeEach
    void certificates() throws Exception {
        assumeTrue(
                Files.isExecutable(PROGRAM),
                "rsyslogd is not installed: packages rsyslog, rsyslog-gnutls");
        TestCertificates authority = new TestCertificates();
        TestCertificates.Signed server = authority.host("localhost");
        TestCertificates.pem(temp.resolve("ca.pem"), authority.root());
        TestCertificates.pem(temp.resolve("cert.pem"), server.certificate());
        TestCertificates.pem(temp.resolve("key.pem"), server.key());
    }

    /** The first time on a port that it chooses itself, later on the same again. */
    private void configure(int onPort) throws IOException {
        Files.writeString(
                temp.resolve("rsyslog.conf"),
                """
                global(workDirectory="%1$s" maxMessageSize="256k"
                       defaultNetstreamDriver="gtls"
                       defaultNetstreamDriverCAFile="%1$s/ca.pem"
                       defaultNetstreamDriverCertFile="%1$s/cert.pem"
                       defaultNetstreamDriverKeyFile="%1$s/key.pem")
                module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1"
                       streamDriver.authMode="anon")
                input(type="imtcp" port="%2$d" address="127.0.0.1"
                      listenPortFileName="%1$s/port")
                template(name="parts" type="list") {
                    property(name="pri") constant(value="|") property(name="app-name")
                    constant(value="|") property(name="msgid")
                    constant(value="|") property(name="structured-data")
                    constant(value="|") property(name="msg" droplastlf="on") constant(value="\\n")
                }
                *.* action(type="omfile" file="%1$s/received" template="parts"
                           fileCreateMode="0600")
                """
                        .formatted(temp, onPort));
    }

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
        limit.close();
    }

    @Test
    void it_takes_structured_data_json_and_cef_over_tls() throws Exception {
        start();
        AuditEntry entry = store.add("a\"b\\c]d\ne é");
        try (Sink sd = sink("sd");
                Sink json = sink("json");
                Sink cef = sink("cef")) {
            sd.deliver(List.of(entry));
            assertThat(received(1).get(0))
                    .startsWith("84|kepm|ELEVATION_REFUSED|[kepm@32473 agent_uid=\"agent\" ")
                    .contains(" reason=\"a\\\"b\\\\c\\]d\\\\x0ae é\" seq=\"1\"")
                    .endsWith("]|a command was refused");
            json.deliver(List.of(entry));
            assertThat(received(2).get(1))
                    .isEqualTo("84|kepm|ELEVATION_REFUSED|-|" + entry.exported());
            cef.deliver(List.of(entry));
            assertThat(received(3).get(2))
                    .startsWith("84|kepm|ELEVATION_REFUSED|-|CEF:0|KEPM|agent|0.1.0|");
        }
    }

    @Test
    void ab_107_every_record_arrives_although_the_receiver_is_killed_in_between() throws Exception {
        Process first = start();
        store.add(300);
        try (Exports exports =
                new Exports(
                        List.of(address("json")),
                        store.source(Clocks.system()),
                        new Sinks("host", "agent", Optional.empty(), limit)::of)) {
            received(300);
            first.destroyForcibly().waitFor();
            store.add(300);
            awaitFailure(exports);
            start();
            store.add(300);
            // That it failed and that it is back is on record as well, and goes the same way.
            while (store.told().size() < 2) {
                Thread.sleep(20);
            }
            received(902);
        }
        List<String> all = complete();
        for (AuditEntry entry : store.audit(AuditQuery.after(0, 1000))) {
            assertThat(all).anyMatch(line -> line.contains(entry.exported()));
        }
        assertThat(store.told().get(0)).contains("\"outcome\":\"FAILED\"");
        assertThat(store.told().get(1)).contains("\"outcome\":\"RECOVERED\"");
    }

    private static void awaitFailure(Exports exports) throws InterruptedException {
        while (!exports.health().detail().contains("fails since")) {
            Thread.sleep(20);
        }
    }

    private Process start() throws IOException, InterruptedException {
        configure(port);
        Files.deleteIfExists(temp.resolve("pid"));
        Process process =
                new ProcessBuilder(
                                PROGRAM.toString(),
                                "-n",
                                "-f",
                                temp.resolve("rsyslog.conf").toString(),
                                "-i",
                                temp.resolve("pid").toString())
                        .redirectErrorStream(true)
                        .redirectOutput(temp.resolve("log").toFile())
                        .start();
        processes.add(process);
        while (!isListening()) {
            assertThat(process.isAlive()).as(Files.readString(temp.resolve("log"))).isTrue();
            process.waitFor(20, TimeUnit.MILLISECONDS);
        }
        port = Integer.parseInt(Files.readString(temp.resolve("port")).strip());
        return process;
    }

    /** It writes its port, then listens, then writes its process id. */
    private boolean isListening() {
        return Files.exists(temp.resolve("pid"));
    }

    /** What stands in its file, once that is at least so many records. */
    private List<String> received(int count) throws IOException, InterruptedException {
        while (true) {
            List<String> lines = complete();
            if (lines.size() >= count) {
                return lines;
            }
            Thread.sleep(20);
        }
    }

    /** But for the line that it just writes. */
    private List<String> complete() throws IOException {
        Path file = temp.resolve("received");
        if (!Files.exists(file)) {
            return List.of();
        }
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .filter(line -> line.contains("|kepm|"))
                .distinct()
                .toList();
    }

    private String address(String format) {
        return "syslog+tls://localhost:%d?format=%s&ca=%s"
                .formatted(port, format, temp.resolve("ca.pem"));
    }

    private Sink sink(String format) throws BadAddress {
        return new Sinks("host", "agent", Optional.empty(), limit)
                .of(AddressParser.parse(address(format)));
    }
}
