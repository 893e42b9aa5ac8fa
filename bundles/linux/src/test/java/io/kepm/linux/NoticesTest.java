package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.linux.FakeLauncher;
import io.kepm.api.linux.FakeLauncher.FakeChild;
import io.kepm.api.linux.LaunchOrder.LaunchUser;
import io.kepm.api.linux.Notices;
import io.kepm.api.linux.Notices.Notice;
import io.kepm.api.linux.Notices.Shown;
import io.kepm.api.linux.Sessions.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Notices without a desktop: who is asked to show what, as whom, and what comes of it. */
class NoticesTest {

    private static final String TRICKY = "--help <b>x</b> & 'y' \"z\" \\ \u001b[2J\u202e";
    private static final String INERT =
            "--help &lt;b&gt;x&lt;/b&gt; &amp; 'y' \"z\" \\ \\x1b[2J\\u{202e}";

    @TempDir Path folder;
    private final FakeLauncher launcher = new FakeLauncher();
    private final List<Session> sessions = new ArrayList<>();
    private final List<String> typed = new ArrayList<>();
    private final long own = Libc.geteuid();
    private Notices notices;

    @BeforeEach
    void house() throws Exception {
        Files.createDirectories(folder.resolve("bin"));
        Files.createDirectories(folder.resolve("pts"));
        notices = notices(Duration.ofSeconds(60));
    }

    private Notices notices(Duration patience) {
        return new NoticesComponent(
                new Desktops(
                        launcher,
                        new NumberedAccounts(),
                        folder.resolve("buses"),
                        List.of(folder.resolve("none"), folder.resolve("bin")),
                        patience),
                () -> sessions,
                (tty, uid, text) -> typed.add(uid + " " + text),
                folder.resolve("pts"));
    }

    private void program(String name) throws Exception {
        Path file = Files.writeString(folder.resolve("bin").resolve(name), "#!/bin/sh\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void bus(long uid) throws Exception {
        Files.createDirectories(folder.resolve("buses/" + uid + "/bus"));
    }

    private void terminal(int number, String mode) throws Exception {
        Path file = Files.createFile(folder.resolve("pts/" + number));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    /** Shows it, while its programs end as they are told. */
    private Shown shown(Notice notice, int... codes) throws Exception {
        int before = launcher.children.size();
        CompletableFuture<Shown> shown =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return notices.show(notice);
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            }
                        });
        for (int i = 0; i < codes.length; i++) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (launcher.children.size() <= before + i && System.nanoTime() < end) {
                Thread.sleep(2);
            }
            launcher.children.get(before + i).exit(codes[i]);
        }
        return shown.get(60, TimeUnit.SECONDS);
    }

    @Test
    void a_notice_is_shown_by_a_program_of_the_user_itself_as_nothing_but_text() throws Exception {
        program("notify-send");
        program("gdbus");
        bus(1001);
        Shown shown = shown(new Notice(1001, "-t", TRICKY), 0);
        assertThat(shown)
                .isEqualTo(new Shown(1, 0, "shown on the desktop of 1 user by notify-send"));
        FakeChild child = launcher.children.get(0);
        assertThat(child.order.user()).isEqualTo(new LaunchUser(1001, 101001, List.of()));
        assertThat(child.order.environment())
                .containsOnlyKeys("PATH", "LANG", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS");
        assertThat(child.order.argv())
                .containsSubsequence("notify-send", "--", "-t", INERT)
                .endsWith(INERT);
        assertThat(child.told).containsExactly("");
        assertThat(typed).isEmpty();
    }

    @Test
    void every_program_gets_it_in_its_own_notation() {
        assertThat(Notifier.GDBUS.argv("it's", "a\\b <c>"))
                .containsSubsequence("--", "'KEPM'", "'it\\'s'", "'a\\\\b &lt;c&gt;'");
        assertThat(Notifier.BUSCTL.argv("-s", "a\\b <c>"))
                .containsSubsequence("--", "call", "susssasa{sv}i", "-s", "a\\b &lt;c&gt;");
    }

    @Test
    void without_a_desktop_it_goes_to_the_terminals_and_that_is_said() throws Exception {
        terminal(3, "rw--w----");
        terminal(4, "rw-------");
        Files.createFile(folder.resolve("pts/ptmx"));
        assertThat(shown(new Notice(own, "T", TRICKY)).terminals()).isEqualTo(1);
        assertThat(typed.get(0))
                .startsWith(own + " [kepm] T: --help <b>x</b>")
                .contains("\\x1b[2J");
        bus(1001);
        assertThat(shown(new Notice(1001, "T", "x")).words())
                .contains("nobody has a terminal open here")
                .contains("no desktop: there is no notify-send, gdbus or busctl");
        program("gdbus");
        assertThat(shown(new Notice(1001, "T", "x"), 1).words()).contains("`gdbus`: exit code 1");
        assertThat(shown(new Notice(1002, "T", "x")).words()).contains("no session bus");
        launcher.fault = "no such program";
        assertThat(shown(new Notice(1001, "T", "x")).words()).contains("no such program");
    }

    @Test
    void a_program_that_does_not_come_back_is_ended_and_the_terminals_are_used() throws Exception {
        program("busctl");
        bus(1001);
        Shown shown = notices(Duration.ofMillis(200)).show(new Notice(1001, "", "x"));
        assertThat(shown.isAnywhere()).isFalse();
        assertThat(shown.words()).contains("`busctl` did not come back");
        assertThat(launcher.children.get(0).alive).isFalse();
    }

    @Test
    void everybody_is_told_once_root_and_the_greeter_never() throws Exception {
        program("notify-send");
        bus(0);
        bus(120);
        bus(1001);
        bus(1002);
        sessions.add(new Session(1001, "x11", ":0"));
        sessions.add(new Session(1001, "tty", ""));
        sessions.add(new Session(1002, "wayland", ""));
        Shown shown = shown(new Notice(Notice.EVERYBODY, "", "x"), 0, 0);
        assertThat(shown.desktops()).isEqualTo(2);
        assertThat(launcher.children)
                .extracting(child -> child.order.user().uid())
                .containsExactly(1001L, 1002L);
        assertThat(shown(new Notice(0, "", "x")).desktops()).isZero();
    }
}
