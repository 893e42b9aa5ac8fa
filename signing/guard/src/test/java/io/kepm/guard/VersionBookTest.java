package io.kepm.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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

    private static void come(VersionBook book, String name, Version version) {
        assertThat(book.coming(name, version, false)).isEmpty();
    }

    @Test
    void ab_69_the_highest_version_is_known_to_the_next_run_too() throws IOException {
        VersionBook book = new VersionBook(file);
        come(book, "a", TWO);
        assertThat(book.coming("a", ONE, false)).get().asString().contains("older than 2.0.0");
        come(book, "b", ONE);

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
    void what_came_in_by_leave_counts_from_then_on_until_something_newer_comes() {
        VersionBook book = new VersionBook(file);
        come(book, "a", TWO);
        assertThat(book.coming("a", ONE, true)).isEmpty();

        come(new VersionBook(file), "a", ONE);
        assertThat(new VersionBook(file).fault("a", Version.emptyVersion)).isPresent();
        come(book, "a", TWO);
        assertThat(new VersionBook(file).fault("a", ONE)).isPresent();
    }

    @Test
    void a_line_that_a_power_cut_tore_costs_no_other_one_and_lowers_nothing() throws IOException {
        come(new VersionBook(file), "a", TWO);
        Files.writeString(file, "a 1", StandardOpenOption.APPEND);
        come(new VersionBook(file), "d", TWO);

        VersionBook read = new VersionBook(file);
        assertThat(read.fault("a", ONE)).isPresent();
        assertThat(read.fault("d", ONE)).isPresent();
        assertThat(Files.readString(file)).isEqualTo("a 2.0.0\nd 2.0.0\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"c x.y\n", "c\n", " 1.0.0\n", "c 1.0.0 \n", "\u0000\n"})
    void a_whole_line_that_is_none_makes_it_unreadable(String line) throws IOException {
        come(new VersionBook(file), "a", TWO);
        Files.writeString(file, line, StandardOpenOption.APPEND);

        VersionBook read = new VersionBook(file);
        assertThat(read.fault("b", ONE)).get().asString().contains("cannot be read");
        assertThat(read.coming("b", ONE, true)).get().asString().contains("cannot be read");
    }

    @Test
    void a_book_that_cannot_be_read_or_written_lets_nothing_in() throws IOException {
        VersionBook elsewhere = new VersionBook(folder.resolve("missing/versions"));
        assertThat(elsewhere.coming("a", ONE, true)).get().asString().contains("remembered");
        assertThat(elsewhere.fault("a", ONE)).as("nothing was there").isEmpty();
        Files.createSymbolicLink(file, folder.resolve("else"));

        VersionBook linked = new VersionBook(file);
        assertThat(linked.fault("a", ONE)).get().asString().contains("not a regular file");
        assertThat(linked.coming("a", ONE, true)).get().asString().contains("regular file");
    }

    @Test
    void a_book_that_may_be_there_and_cannot_be_looked_at_lets_nothing_in() throws IOException {
        // A folder above that is none says, like one that may not be entered, nothing about it.
        Path above = Files.writeString(folder.resolve("above"), "");
        VersionBook book = new VersionBook(above.resolve("versions"));

        assertThat(book.fault("a", ONE)).get().asString().contains("cannot be read");
    }
}
