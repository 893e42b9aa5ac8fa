package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kepm.api.linux.Targets.Opened;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LookupTest {

    @TempDir Path folder;

    @Test
    void ab_08_a_name_is_looked_up_on_the_fixed_path_alone() throws Exception {
        Opened found = Lookup.open("id");
        assertThat(found.path()).matches("/(usr/)?bin/id");
        assertThat(FileStatus.of(found.descriptor().number()))
                .isEqualTo(FileStatus.behind(found.path()).orElseThrow());
        found.descriptor().close();
        for (String word :
                new String[] {"./id", "bin/id", "", "no-such-program-anywhere", "../id"}) {
            assertThatThrownBy(() -> Lookup.open(word)).as(word).isInstanceOf(IOException.class);
        }
    }

    @Test
    void what_is_no_program_is_not_opened_and_what_it_is_is_not_told() {
        for (String path : new String[] {"/usr/bin", "/dev/null", "/no/such", "/dev/stdin"}) {
            assertThatThrownBy(() -> Lookup.open(path))
                    .as(path)
                    .isInstanceOf(IOException.class)
                    .hasMessage("`" + path + "`: there is no such program");
        }
    }

    @Test
    void ab_20_a_link_swapped_a_thousand_times_opens_one_of_the_two_or_nothing() throws Exception {
        Path one = Files.writeString(folder.resolve("one"), "1");
        Path two = Files.writeString(folder.resolve("two"), "2");
        Path link = Files.createSymbolicLink(folder.resolve("link"), one);
        AtomicBoolean over = new AtomicBoolean();
        Thread swapper =
                new Thread(
                        () -> {
                            Path next = folder.resolve("next");
                            for (int i = 0; !over.get(); i++) {
                                try {
                                    Files.createSymbolicLink(next, i % 2 == 0 ? two : one);
                                    Files.move(
                                            next,
                                            link,
                                            java.nio.file.StandardCopyOption.ATOMIC_MOVE);
                                } catch (IOException e) {
                                    return;
                                }
                            }
                        });
        swapper.start();
        TargetsComponent targets = new TargetsComponent();
        for (int i = 0; i < 1000; i++) {
            try {
                Opened opened = Lookup.open(link.toString());
                // What is judged is the file that is held, or it is unsafe: never the other one.
                var facts = targets.inspect(link.toString(), Optional.of(opened.descriptor()));
                assertThat(facts.unsafe()).isNotEmpty();
                assertThat(facts.sha256()).isEmpty();
                opened.descriptor().close();
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("`");
            }
        }
        over.set(true);
        swapper.join();
    }

    @Test
    void ab_23_the_file_that_was_opened_stays_the_one_that_is_judged() throws Exception {
        assumeTrue(Libc.geteuid() == 0, "a program that only root could change");
        Path program = Path.of("/usr/local/bin/kepm-lookup-test-" + ProcessHandle.current().pid());
        Files.copy(Path.of("/usr/bin/id"), program);
        try {
            Opened opened = Lookup.open(program.getFileName().toString());
            TargetsComponent targets = new TargetsComponent();
            assertThat(targets.inspect(opened.path(), Optional.of(opened.descriptor())).sha256())
                    .isPresent();
            Path other = Path.of(program + ".new");
            Files.copy(Path.of("/usr/bin/env"), other);
            Files.move(other, program, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            var facts = targets.inspect(opened.path(), Optional.of(opened.descriptor()));
            assertThat(facts.sha256()).isEmpty();
            assertThat(facts.unsafe()).anyMatch(why -> why.contains("not the one that will run"));
            opened.descriptor().close();
        } finally {
            Files.deleteIfExists(program);
        }
    }

    @Test
    void ab_22_a_folder_is_named_by_the_kernel() throws Exception {
        Path here = Files.createDirectory(folder.resolve("here"));
        Process inside = new ProcessBuilder("sleep", "60").directory(here.toFile()).start();
        int pid = (int) inside.pid();
        TargetsComponent targets = new TargetsComponent();
        String name = here.toRealPath().toString();
        assertThat(targets.folder(pid)).isEqualTo(name);
        // Gone, it has no name that leads there: its supervisor finds that out.
        Files.delete(here);
        assertThat(targets.folder(pid)).isEqualTo(name + " (deleted)");
        inside.destroy();
    }
}
