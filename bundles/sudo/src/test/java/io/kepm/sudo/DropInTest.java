package io.kepm.sudo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.linux.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DropInTest {

    @TempDir Path base;

    private final List<List<String>> ran = new ArrayList<>();
    private String fault = "";
    private Path folder = Path.of("/");
    private Path visudo = Path.of("/");

    @BeforeEach
    void folders() throws IOException {
        folder = Files.createDirectory(base.resolve("sudoers.d"));
        visudo = Files.writeString(base.resolve("visudo"), "#!/bin/sh\n");
        Files.setPosixFilePermissions(visudo, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void ab_130_ab_131_the_text_is_exactly_this() {
        String defaults =
                "env_reset, !setenv, use_pty, pam_acct_mgmt,"
                        + " secure_path=\"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\","
                        + " fdexec=always, intercept_type=trace, command_timeout=60m\n";
        assertThat(DropIn.GOVERNED.name()).isEqualTo("kepm");
        assertThat(DropIn.GOVERNED.text())
                .isEqualTo(
                        "# Written by KEPM, which writes it anew when it is changed.\n"
                                + "Defaults:%kepm-users "
                                + defaults
                                + "Defaults:%kepm-users-passwd "
                                + defaults
                                + "%kepm-users ALL=(ALL) NOPASSWD:NOSETENV: ALL\n"
                                + "%kepm-users-passwd ALL=(ALL) NOSETENV: ALL\n");
        assertThat(DropIn.CANARY.text())
                .endsWith(
                        "Defaults:kepm-canary "
                                + defaults
                                + "kepm-canary ALL=(root) NOPASSWD:NOSETENV: /usr/libexec/kepm/canary\n");
        assertThat(DropIn.BREAK_GLASS.text()).endsWith("%kepm-breakglass ALL=(ALL) ALL\n");
    }

    @Test
    void ab_09_programs_whose_commands_are_judged_have_a_rule_of_their_own_after_all_others() {
        assertThat(DropIn.governed(List.of("/bin/bash", "/usr/bin/vim")).text())
                .startsWith(DropIn.GOVERNED.text())
                .endsWith(
                        "%kepm-users ALL=(ALL) NOPASSWD:NOSETENV:INTERCEPT: /bin/bash, /usr/bin/vim\n"
                                + "%kepm-users-passwd ALL=(ALL) NOSETENV:INTERCEPT: /bin/bash, /usr/bin/vim\n");
    }

    @Test
    void what_sudoers_would_read_as_something_else_is_left_out_and_so_is_what_is_too_much() {
        List<String> odd =
                List.of(
                        "/bin/a b",
                        "/bin/*",
                        "/bin/a,b",
                        "/bin/",
                        "sh",
                        "/b\\",
                        "/b=c",
                        "!/b",
                        "/b:c",
                        "/b\nroot",
                        "/usr/bin/sudoedit",
                        "/bin/good-1.2_x+");
        assertThat(new TracedPrograms(() -> odd).now()).containsExactly("/bin/good-1.2_x+");
        List<String> many =
                java.util.stream.IntStream.range(0, 100).mapToObj(i -> "/b" + i).toList();
        assertThat(new TracedPrograms(() -> many).now()).hasSize(TracedPrograms.MOST);
    }

    @Test
    void a_traced_program_is_known_by_its_other_names(@TempDir Path bin) throws IOException {
        Path real = Files.writeString(bin.resolve("dash"), "x");
        Path link = Files.createSymbolicLink(bin.resolve("sh"), real);
        TracedPrograms traced = new TracedPrograms(() -> List.of(link.toString()));
        assertThat(traced.has(real.toString())).isTrue();
        assertThat(traced.has(bin + "/none")).isFalse();
    }

    @Test
    void a_file_appears_checked_and_closed() throws IOException {
        SudoersFolder sudoers = sudoers();
        sudoers.write(DropIn.GOVERNED);
        Path file = folder.resolve("kepm");
        assertThat(file).hasContent(DropIn.GOVERNED.text());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("r--r-----");
        assertThat(ran)
                .containsExactly(
                        List.of(visudo.toString(), "-cf", folder + "/.kepm.new"),
                        List.of(visudo.toString(), "-c"));
        assertThat(folder.resolve(".kepm.new")).doesNotExist();
        sudoers.write(DropIn.GOVERNED);
        assertThat(ran).hasSize(2);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(sudoers.holds(DropIn.GOVERNED)).isFalse();
        sudoers.remove(DropIn.GOVERNED);
        sudoers.remove(DropIn.GOVERNED);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void a_file_that_visudo_refuses_never_appears() {
        fault = "-cf";
        assertThatThrownBy(() -> sudoers().write(DropIn.GOVERNED))
                .hasMessageContaining("found fault: syntax error");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void a_file_that_does_not_fit_the_others_goes_again() {
        fault = "-c";
        assertThatThrownBy(() -> sudoers().write(DropIn.GOVERNED)).hasMessageContaining("fault");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void a_fault_of_another_file_takes_no_drop_in_that_was_there() throws IOException {
        sudoers().write(DropIn.GOVERNED);
        fault = "-c";
        DropIn traced = DropIn.governed(List.of("/bin/sh", "/bin/dash"));
        sudoers().write(traced);
        assertThat(folder.resolve("kepm")).hasContent(traced.text());
        sudoers().write(DropIn.GOVERNED);
        assertThat(folder.resolve("kepm")).hasContent(DropIn.GOVERNED.text());
    }

    @Test
    void a_new_text_that_visudo_refuses_leaves_the_old_one() throws IOException {
        sudoers().write(DropIn.GOVERNED);
        fault = "-cf";
        assertThatThrownBy(() -> sudoers().write(DropIn.governed(List.of("/bin/sh"))))
                .hasMessageContaining("fault");
        assertThat(folder.resolve("kepm")).hasContent(DropIn.GOVERNED.text());
    }

    @Test
    void only_our_own_texts_are_known_as_ours() {
        String sh = DropIn.governed(List.of("/bin/sh", "/bin/ash")).text();
        assertThat(List.of(DropIn.GOVERNED.text(), sh)).allMatch(DropIn::isGoverned);
        String odd = DropIn.governed(List.of("/bin/sh", "ALL")).text();
        assertThat(List.of("", "INTERCEPT: ", "INTERCEPT: /bin/sh\n", sh + "x", odd))
                .noneMatch(DropIn::isGoverned);
    }

    @Test
    void without_a_checker_nothing_is_written() {
        SudoersFolder unchecked =
                new SudoersFolder(folder, List.of(base.resolve("none")), commands());
        assertThatThrownBy(() -> unchecked.write(DropIn.GOVERNED))
                .hasMessageContaining("no visudo");
        assertThat(folder).isEmptyDirectory();
    }

    private SudoersFolder sudoers() {
        return new SudoersFolder(folder, List.of(base.resolve("none"), visudo), commands());
    }

    private Commands commands() {
        return (argv, timeout) -> {
            ran.add(argv);
            return argv.get(1).equals(fault)
                    ? new Commands.Result(1, "syntax error\n")
                    : new Commands.Result(0, "");
        };
    }
}
