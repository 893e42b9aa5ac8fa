package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadinessTest {

    @TempDir Path folder;

    @Test
    void the_ready_file_says_when_and_can_be_read_by_all() throws Exception {
        ReadyFile file = new ReadyFile(folder);
        file.write(1000, 2500);
        file.write(1000, 2600);
        assertThat(folder.resolve("ready")).hasContent("started=1000 ready=2600");
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(folder.resolve("ready"))))
                .isEqualTo("rw-r--r--");
        file.remove();
        file.remove();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void the_start_of_this_process_is_known() throws Exception {
        // By the clock as it is now: it may have been set since this process began.
        long up = java.lang.management.ManagementFactory.getRuntimeMXBean().getUptime();
        long now = System.currentTimeMillis();
        long expected = now - up;
        // The kernel's clock for it begins with exec, before the JVM's; on a busy machine, long.
        assertThat(ReadyFile.processStart(now)).isBetween(expected - 60_000, expected + 500);
    }

    @Test
    void the_run_folder_is_made_for_root_and_one_of_others_is_refused() throws Exception {
        Path run = folder.resolve("keeper");
        RunFolder.prepare(run);
        RunFolder.prepare(run);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(run)))
                .isEqualTo("rwxr-xr-x");
        PathWalkTest.mode(run, "rwxrwxrwx");
        assertThatThrownBy(() -> RunFolder.prepare(run)).hasMessageContaining("changed by others");
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
        assertThatThrownBy(() -> RunFolder.prepare(link)).hasMessageContaining("no folder");
    }

    @Test
    void the_service_manager_hears_one_datagram_a_message() throws Exception {
        Path path = folder.resolve("notify");
        int socket = Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.CLOEXEC, 0);
        byte[] address = SocketAddress.of(path);
        assertThat(Libc.bind(socket, address, address.length)).isZero();
        ServiceNotifierComponent notifier = new ServiceNotifierComponent(path.toString());
        notifier.ready("all\nis well");
        assertThat(read(socket)).isEqualTo("READY=1\nSTATUS=all is well");
        notifier.stopping();
        assertThat(read(socket)).isEqualTo("STOPPING=1");
        Libc.close(socket);
        // Nobody there, and no service manager at all: silent.
        notifier.status("x");
        new ServiceNotifierComponent("").ready("x");
    }

    private static String read(int socket) {
        try (com.sun.jna.Memory memory = new com.sun.jna.Memory(72 + 200)) {
            memory.clear();
            memory.setPointer(16, memory.share(56));
            memory.setLong(24, 1);
            memory.setPointer(56, memory.share(72));
            memory.setLong(64, 200);
            long count = Libc.recvmsg(socket, memory, 0);
            return new String(
                    memory.getByteArray(72, (int) count), java.nio.charset.StandardCharsets.UTF_8);
        }
    }
}
