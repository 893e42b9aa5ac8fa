package io.kepm.cli.sudoers;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The program of sudo that reads sudoers, run with an empty environment and no settings. */
public final class Cvtsudoers {

    private static final int LARGEST = 64 << 20;
    private static final long SECONDS = 60;

    /** A path in sudoers that holds an escaped blank. */
    private static final Pattern SPACED =
            Pattern.compile(
                    "(?<![^\\s,!])/(?:[^\\s\\\\,]|\\\\[^\\n])*\\\\[ \\t](?:[^\\s\\\\,]|\\\\[^\\n])*");

    private final Path program;

    public Cvtsudoers(Path program) {
        this.program = program;
    }

    /**
     * What it said.
     *
     * @param json in its own form of JSON
     * @param spaced the programs whose path holds blanks
     * @param complaints what it had to say beside that, a line each
     */
    public record Output(String json, Set<String> spaced, List<String> complaints) {
        public Output {
            spaced = Set.copyOf(spaced);
            complaints = List.copyOf(complaints);
        }
    }

    /**
     * Reads a file with all that it includes.
     *
     * @throws IOException when the program is not there, refuses, or takes too long
     */
    public Output read(Path sudoers) throws IOException {
        if (!Files.isExecutable(program)) {
            throw new IOException(
                    program
                            + " is not on this machine: install sudo, or bring its JSON from another"
                            + " machine and say --json-input");
        }
        Run json = run("json", sudoers);
        Run plain = run("sudoers", sudoers);
        // Nothing at all is what it prints for a file without rules.
        String text = json.out.isBlank() ? "{}" : json.out;
        return new Output(text, spaced(plain.out), json.err);
    }

    /** What one run printed. */
    private record Run(String out, List<String> err) {}

    private Run run(String form, Path sudoers) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(
                        program.toString(),
                        "-c",
                        "/dev/null",
                        "-f",
                        form,
                        sudoers.toAbsolutePath().toString());
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().put("LC_ALL", "C");
        builder.directory(new File("/"));
        builder.redirectInput(new File("/dev/null"));
        Process process = builder.start();
        try {
            Reader err = new Reader(process.getErrorStream());
            Reader out = new Reader(process.getInputStream());
            boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                throw new IOException(program + " did not end within " + SECONDS + " seconds");
            }
            List<String> complaints = err.text().lines().filter(line -> !line.isBlank()).toList();
            if (process.exitValue() != 0) {
                throw new IOException(
                        program
                                + " refuses it: "
                                + (complaints.isEmpty()
                                        ? "exit code " + process.exitValue()
                                        : complaints.get(0)));
            }
            return new Run(out.text(), complaints);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    static Set<String> spaced(String sudoers) {
        Set<String> paths = new LinkedHashSet<>();
        Matcher matcher = SPACED.matcher(sudoers);
        while (matcher.find()) {
            paths.add(matcher.group().replaceAll("\\\\([ \\t,:=\\\\#])", "$1"));
        }
        return paths;
    }

    /** Reads one output to its end on a daemon thread of its own, which ends with the output. */
    private static final class Reader {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final List<IOException> faults = new ArrayList<>();
        private final Thread thread;

        Reader(InputStream in) {
            thread = new Thread(() -> copy(in), "kepm-cvtsudoers");
            thread.setDaemon(true);
            thread.start();
        }

        private void copy(InputStream in) {
            try (in) {
                byte[] buffer = in.readNBytes(LARGEST + 1);
                if (buffer.length > LARGEST) {
                    throw new IOException("it is larger than 64 MiB");
                }
                bytes.writeBytes(buffer);
            } catch (IOException | UncheckedIOException e) {
                faults.add(new IOException(String.valueOf(e.getMessage()), e));
            }
        }

        String text() throws IOException, InterruptedException {
            thread.join(TimeUnit.SECONDS.toMillis(SECONDS));
            if (thread.isAlive()) {
                throw new IOException("it did not close its output");
            }
            if (!faults.isEmpty()) {
                throw faults.get(0);
            }
            return decoded();
        }

        /** A path whose bytes are guessed would take away something else than it says. */
        private String decoded() throws IOException {
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes.toByteArray()))
                        .toString();
            } catch (CharacterCodingException e) {
                throw new IOException("it holds bytes that are no UTF-8", e);
            }
        }
    }
}
