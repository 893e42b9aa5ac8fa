package io.kepm.linux;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the manager of systemd, as root's {@code systemctl} has it: over its own socket
 * where there is one, so that no message bus is needed. For one thread, which closes it.
 */
final class ServiceManager implements AutoCloseable {

    private static final Path OWN_SOCKET = Path.of("/run/systemd/private");

    /** {@code struct sd_bus_error}: name, message, a flag. */
    private static final int ERROR_BYTES = 24;

    private static final long WAIT_MICROS = Duration.ofSeconds(5).toNanos() / 1_000;

    private final Pointer bus;

    private ServiceManager(Pointer bus) {
        this.bus = bus;
    }

    /** Whether this system runs under systemd: sd_booted(3). */
    static boolean isThere() {
        return Files.isDirectory(Path.of("/run/systemd/system"));
    }

    static ServiceManager connect() throws IOException {
        PointerByReference bus = new PointerByReference();
        try {
            if (!Files.exists(OWN_SOCKET)) {
                check(LibSystemd.sd_bus_open_system(bus), "connect");
                return new ServiceManager(bus.getValue());
            }
            check(LibSystemd.sd_bus_new(bus), "connect");
            ServiceManager manager = new ServiceManager(bus.getValue());
            try {
                check(
                        LibSystemd.sd_bus_set_address(
                                manager.bus, Libc.text("unix:path=" + OWN_SOCKET)),
                        "connect");
                check(LibSystemd.sd_bus_start(manager.bus), "connect");
                return manager;
            } catch (IOException e) {
                manager.close();
                throw e;
            }
        } catch (LinkageError e) {
            throw new IOException("libsystemd can't be loaded: " + e.getMessage(), e);
        }
    }

    /** Begins a call of {@code org.freedesktop.systemd1.Manager}. */
    Call call(String method) throws IOException {
        PointerByReference message = new PointerByReference();
        check(
                LibSystemd.sd_bus_message_new_method_call(
                        bus,
                        message,
                        Libc.text("org.freedesktop.systemd1"),
                        Libc.text("/org/freedesktop/systemd1"),
                        Libc.text("org.freedesktop.systemd1.Manager"),
                        Libc.text(method)),
                method);
        return new Call(method, message.getValue());
    }

    @Override
    public void close() {
        var unused = LibSystemd.sd_bus_flush_close_unref(bus);
    }

    private static void check(int answer, String what) throws IOException {
        if (answer < 0) {
            throw new IOException("the service manager: " + what + ": " + Libc.words(-answer));
        }
    }

    /** What the manager refused, with the name that D-Bus has for it. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;

        private final String name;

        private Refused(String name, String message) {
            super(message);
            this.name = name;
        }

        boolean isNoSuchUnit() {
            return name.equals("org.freedesktop.systemd1.NoSuchUnit");
        }
    }

    /** The arguments of one call, in their order, and the call. */
    final class Call implements AutoCloseable {

        private final String method;
        private final Pointer message;

        private Call(String method, Pointer message) {
            this.method = method;
            this.message = message;
        }

        Call text(String value) throws IOException {
            byte[] bytes = Libc.text(value);
            try (Memory memory = new Memory(bytes.length)) {
                memory.write(0, bytes, 0, bytes.length);
                return basic('s', memory);
            }
        }

        /** Type {@code u}, {@code i}, {@code b} or {@code h}, a descriptor: 32 bits. */
        Call number(char type, int value) throws IOException {
            try (Memory memory = new Memory(Integer.BYTES)) {
                memory.setInt(0, value);
                return basic(type, memory);
            }
        }

        Call big(long value) throws IOException {
            try (Memory memory = new Memory(Long.BYTES)) {
                memory.setLong(0, value);
                return basic('t', memory);
            }
        }

        Call open(char type, String contents) throws IOException {
            check(
                    LibSystemd.sd_bus_message_open_container(
                            message, (byte) type, Libc.text(contents)),
                    method);
            return this;
        }

        Call close(int containers) throws IOException {
            for (int i = 0; i < containers; i++) {
                check(LibSystemd.sd_bus_message_close_container(message), method);
            }
            return this;
        }

        private Call basic(char type, Pointer value) throws IOException {
            check(LibSystemd.sd_bus_message_append_basic(message, (byte) type, value), method);
            return this;
        }

        /** Makes the call and waits for its answer, which has nothing in it for us. */
        void make() throws IOException {
            try (Memory error = new Memory(ERROR_BYTES)) {
                error.clear();
                int answer = LibSystemd.sd_bus_call(bus, message, WAIT_MICROS, error, null);
                if (answer < 0) {
                    Refused refused =
                            new Refused(
                                    string(error.getPointer(0)),
                                    "the service manager: "
                                            + method
                                            + ": "
                                            + said(string(error.getPointer(Long.BYTES)), answer));
                    LibSystemd.sd_bus_error_free(error);
                    throw refused;
                }
            }
        }

        private String said(String words, int answer) {
            return words.isEmpty() ? Libc.words(-answer) : words;
        }

        private String string(@Nullable Pointer text) {
            return text == null ? "" : text.getString(0, "UTF-8");
        }

        @Override
        public void close() {
            var unused = LibSystemd.sd_bus_message_unref(message);
        }
    }
}
