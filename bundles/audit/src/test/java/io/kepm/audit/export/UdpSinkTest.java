package io.kepm.audit.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditEntry;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class UdpSinkTest {

    private final FakeStore store = new FakeStore();

    @Test
    void each_record_is_a_datagram_and_the_largest_fits() throws Exception {
        try (DatagramSocket receiver = receiver();
                Sink sink = sink(receiver.getLocalPort())) {
            sink.deliver(List.of(store.add("a"), store.add("\u0001".repeat(8000))));
            assertThat(received(receiver)).contains("\"reason\":\"a\"");
            assertThat(received(receiver)).contains("\"reason\":\"\\u0001\\u0001").endsWith("\"}");
            sink.check();
        }
    }

    @Test
    void a_port_where_nobody_listens_is_noticed() throws Exception {
        int port;
        try (DatagramSocket receiver = receiver()) {
            port = receiver.getLocalPort();
        }
        try (Sink sink = sink(port)) {
            IOException refused = null;
            List<AuditEntry> batch = List.of(store.add("a"));
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (refused == null && System.nanoTime() < end) {
                try {
                    sink.deliver(batch);
                    sink.check();
                } catch (IOException e) {
                    refused = e;
                }
            }
            assertThat(refused).isNotNull();
        }
    }

    private static DatagramSocket receiver() throws IOException {
        return new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private static String received(DatagramSocket receiver) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        receiver.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    private static Sink sink(int port) throws Exception {
        try (TimeLimit limit = new TimeLimit()) {
            return new Sinks("host", "agent", Optional.empty(), limit)
                    .of(AddressParser.parse("syslog+udp://localhost:" + port + "?format=json"));
        }
    }
}
