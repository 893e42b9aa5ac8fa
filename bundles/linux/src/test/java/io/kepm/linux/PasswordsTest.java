package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.linux.Passwords.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the helper is asked; what it says of real accounts is tried in {@code native/tests}. */
class PasswordsTest {

    @TempDir Path folder;

    private Verdict ask(String script, String user, String password) throws Exception {
        Path helper = folder.resolve("password");
        Files.writeString(helper, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(helper, PosixFilePermissions.fromString("rwx------"));
        return new PasswordsComponent(helper).check(user, password);
    }

    @Test
    void the_helper_gets_the_user_as_its_argument_and_the_password_alone_as_its_input()
            throws Exception {
        String asked = "read -r line; [ \"$1 $# $line\" = 'alice 1 péss word' ]";
        assertThat(ask(asked, "alice", "péss word")).isEqualTo(Verdict.RIGHT);
        assertThat(ask(asked, "alice", "other")).isEqualTo(Verdict.WRONG);
    }

    @Test
    void what_is_no_clear_answer_is_none() throws Exception {
        assertThat(ask("exit 2", "alice", "x")).isEqualTo(Verdict.UNKNOWN);
        assertThat(ask("kill -9 $$", "alice", "x")).isEqualTo(Verdict.UNKNOWN);
        assertThat(new PasswordsComponent(folder.resolve("none")).check("alice", "x"))
                .isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void what_can_be_no_password_or_user_is_not_even_asked() throws Exception {
        String asked = "touch " + folder.resolve("asked");
        assertThat(ask(asked, "alice", "")).isEqualTo(Verdict.WRONG);
        assertThat(ask(asked, "alice", "x".repeat(513))).isEqualTo(Verdict.WRONG);
        assertThat(ask(asked, "-x", "y")).isEqualTo(Verdict.WRONG);
        assertThat(ask(asked, "", "y")).isEqualTo(Verdict.WRONG);
        assertThat(folder.resolve("asked")).doesNotExist();
    }

    @Test
    void only_a_few_are_asked_at_once() throws Exception {
        Path helper = folder.resolve("password");
        Path over = folder.resolve("over");
        // One that ends before it was told the password has checked none.
        Files.writeString(
                helper,
                "#!/bin/sh\nread -r line; until [ -e " + over + " ]; do sleep 0.05; done\n");
        Files.setPosixFilePermissions(helper, PosixFilePermissions.fromString("rwx------"));
        PasswordsComponent passwords = new PasswordsComponent(helper);
        List<CompletableFuture<Verdict>> answers =
                IntStream.range(0, 12)
                        .mapToObj(
                                i ->
                                        CompletableFuture.supplyAsync(
                                                () -> passwords.check("alice", "x"),
                                                command -> new Thread(command).start()))
                        .toList();
        Trials.await(() -> answers.stream().filter(CompletableFuture::isDone).count() == 8);
        Files.createFile(over);
        assertThat(answers.stream().filter(answer -> answer.join() == Verdict.UNKNOWN)).hasSize(8);
    }
}
