package io.kepm.cli.text;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Rows under headings, cut to the width of the screen. Cells are outside text: they are escaped
 * here. On a pipe nothing is cut.
 */
public final class Table {

    private static final String GAP = "  ";
    private static final int LEAST = 8;

    /** Beyond this a cell does not push the columns after it apart. */
    private static final int WIDEST = 60;

    private final Screen screen;
    private final List<String> headings;
    private final Set<Integer> numbers = new HashSet<>();
    private final List<List<Cell>> rows = new ArrayList<>();

    /** A text and what it means. */
    public record Cell(String text, Tone tone) {
        public static Cell of(String text) {
            return new Cell(text, Tone.PLAIN);
        }
    }

    public Table(Screen screen, List<String> headings) {
        this.screen = screen;
        this.headings = List.copyOf(headings);
    }

    /** Sets a column to the right. */
    public Table number(int column) {
        numbers.add(column);
        return this;
    }

    public void row(Cell... cells) {
        List<Cell> row = new ArrayList<>(cells.length);
        for (Cell cell : cells) {
            row.add(new Cell(screen.escape(cell.text()), cell.tone()));
        }
        rows.add(row);
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    public void print(Console console) {
        int[] widths = widths();
        fit(widths);
        List<Cell> heading = new ArrayList<>();
        for (String text : headings) {
            heading.add(new Cell(text, Tone.STRONG));
        }
        console.line(line(heading, widths));
        for (List<Cell> row : rows) {
            console.line(line(row, widths));
        }
    }

    private int[] widths() {
        int[] widths = new int[headings.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = Width.of(headings.get(column));
            for (List<Cell> row : rows) {
                widths[column] = Math.max(widths[column], Width.of(row.get(column).text()));
            }
        }
        return widths;
    }

    /** Takes what is too much from the widest column, again and again. */
    private void fit(int[] widths) {
        if (!screen.terminal()) {
            return;
        }
        int total = GAP.length() * (widths.length - 1);
        for (int width : widths) {
            total += width;
        }
        int excess = total - screen.columns();
        while (excess > 0) {
            int widest = widest(widths);
            if (widths[widest] <= LEAST) {
                return;
            }
            int second = LEAST;
            for (int column = 0; column < widths.length; column++) {
                if (column != widest) {
                    second = Math.max(second, widths[column]);
                }
            }
            int taken = Math.min(excess, Math.max(1, widths[widest] - second));
            widths[widest] -= taken;
            excess -= taken;
        }
    }

    private static int widest(int[] widths) {
        int widest = 0;
        for (int column = 1; column < widths.length; column++) {
            if (widths[column] >= widths[widest]) {
                widest = column;
            }
        }
        return widest;
    }

    private String line(List<Cell> row, int[] widths) {
        StringBuilder out = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            Cell cell = row.get(column);
            boolean last = column == widths.length - 1;
            int pad = Math.min(widths[column], screen.terminal() ? Integer.MAX_VALUE : WIDEST);
            String text =
                    screen.terminal()
                            ? Width.fit(cell.text(), widths[column], screen.ellipsis())
                            : cell.text();
            int room = Math.max(0, pad - Width.of(text));
            boolean right = numbers.contains(column);
            out.append(column == 0 ? "" : GAP)
                    .append(right ? " ".repeat(room) : "")
                    .append(screen.paint(cell.tone(), text))
                    .append(right || last ? "" : " ".repeat(room));
        }
        return out.toString().stripTrailing();
    }
}
