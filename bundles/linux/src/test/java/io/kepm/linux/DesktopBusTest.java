package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A notice on a real session bus, by each of the programs that are here. */
class DesktopBusTest {

    /** Of {@code daemon}: a bus wants a user that the system knows. */
    private static final long UID = 1;

    private static final Path RUN = Path.of("/run/user/" + UID);
    private static final Path DAEMON = Path.of("/usr/bin/dbus-daemon");
    private static final String TRICKY = "--help <b>x</b> & 'y' \"z\" \\n uint32 5";

    @TempDir Path folder;
    private final List<Process> processes = new ArrayList<>();
    private LauncherComponent launcher;
    private Path alone;

    @BeforeEach
    void open() throws Exception {
        assumeTrue(Libc.geteuid() == 0 && Files.isExecutable(DAEMON), "no bus without root");
        assumeTrue(!Files.exists(RUN), "user 1 is logged in here");
        launcher = new LauncherComponent(NativeLauncher.path());
        // Nobody else may write on the way to what is launched.
        alone = Files.createTempDirectory(Path.of("/run"), "kepm");
        Files.createDirectories(RUN);
        Files.setAttribute(RUN, "unix:uid", (int) UID);
        Files.setAttribute(RUN, "unix:gid", (int) UID);
    }

    @AfterEach
    void close() throws Exception {
        for (Process each : processes) {
            each.destroyForcibly().waitFor();
        }
        if (launcher != null) {
            launcher.stop();
            Files.deleteIfExists(RUN.resolve("bus"));
            Files.deleteIfExists(RUN);
            Files.deleteIfExists(alone);
        }
    }

    private BufferedReader started(String... command) throws IOException {
        List<String> argv =
                new ArrayList<>(
                        List.of(
                                "/usr/bin/setpriv",
                                "--reuid=" + UID,
                                "--regid=" + UID,
                                "--clear-groups"));
        argv.addAll(List.of(command));
        Process process =
                new ProcessBuilder(argv).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        processes.add(process);
        return process.inputReader(StandardCharsets.UTF_8);
    }

    private Path script() throws IOException {
        Path script = folder.resolve("notifications.py");
        try (InputStream in = getClass().getResourceAsStream("/notifications.py")) {
            Files.copy(in, script);
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        return script;
    }

    @Test
    void a_notice_reaches_the_desktop_as_it_is_whatever_is_in_it() throws Exception {
        assertThat(
                        started(
                                        DAEMON.toString(),
                                        "--session",
                                        "--nofork",
                                        "--nopidfile",
                                        "--print-address",
                                        "--address=unix:path=" + RUN.resolve("bus"))
                                .readLine())
                .contains("unix:path=");
        assertThat(tried("/usr/bin").why()).as("nobody shows anything yet").isNotEmpty();
        BufferedReader desktop = started("/usr/bin/python3", script().toString(), RUN + "/bus");
        assertThat(desktop.readLine()).isEqualTo("ready");
        int programs = 0;
        for (Notifier notifier : Notifier.values()) {
            Path program = Path.of("/usr/bin", notifier.program());
            if (Files.isExecutable(program)) {
                Path link = Files.createSymbolicLink(alone.resolve(notifier.program()), program);
                assertThat(tried(alone.toString()).why()).as(notifier.program()).isEmpty();
                Files.delete(link);
                assertThat(desktop.readLine())
                        .as(notifier.program())
                        .contains("\"KEPM\"")
                        .contains(
                                "\"-t\", \"--help &lt;b&gt;x&lt;/b&gt; &amp; 'y' \\\"z\\\" \\\\n"
                                        + " uint32 5\"");
                programs++;
            }
        }
        assumeTrue(programs > 0, "no program here shows notices");
    }

    private Desktops.Tried tried(String folder) throws InterruptedException {
        return new Desktops(
                        launcher,
                        new NumberedAccounts(),
                        Path.of("/run/user"),
                        List.of(Path.of(folder)),
                        Duration.ofSeconds(60))
                .show(List.of(UID), "-t", TRICKY)
                .get(0);
    }
}
