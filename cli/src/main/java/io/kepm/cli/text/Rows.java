package io.kepm.cli.text;

import java.util.List;

/**
 * Rows that are printed as they come: a column is as wide as its widest cell so far, and the last
 * one takes what a terminal has left. Cells are outside text: they are escaped here.
 */
public final class Rows {

    private static final String GAP = "  ";

    /** Beyond this a cell does not push the columns after it apart. */
    private static final int WIDEST = 32;

    private static final int LEAST = 16;

    private final Console console;
    private final int[] widths;

    /**
     * @param widths of all columns but the last, to begin with
     */
    public Rows(Console console, int... widths) {
        this.console = console;
        this.widths = widths.clone();
    }

    public void row(List<Table.Cell> cells) {
        Screen screen = console.screen();
        StringBuilder out = new StringBuilder();
        int used = 0;
        for (int column = 0; column < widths.length; column++) {
            String text = screen.escape(cells.get(column).text());
            widths[column] = Math.min(WIDEST, Math.max(widths[column], Width.of(text)));
            String pad = " ".repeat(Math.max(0, widths[column] - Width.of(text)));
            out.append(screen.paint(cells.get(column).tone(), text)).append(pad).append(GAP);
            used += Math.max(widths[column], Width.of(text)) + GAP.length();
        }
        String last = screen.escape(cells.get(widths.length).text());
        out.append(
                screen.terminal()
                        ? Width.fit(
                                last, Math.max(LEAST, screen.columns() - used), screen.ellipsis())
                        : last);
        console.line(out.toString().stripTrailing());
    }
}
