package io.kepm.audit.export;

import io.kepm.api.audit.AuditEntry;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Syslog over UDP (RFC 5426), a datagram for each record. What a network drops is lost; only a
 * machine that says that nobody listens there is noticed.
 */
final class UdpSink implements Sink {

    /** Bytes of a message: what fits into a datagram of IPv4, less a reserve. */
    static final int LARGEST = 65_000;

    private final Address address;
    private final SyslogMessage message;
    private volatile @Nullable DatagramSocket socket;
    private volatile boolean closed;

    UdpSink(Address address, SyslogMessage message) {
        this.address = address;
        this.message = message;
    }

    @Override
    public String deliver(List<AuditEntry> batch) throws IOException {
        try {
            DatagramSocket open = open();
            for (AuditEntry entry : batch) {
                byte[] bytes = message.of(entry);
                open.send(new DatagramPacket(bytes, Math.min(bytes.length, LARGEST)));
            }
        } catch (IOException e) {
            disconnect();
            throw e;
        }
        return "";
    }

    @Override
    public void check() throws IOException {
        DatagramSocket open = open();
        try {
            open.receive(new DatagramPacket(new byte[1], 1));
        } catch (SocketTimeoutException e) {
            // Nothing came back: no more can be known.
            return;
        } catch (IOException e) {
            disconnect();
            throw e;
        }
    }

    @Override
    public boolean acknowledges() {
        return false;
    }

    private DatagramSocket open() throws IOException {
        DatagramSocket known = socket;
        if (known != null) {
            return known;
        }
        if (closed) {
            throw new IOException("closed");
        }
        // The address is looked up anew after each failure.
        InetSocketAddress peer = new InetSocketAddress(address.host(), address.port());
        if (peer.isUnresolved()) {
            throw new IOException("unknown host `" + address.host() + "`");
        }
        DatagramSocket fresh = new DatagramSocket();
        fresh.connect(peer);
        fresh.setSoTimeout(1);
        socket = fresh;
        return fresh;
    }

    private void disconnect() {
        DatagramSocket open = socket;
        socket = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() {
        closed = true;
        disconnect();
    }
}
