package io.kepm.linux;

import io.kepm.api.linux.ServiceNotifier;
import java.nio.charset.StandardCharsets;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speaks the datagram protocol of sd_notify(3) itself, so that no library of systemd is needed.
 * Safe for use by many threads.
 */
@Component
public final class ServiceNotifierComponent implements ServiceNotifier {

    private static final Logger LOG = LoggerFactory.getLogger(ServiceNotifierComponent.class);

    private final String socket;

    @Activate
    public ServiceNotifierComponent() {
        this(System.getenv().getOrDefault("NOTIFY_SOCKET", ""));
    }

    ServiceNotifierComponent(String socket) {
        this.socket = socket;
    }

    @Override
    public void ready(String status) {
        send("READY=1\nSTATUS=" + line(status));
    }

    @Override
    public void status(String status) {
        send("STATUS=" + line(status));
    }

    @Override
    public void stopping() {
        send("STOPPING=1");
    }

    private static String line(String status) {
        return status.replace('\n', ' ').replace('\0', ' ');
    }

    private void send(String text) {
        if (!socket.startsWith("/") && !socket.startsWith("@")) {
            return;
        }
        int number = Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.CLOEXEC, 0);
        if (number < 0) {
            return;
        }
        try {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            byte[] address = SocketAddress.of(socket);
            if (Libc.sendto(number, bytes, bytes.length, Libc.MSG_NOSIGNAL, address, address.length)
                    < 0) {
                LOG.warn("the service manager does not hear on {}", socket);
            }
        } finally {
            Libc.close(number);
        }
    }
}
