package io.kepm.cli.agent;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Reads one HTTP/1.1 answer whose connection ends with it: by {@code Content-Length}, in chunks, or
 * to the end. Everything has a bound.
 */
final class HttpReader {

    static final int BODY_LIMIT = 64 << 20;
    private static final int LINE_LIMIT = 8 << 10;
    private static final int HEADER_LIMIT = 100;

    private final InputStream in;

    HttpReader(InputStream in) {
        this.in = new BufferedInputStream(in, 1 << 16);
    }

    /**
     * What is said before a body.
     *
     * @param length -1 when it is not said
     */
    record Head(int status, long length, boolean chunked) {}

    Answer answer() throws IOException {
        return answer(head());
    }

    /** The answer whose head was read. */
    Answer answer(Head head) throws IOException {
        return new Answer(
                head.status(),
                head.chunked() ? chunks() : head.length() >= 0 ? exactly(head.length()) : rest());
    }

    Head head() throws IOException {
        int status = status();
        long length = -1;
        boolean chunked = false;
        int headers = 0;
        for (String header = line(); !header.isEmpty(); header = line()) {
            if (++headers > HEADER_LIMIT) {
                throw new IOException("the answer has too many headers");
            }
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = number(lower.substring(15).strip(), 10);
            } else if (lower.startsWith("transfer-encoding:")) {
                chunked = lower.substring(18).strip().equals("chunked");
            }
        }
        return new Head(status, length, chunked);
    }

    private int status() throws IOException {
        String line = line();
        boolean http = line.startsWith("HTTP/1.1 ") || line.startsWith("HTTP/1.0 ");
        if (!http || line.length() < 12 || (line.length() > 12 && line.charAt(12) != ' ')) {
            throw new IOException("the answer is not HTTP");
        }
        long status = number(line.substring(9, 12), 10);
        if (status < 200) {
            throw new IOException("the answer is no final one");
        }
        return (int) status;
    }

    private byte[] exactly(long length) throws IOException {
        bound(length);
        byte[] body = in.readNBytes((int) length);
        if (body.length < length) {
            throw new EOFException("the answer was cut off");
        }
        return body;
    }

    private byte[] rest() throws IOException {
        byte[] body = in.readNBytes(BODY_LIMIT + 1);
        bound(body.length);
        return body;
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            byte[] chunk = chunk(body.size());
            if (chunk.length == 0) {
                return body.toByteArray();
            }
            body.writeBytes(chunk);
        }
    }

    /** The next chunk of a body that goes on and on; empty at its end. */
    byte[] chunk() throws IOException {
        return chunk(0);
    }

    private byte[] chunk(int before) throws IOException {
        String size = line();
        int extension = size.indexOf(';');
        long length = number(extension < 0 ? size : size.substring(0, extension).strip(), 16);
        bound(before + length);
        byte[] chunk = exactly(length);
        if (length > 0 && !line().isEmpty()) {
            throw new IOException("the answer's chunks are malformed");
        }
        return chunk;
    }

    private static long number(String text, int radix) throws IOException {
        if (text.isEmpty() || text.length() > 15 || text.startsWith("-") || text.startsWith("+")) {
            throw new IOException("the answer's length is malformed");
        }
        try {
            return Long.parseLong(text, radix);
        } catch (NumberFormatException e) {
            throw new IOException("the answer's length is malformed", e);
        }
    }

    private static void bound(long length) throws IOException {
        if (length > BODY_LIMIT) {
            throw new TooLargeException();
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(80);
        while (true) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("the answer was cut off");
            }
            if (b == '\n') {
                String text = line.toString(StandardCharsets.ISO_8859_1);
                return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
            }
            if (line.size() >= LINE_LIMIT) {
                throw new IOException("the answer's head is too long");
            }
            line.write(b);
        }
    }
}
