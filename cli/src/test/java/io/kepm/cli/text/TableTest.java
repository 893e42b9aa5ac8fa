package io.kepm.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.text.Table.Cell;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {

    @Test
    void columns_are_aligned_whatever_script_they_hold() {
        assertThat(printed(new Screen(true, 80, false, true), "日本", "e\u0301"))
                .isEqualTo(
                        """
            N  NAME   WHAT
            1  alice  short
            2  日本   e\u0301
            """);
    }

    @Test
    void a_table_that_is_too_wide_is_cut_in_its_widest_column() {
        assertThat(
                        printed(
                                new Screen(true, 30, false, true),
                                "bob",
                                "a very long sentence that goes on"))
                .isEqualTo(
                        """
                    N  NAME   WHAT
                    1  alice  short
                    2  bob    a very long sentenc…
                    """);
        assertThat(
                        printed(
                                new Screen(true, 30, false, false),
                                "bob",
                                "a very long sentence that goes on"))
                .contains("2  bob    a very long sente...\n");
    }

    @Test
    void nothing_is_cut_on_a_pipe_and_one_long_cell_pushes_nobody_away() {
        String printed = printed(Screen.plain(), "x".repeat(5000), "y".repeat(5000));
        assertThat(printed).contains("x".repeat(5000) + "  " + "y".repeat(5000) + "\n");
        assertThat(printed.lines().findFirst().orElseThrow()).hasSize(69);
    }

    @Test
    void ab_97_cells_are_escaped_before_they_are_measured() {
        assertThat(printed(new Screen(true, 80, false, true), "\u001b[2J", "\u202e\n"))
                .isEqualTo(
                        """
                    N  NAME     WHAT
                    1  alice    short
                    2  \\x1b[2J  \\u{202e}\\x0a
                    """);
    }

    @Test
    void colours_do_not_disturb_the_columns() {
        Screen screen = new Screen(true, 80, true, true);
        Table table = new Table(screen, List.of("A", "B"));
        table.row(new Cell("ok", Tone.GOOD), Cell.of("x"));
        table.row(new Cell("longer", Tone.BAD), Cell.of("y"));
        assertThat(print(table, screen).lines())
                .contains("\u001b[32mok\u001b[0m      x", "\u001b[31mlonger\u001b[0m  y");
    }

    private static String printed(Screen screen, String name, String what) {
        Table table = new Table(screen, List.of("N", "NAME", "WHAT")).number(0);
        table.row(Cell.of("1"), Cell.of("alice"), Cell.of("short"));
        table.row(Cell.of("2"), Cell.of(name), Cell.of(what));
        return print(table, screen);
    }

    private static String print(Table table, Screen screen) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Console console =
                new Console(
                        out,
                        out,
                        new ByteArrayInputStream(new byte[0]),
                        screen,
                        false,
                        question -> java.util.Optional.empty());
        table.print(console);
        console.flush();
        return out.toString(StandardCharsets.UTF_8);
    }
}
