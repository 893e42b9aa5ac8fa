package io.kepm.cli.agent;

import java.io.IOException;

/** An answer beyond what the command line is ready to hold; asking for less may help. */
public final class TooLargeException extends IOException {

    private static final long serialVersionUID = 1L;

    TooLargeException() {
        super("the answer is larger than " + (HttpReader.BODY_LIMIT >> 20) + " MiB");
    }
}
