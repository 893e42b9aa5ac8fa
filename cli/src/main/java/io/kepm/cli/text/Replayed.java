package io.kepm.cli.text;

import java.util.regex.Pattern;

/**
 * Recorded output made fit for another terminal: what moves the cursor, colours and clears stays;
 * what has a terminal answer, act on its own, or takes it over (OSC, DCS and other strings, device
 * reports, window operations; ECMA-48 and the control sequences of xterm) goes. For one thread, in
 * the order it was recorded: a sequence may be cut between two texts.
 */
public final class Replayed {

    private static final char ESC = '\u001b';
    private static final char BELL = '\u0007';

    /** Without prefix and intermediate bytes: cursor, clearing, inserting, scrolling, colours. */
    private static final Pattern DRAWS =
            Pattern.compile("\u001b\\[[0-9;:]*[@A-HJ-MPSTXZ`abdefgmrsu]");

    /** Modes of the screen alone: none of the keyboard, the mouse or the terminal as such. */
    private static final Pattern MODES =
            Pattern.compile("\u001b\\[(?:4|\\?(?:7|12|25|47|1047|1048|1049))[hl]");

    private enum State {
        TEXT,
        ESCAPE,
        CHARSET,
        CSI,
        STRING,
        STRING_ESCAPE
    }

    private final StringBuilder sequence = new StringBuilder();
    private State state = State.TEXT;

    /** Puts a terminal back on which something was played. */
    public static String restored() {
        return "\u001b[0m\u001b(B\u001b[?25h\u001b[?1049l\u001b[r";
    }

    /** What of it may be shown. */
    public String of(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            take(text.charAt(i), out);
        }
        return out.toString();
    }

    private void take(char c, StringBuilder out) {
        switch (state) {
            case TEXT -> text(c, out);
            case ESCAPE -> escape(c, out);
            case CHARSET -> {
                state = State.TEXT;
                if (c >= '0' && c <= '~') {
                    out.append(sequence).append(c);
                } else {
                    text(c, out);
                }
            }
            case CSI -> csi(c, out);
            case STRING -> {
                if (c == ESC) {
                    state = State.STRING_ESCAPE;
                } else if (c == BELL || c == '\u009c' || c == '\u0018' || c == '\u001a') {
                    state = State.TEXT;
                }
            }
            case STRING_ESCAPE -> {
                state = c == '\\' ? State.TEXT : State.ESCAPE;
                if (state == State.ESCAPE) {
                    begin();
                    escape(c, out);
                }
            }
        }
    }

    private void begin() {
        sequence.setLength(0);
        sequence.append(ESC);
    }

    private void text(char c, StringBuilder out) {
        if (c == ESC) {
            begin();
            state = State.ESCAPE;
        } else if (c == '\u009b') {
            begin();
            sequence.append('[');
            state = State.CSI;
        } else if (c == '\u0090' || c == '\u0098' || (c >= '\u009d' && c <= '\u009f')) {
            state = State.STRING;
        } else if ((c >= ' ' && c < '\u007f')
                || c > '\u009f'
                || "\b\t\n\r\u000b\u000c".indexOf(c) >= 0) {
            out.append(c);
        }
    }

    private void escape(char c, StringBuilder out) {
        state = State.TEXT;
        sequence.append(c);
        if (c == '[') {
            state = State.CSI;
        } else if ("]P_^X".indexOf(c) >= 0) {
            state = State.STRING;
        } else if ("()*+-./".indexOf(c) >= 0) {
            state = State.CHARSET;
        } else if ("78=>DEHM".indexOf(c) >= 0) {
            out.append(sequence);
        } else if (c == ESC) {
            begin();
            state = State.ESCAPE;
        }
    }

    private void csi(char c, StringBuilder out) {
        if (c == ESC) {
            begin();
            state = State.ESCAPE;
        } else if (c >= '@' && c <= '~') {
            sequence.append(c);
            if (DRAWS.matcher(sequence).matches() || MODES.matcher(sequence).matches()) {
                out.append(sequence);
            }
            state = State.TEXT;
        } else if (c < ' ' || c > '~' || sequence.length() > 64) {
            state = State.TEXT;
        } else {
            sequence.append(c);
        }
    }
}
