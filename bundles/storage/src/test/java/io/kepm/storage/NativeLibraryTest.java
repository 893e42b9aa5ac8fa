package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {

    @TempDir Path temp;

    @Test
    void ab_142_the_library_comes_from_the_installation_and_nothing_is_unpacked() throws Exception {
        Path shared = Files.createDirectory(temp.resolve("tmp"));
        // What somebody may have planted in the hope that it is loaded.
        Files.writeString(shared.resolve("libsqlitejdbc.so"), "planted");
        String said = run("-Djava.io.tmpdir=" + shared);
        assertThat(said).contains("opened, library from " + ChildJvm.library());
        try (Stream<Path> left = Files.list(shared)) {
            assertThat(left).hasSize(1);
        }
    }

    @Test
    void ab_142_without_the_installed_library_the_store_does_not_open() throws Exception {
        Path empty = Files.createDirectory(temp.resolve("empty"));
        assertThat(run("-Dorg.sqlite.lib.path=" + empty)).contains("can't be used");
        assertThat(run("-Dorg.sqlite.lib.path=")).contains("start the agent with its own launcher");
    }

    @Test
    void ab_142_a_library_that_others_may_write_to_or_that_is_broken_is_not_replaced_by_another()
            throws Exception {
        Path folder = Files.createDirectory(temp.resolve("lib"));
        Path library = Files.writeString(folder.resolve("libsqlitejdbc.so"), "not a library");
        assertThat(run("-Dorg.sqlite.lib.path=" + folder))
                .contains("refused: ")
                .doesNotContain("opened, library");
        Files.setPosixFilePermissions(library, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThat(run("-Dorg.sqlite.lib.path=" + folder)).contains("has mode 0666");
    }

    private String run(String option) throws Exception {
        List<String> command = new ArrayList<>(ChildJvm.command(Opener.class, option));
        command.add(temp.resolve("store").toString());
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Opens a store as the component does, and says where its library came from. */
    static final class Opener {
        private Opener() {}

        public static void main(String[] arguments) throws Exception {
            try {
                NativeLibrary.pin();
                Stores.open(Path.of(arguments[0])).close();
                try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
                    String library =
                            maps.filter(line -> line.contains("sqlitejdbc")).findFirst().orElse("");
                    System.out.println(
                            "opened, library from " + library.substring(library.indexOf('/')));
                }
            } catch (io.kepm.api.storage.StorageException e) {
                System.out.println("refused: " + e.getMessage());
            }
        }
    }
}
