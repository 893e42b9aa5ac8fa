package io.kepm.cli.json;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file with one value on each line. */
public final class JsonLines {

    private static final int LINE_LIMIT = 16 << 20;

    private JsonLines() {}

    /** Takes the values one by one. */
    @FunctionalInterface
    public interface Sink {
        void accept(Json value) throws IOException;
    }

    /**
     * Reads it from its first to its last line.
     *
     * @throws IOException when it can't be read or a line is no JSON, with the number of the line
     */
    public static void read(Path file, Sink sink) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            ByteArrayOutputStream line = new ByteArrayOutputStream(1 << 12);
            long number = 1;
            int b = in.read();
            while (b >= 0) {
                if (b == '\n') {
                    sink.accept(value(line, number++));
                    line.reset();
                } else if (line.size() >= LINE_LIMIT) {
                    throw new IOException("line " + number + " is too long");
                } else {
                    line.write(b);
                }
                b = in.read();
            }
            if (line.size() > 0) {
                sink.accept(value(line, number));
            }
        }
    }

    private static Json value(ByteArrayOutputStream line, long number) throws IOException {
        try {
            return JsonReader.read(line.toByteArray());
        } catch (IOException e) {
            throw new IOException("line " + number + ": " + e.getMessage(), e);
        }
    }
}
