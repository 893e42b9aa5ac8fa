package io.kepm.mqtt;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.linux.Launcher;
import io.kepm.api.storage.Change;
import io.kepm.api.trust.Launches;
import io.kepm.api.trust.TopicRights;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Messages a second through our broker, through the same broker without our checks (everybody may
 * everything, no pace, no look at topics and payloads) and through Mosquitto with TLS, interleaved.
 * The bound of 2,000 packets a second of one client is raised for all, or nothing else would be
 * measured. Arguments: seconds of a round, rounds.
 */
public final class BrokerMeasure {

    private static final int PAYLOAD = 1_024;
    private static final int[] WINDOWS = {1, 64};
    private static final Limits LIMITS = Limits.STANDARD.withRate(10_000_000, 1L << 40);

    private BrokerMeasure() {}

    public static void main(String[] args) throws Exception {
        int seconds = Integer.parseInt(args[0]);
        int rounds = Integer.parseInt(args[1]);
        MeasureCertificate certificate = new MeasureCertificate();
        Path folder = Files.createTempDirectory("kepm-mqtt");
        certificate.write(folder);
        Process mosquitto = null;
        try (Broker checked = broker(certificate, DeclaredRights::new);
                Broker open = broker(certificate, BrokerMeasure::everything)) {
            Map<String, Integer> ports = new LinkedHashMap<>();
            ports.put("broker", checked.address().getPort());
            ports.put("broker without checks", open.address().getPort());
            if (Files.isExecutable(Path.of("/usr/sbin/mosquitto"))) {
                int port = freePort();
                mosquitto = mosquitto(folder, port);
                ports.put("Mosquitto", port);
            } else {
                System.out.println("no Mosquitto here: apt-get install mosquitto");
            }
            for (int window : WINDOWS) {
                measure(certificate, ports, window, seconds, rounds);
            }
        } finally {
            if (mosquitto != null) {
                mosquitto.destroy();
                mosquitto.waitFor(5, TimeUnit.SECONDS);
            }
            for (String file : List.of("crt", "key", "conf")) {
                Files.deleteIfExists(folder.resolve(file));
            }
            Files.deleteIfExists(folder);
        }
    }

    private static void measure(
            MeasureCertificate certificate,
            Map<String, Integer> ports,
            int window,
            int seconds,
            int rounds)
            throws Exception {
        Map<String, List<Double>> rates = new LinkedHashMap<>();
        // The first round warms up and does not count.
        for (int round = 0; round <= rounds; round++) {
            for (Map.Entry<String, Integer> one : ports.entrySet()) {
                try (Flow flow = new Flow(certificate.client(), one.getValue(), window)) {
                    double rate = flow.run(PAYLOAD, seconds);
                    if (round > 0) {
                        rates.computeIfAbsent(one.getKey(), key -> new ArrayList<>()).add(rate);
                    }
                }
            }
        }
        System.out.printf(Locale.ROOT, "%d B, QoS 1, TLS, %d on their way:%n", PAYLOAD, window);
        double own = median(rates.getOrDefault("broker", List.of(0.0)));
        rates.forEach(
                (name, all) ->
                        System.out.printf(
                                Locale.ROOT,
                                "  %-22s %8.0f messages/s (%.0f-%.0f)  ours is %.2f of it%n",
                                name,
                                median(all),
                                Collections.min(all),
                                Collections.max(all),
                                own / median(all)));
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static Rights everything(String id, TopicRights declared) {
        // The broker does not start when nobody says no.
        boolean nobody = id.equals("plugin:nobody");
        Optional<String> answer = nobody ? Optional.of("no") : Optional.empty();
        return new Rights() {
            @Override
            public Optional<String> publish(Topic topic) {
                return answer;
            }

            @Override
            public Optional<String> subscribe(TopicFilter filter) {
                return answer;
            }
        };
    }

    private static Broker broker(MeasureCertificate certificate, Authorizer authorizer)
            throws Exception {
        return broker(certificate, authorizer, LIMITS, new Everybody());
    }

    static Broker broker(
            MeasureCertificate certificate,
            Authorizer authorizer,
            Limits limits,
            Authenticator authenticator)
            throws Exception {
        Records records = new Records(new NoAudit());
        records.start();
        Clock clock = Clock.systemUTC();
        Refusals refusals = new Refusals(new Denials(clock), records, clock);
        return Broker.start(
                new Broker.Parts(
                        limits,
                        authenticator,
                        authorizer,
                        refusals,
                        (from, message) -> Intake.Outcome.ONWARD,
                        message -> {},
                        Clock.systemUTC()),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                () -> certificate);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Process mosquitto(Path folder, int port) throws Exception {
        Path conf = folder.resolve("conf");
        Files.writeString(
                conf,
                """
                listener %d 127.0.0.1
                certfile %s
                keyfile %s
                allow_anonymous true
                persistence false
                log_type none
                user root
                max_inflight_messages 1000
                """
                        .formatted(port, folder.resolve("crt"), folder.resolve("key")));
        Process process =
                new ProcessBuilder("/usr/sbin/mosquitto", "-c", conf.toString())
                        .inheritIO()
                        .start();
        for (int i = 0; i < 100 && process.isAlive(); i++) {
            try (Socket probe = new Socket("127.0.0.1", port)) {
                if (probe.isConnected()) {
                    return process;
                }
            } catch (IOException e) {
                Thread.sleep(50);
            }
        }
        throw new IOException("Mosquitto did not start");
    }

    /** Knows the two clients that measure. */
    private static final class Everybody implements Authenticator {
        private static final Launcher.Identity PROCESS = new Launcher.Identity(1, 1, 0, 1, 1, "00");

        @Override
        public Launches.Verdict identify(
                String clientId, byte[] secret, InetSocketAddress peer, InetSocketAddress door) {
            if (!clientId.equals(Flow.PUBLISHER) && !clientId.equals(Flow.SUBSCRIBER)) {
                return new Launches.Verdict.Unknown("not measuring");
            }
            TopicRights rights = new TopicRights(List.of("measure/+"), List.of("measure/+"));
            return new Launches.Verdict.Known(
                    new Launches.Component(clientId, Launches.Reach.PLUGIN, rights, true), PROCESS);
        }

        @Override
        public boolean isRunning(String clientId, Launcher.Identity process) {
            return true;
        }
    }

    private static final class NoAudit implements AuditLog {
        @Override
        public List<AuditEntry> commit(Change change) {
            return List.of();
        }

        @Override
        public List<AuditEntry> query(AuditQuery query) {
            return List.of();
        }

        @Override
        public Verification verify(Optional<AuditPlace> anchor) {
            return new Verification(true, 0, "", "", false);
        }
    }
}
