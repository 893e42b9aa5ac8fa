package io.kepm.linux;

import io.kepm.api.linux.Commands.Result;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One run of a helper program: no shell, a fixed environment, both outputs as one. */
final class HelperProcess {

    private static final int MOST_OUTPUT = 64 * 1024;

    private static final long LAST_WORDS_MILLIS = 500;

    private final List<String> argv;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    HelperProcess(List<String> argv) throws IOException {
        this.argv = List.copyOf(argv);
        if (argv.isEmpty() || !argv.get(0).startsWith("/")) {
            throw new IOException("a helper program needs an absolute path");
        }
    }

    Result run(Duration timeout) throws IOException {
        return run(timeout, new byte[0]);
    }

    /**
     * Runs it.
     *
     * @param input at most what a pipe holds (4 KiB), so that nobody waits for it to be read
     */
    Result run(Duration timeout, byte[] input) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(argv).directory(new File("/")).redirectErrorStream(true);
        if (input.length == 0) {
            builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        }
        builder.environment().clear();
        builder.environment().put("PATH", String.join(":", Interpreters.SEARCHED));
        builder.environment().put("LANG", "C.UTF-8");
        Process process = builder.start();
        Thread reader = new Thread(null, () -> drain(process), "kepm-helper-output", 128 * 1024);
        reader.setDaemon(true);
        reader.start();
        try {
            hand(process, input);
            if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new IOException(
                        "`" + argv.get(0) + "` did not end within " + timeout.toMillis() + " ms");
            }
            // What it left running in the background may hold the pipe open for ever.
            reader.join(LAST_WORDS_MILLIS);
            return new Result(process.exitValue(), text());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while `" + argv.get(0) + "` ran", e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            process.getInputStream().close();
        }
    }

    private static void hand(Process process, byte[] input) throws IOException {
        if (input.length > 0) {
            try (OutputStream out = process.getOutputStream()) {
                out.write(input);
            }
        }
    }

    private String text() {
        synchronized (output) {
            return output.toString(StandardCharsets.UTF_8);
        }
    }

    private void drain(Process process) {
        byte[] chunk = new byte[4096];
        try (InputStream in = process.getInputStream()) {
            for (int count; (count = in.read(chunk)) >= 0; ) {
                synchronized (output) {
                    output.write(chunk, 0, Math.min(count, MOST_OUTPUT - output.size()));
                }
            }
        } catch (IOException e) {
            // The stream was closed under us: the run is over.
            return;
        }
    }
}
