package io.kepm.cli.text;

import io.kepm.cli.json.Json;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Standard output, standard error, and the person at the terminal. Lines given to it were made by
 * {@link Messages}, {@link Table} or {@link Facts}, or escaped by {@link Screen#escape}. Not for
 * use by two threads.
 */
public final class Console {

    private static final int LONGEST_ANSWER = 64;

    private final OutputStream out;
    private final OutputStream err;
    private final InputStream in;
    private final Screen screen;
    private final boolean asks;
    private final Charset charset;
    private final Hidden hidden;
    private Optional<IOException> broken = Optional.empty();

    /** Reads a line that nobody is to see. */
    @FunctionalInterface
    public interface Hidden {
        /** Asks once nothing is shown any more; empty when that can't be done here. */
        Optional<String> read(String question);
    }

    /**
     * @param asks whether a person can answer a question on {@code in}
     * @param hidden for what is not to be shown while it is typed
     */
    public Console(
            OutputStream out,
            OutputStream err,
            InputStream in,
            Screen screen,
            boolean asks,
            Hidden hidden) {
        this.hidden = hidden;
        this.out = new BufferedOutputStream(out, 1 << 15);
        this.err = err;
        this.in = in;
        this.screen = screen;
        this.asks = asks;
        this.charset = screen.unicode() ? StandardCharsets.UTF_8 : StandardCharsets.US_ASCII;
    }

    public Screen screen() {
        return screen;
    }

    /** One line on standard output. */
    public void line(String text) {
        write(out, text + "\n");
    }

    /** A piece of what was recorded, as {@link Replayed} made it fit. */
    public void shown(String text) {
        write(out, text);
    }

    public void blank() {
        write(out, "\n");
    }

    /** A value on one line of standard output, for machines. */
    public void json(Json value) {
        line(value.toString());
    }

    /** One line on standard error, in the name of the command. */
    public void error(String text) {
        flush();
        write(err, "kepm: " + text + "\n");
    }

    /** A line on standard error that is replaced by the next one; only where a person sees it. */
    public void progress(String text) {
        if (screen.terminal() && asks) {
            write(err, "\r\u001b[K" + text);
        }
    }

    /** A yes or no from the person at the terminal; empty when there is nobody to ask. */
    public Optional<Boolean> confirm(String question) {
        return ask(question)
                .map(word -> word.equalsIgnoreCase("y") || word.equalsIgnoreCase("yes"));
    }

    /** A line of at most 64 characters from that person, stripped; empty as above. */
    public Optional<String> ask(String question) {
        flush();
        if (!asks) {
            return Optional.empty();
        }
        write(err, question + " ");
        StringBuilder answer = new StringBuilder();
        try {
            int c = in.read();
            while (c >= 0 && c != '\n' && answer.length() < LONGEST_ANSWER) {
                answer.append((char) c);
                c = in.read();
            }
        } catch (IOException e) {
            return Optional.of("");
        }
        return Optional.of(answer.toString().strip());
    }

    /** A line from that person that is not shown while it is typed; empty as above. */
    public Optional<String> askHidden(String question) {
        flush();
        if (!asks) {
            return Optional.empty();
        }
        return hidden.read(question + " ");
    }

    public void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            broken = Optional.of(e);
        }
    }

    /** Why standard output took no more, if that happened. */
    public Optional<IOException> broken() {
        return broken;
    }

    private void write(OutputStream to, String text) {
        try {
            to.write(encoded(text));
        } catch (IOException e) {
            if (to == out) {
                broken = Optional.of(e);
            }
        }
    }

    /** Our own sentences hold dashes and an ellipsis that ASCII does not have. */
    private byte[] encoded(String text) {
        String known =
                screen.unicode()
                        ? text
                        : text.replace("…", "...").replace("—", "-").replace("–", "-");
        return known.getBytes(charset);
    }
}
