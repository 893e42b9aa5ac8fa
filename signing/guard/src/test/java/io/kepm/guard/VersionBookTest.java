package io.kepm.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Version;

class VersionBookTest {

    private static final Version ONE = new Version(1, 0, 0);
    private static final Version TWO = new Version(2, 0, 0);

    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("versions");
    }

    @Test
    void ab_69_the_highest_version_is_known_to_the_next_run_too() throws IOException {
        VersionBook book = new VersionBook(file);
        book.coming("a", TWO);
        book.coming("a", ONE);
        book.coming("b", ONE);

        for (VersionBook each : new VersionBook[] {book, new VersionBook(file)}) {
            assertThat(each.fault("a", ONE)).get().asString().contains("1.0.0 is older than 2.0.0");
            assertThat(each.fault("a", TWO)).isEmpty();
            assertThat(each.fault("b", ONE)).isEmpty();
            assertThat(each.fault("c", ONE)).isEmpty();
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void a_line_that_a_power_cut_tore_costs_no_other_one() throws IOException {
        new VersionBook(file).coming("a", TWO);
        Files.writeString(file, "\nb 1.", StandardOpenOption.APPEND);
        Files.writeString(file, "\nc x.y", StandardOpenOption.APPEND);
        new VersionBook(file).coming("d", TWO);

        VersionBook read = new VersionBook(file);
        assertThat(read.fault("a", ONE)).isPresent();
        assertThat(read.fault("d", ONE)).isPresent();
    }

    @Test
    void a_book_that_cannot_be_read_or_written_lets_nothing_in() throws IOException {
        VersionBook elsewhere = new VersionBook(folder.resolve("missing/versions"));
        assertThatThrownBy(() -> elsewhere.coming("a", ONE)).isInstanceOf(IOException.class);
        assertThat(elsewhere.fault("a", ONE)).as("nothing was there").isEmpty();
        Files.createSymbolicLink(file, folder.resolve("else"));

        VersionBook linked = new VersionBook(file);
        assertThat(linked.fault("a", ONE)).get().asString().contains("not a regular file");
        assertThatThrownBy(() -> linked.coming("a", ONE)).hasMessageContaining("regular file");
    }
}
