package io.kepm.cli.text;

/**
 * What the standard output can show.
 *
 * @param terminal whether a person reads it
 * @param columns its width; {@link Integer#MAX_VALUE} where nothing needs to fit
 * @param colour whether tones are shown
 * @param unicode whether it shows more than ASCII
 */
public record Screen(boolean terminal, int columns, boolean colour, boolean unicode) {

    /** A file or a pipe. */
    public static Screen plain() {
        return new Screen(false, Integer.MAX_VALUE, false, true);
    }

    /** What stands for the rest of a text that was cut. */
    public String ellipsis() {
        return unicode ? "…" : "...";
    }

    /** Outside text made fit for this screen. */
    public String escape(String text) {
        return TerminalText.escape(text, unicode);
    }

    /** A text that is fit for this screen already, in its tone. */
    public String paint(Tone tone, String text) {
        return colour && tone != Tone.PLAIN && !text.isEmpty()
                ? "\u001b[" + tone.code() + "m" + text + "\u001b[0m"
                : text;
    }
}
