package io.kepm.cli.text;

/**
 * Recorded output made fit for another terminal: what moves the cursor, colours and clears stays;
 * what has a terminal answer, act on its own, or takes it over (OSC, DCS and other strings, device
 * reports, window operations; ECMA-48 and the control sequences of xterm) goes. For one thread, in
 * the order it was recorded: a sequence may be cut between two texts.
 */
public final class Replayed {

    private static final char ESC = '\u001b';
    private static final char BELL = '\u0007';

    /** Final bytes of CSI sequences that have the terminal answer or act beyond its screen. */
    private static final String ACTING = "cnptqxyiuv";

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
                out.append(sequence).append(c < ' ' ? '?' : c);
                state = State.TEXT;
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
            if (ACTING.indexOf(c) < 0) {
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
