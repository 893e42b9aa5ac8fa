package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class TerminalsComponentTest {

    private static final String TERMINAL =
            "import os,pty,sys\n"
                    + "m,s=pty.openpty()\n"
                    + "print(os.ttyname(s),flush=True)\n"
                    + "shown=b''\n"
                    + "while not shown.endswith(b'soon\\r\\r\\n'): shown+=os.read(m,4096)\n"
                    + "print(repr(shown),flush=True)\n"
                    + "sys.stdin.read()\n";

    private final TerminalsComponent terminals = new TerminalsComponent();

    @Test
    void a_line_reaches_the_terminal_of_its_owner_without_anything_that_could_play_tricks()
            throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/ptmx")), "there are no terminals here");
        Process person = new ProcessBuilder("python3", "-c", TERMINAL).start();
        try (BufferedReader out = person.inputReader(StandardCharsets.UTF_8)) {
            String tty = out.readLine();
            long own = Libc.geteuid();
            assertThat(terminals.tell(tty, own + 1, "not yours")).isFalse();
            assertThat(terminals.tell(tty, own, "time\u001b[2J is\u202e over\nsoon")).isTrue();
            // This terminal is not raw: it puts a return of its own before each line feed.
            assertThat(out.readLine())
                    .isEqualTo("b'\\r\\r\\ntime[2J is over\\r\\r\\nsoon\\r\\r\\n'");
        } finally {
            person.destroyForcibly().waitFor();
        }
    }

    @Test
    void what_is_no_terminal_is_never_written_to() throws Exception {
        Path file = Files.createTempFile("kepm", "tty");
        for (String tty :
                List.of(
                        file.toString(),
                        "/dev/null",
                        "/dev/pts/../../" + file,
                        "/dev/pts/ptmx",
                        "/dev/pts/999999",
                        "/dev/tty/x",
                        "pts/0",
                        "")) {
            assertThat(terminals.tell(tty, Libc.geteuid(), "x")).as(tty).isFalse();
        }
        assertThat(file).isEmptyFile();
        Files.delete(file);
    }
}
