package io.kepm.linux;

import com.sun.jna.Native;
import io.kepm.api.linux.Datagrams;
import java.io.IOException;
import org.osgi.service.component.annotations.Component;

/** A socket for each datagram: nothing stays open. Safe for use by many threads. */
@Component
public final class DatagramsComponent implements Datagrams {

    @Override
    public void send(String socket, byte[] bytes) throws IOException {
        byte[] address = SocketAddress.of(socket);
        int number = Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.CLOEXEC, 0);
        if (number < 0) {
            throw new IOException("no socket: " + Libc.words(Native.getLastError()));
        }
        try {
            int flags = Libc.MSG_NOSIGNAL | Libc.MSG_DONTWAIT;
            if (Libc.sendto(number, bytes, bytes.length, flags, address, address.length) < 0) {
                throw new IOException(socket + ": " + Libc.words(Native.getLastError()));
            }
        } finally {
            Libc.close(number);
        }
    }
}
