package io.kepm.jobs;

import io.kepm.api.jobs.RunState;
import io.kepm.api.linux.LaunchOrder;
import io.kepm.api.linux.Launcher;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that was launched, until nothing of it is left: it ends by itself, or is ended with all
 * that it started when its time is over, it is cancelled, or it writes without end.
 */
final class Watched {

    private static final Logger LOG = LoggerFactory.getLogger(Watched.class);
    private static final Duration GRACE = Duration.ofSeconds(2);
    private static final long MOST_OUTPUT = 256L << 20;
    private static final long LAST_OUTPUT_MILLIS = 2_000;
    private static final long STEP_MILLIS = 500;

    /** What the kernel ends a process with that writes a file beyond its bound (SIGXFSZ). */
    private static final int BEYOND_FILE_SIZE = 128 + 25;

    /** What the C library says of it (EFBIG) to a program that does not let itself be ended. */
    private static final String FILE_TOO_LARGE = "File too large";

    /** What the C library says to who may have no further process (EAGAIN). */
    private static final String NO_MORE = "Resource temporarily unavailable";

    private final Run run;
    private final Launcher.Child child;
    private final LaunchOrder.LaunchLimits limits;
    private final Tail tail = new Tail();
    private final Tail errors = new Tail();
    private final Thread reader;
    private final Thread errorReader;

    /**
     * @param limits its bounds, which the kernel keeps
     */
    Watched(Run run, Launcher.Child child, LaunchOrder.LaunchLimits limits) {
        this.run = run;
        this.child = child;
        this.limits = limits;
        this.reader = reader(tail, child.output(), "kepm-job-output");
        this.errorReader = reader(errors, child.errors(), "kepm-job-errors");
    }

    private Thread reader(Tail to, InputStream from, String name) {
        Thread thread = new Thread(null, () -> read(to, from), name, 128 * 1024);
        thread.setDaemon(true);
        return thread;
    }

    private void read(Tail to, InputStream from) {
        try (from) {
            to.drain(from);
        } catch (IOException e) {
            LOG.debug("the output of job `{}` ended: {}", run.job().id(), e.toString());
        }
    }

    TaskOutcome toItsEnd(Duration limit) throws IOException, InterruptedException {
        reader.start();
        errorReader.start();
        try {
            run.stoppable(this::end);
            String ended = await(limit);
            reader.join(LAST_OUTPUT_MILLIS);
            errorReader.join(LAST_OUTPUT_MILLIS);
            return outcome(ended);
        } catch (InterruptedException | RuntimeException e) {
            end();
            throw e;
        }
    }

    /** Why it was ended; empty when it ended by itself. */
    private String await(Duration limit) throws IOException, InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            long left = Math.max(0, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
            try {
                child.exit().get(Math.min(left, STEP_MILLIS), TimeUnit.MILLISECONDS);
                return "";
            } catch (ExecutionException e) {
                throw new IOException("it ended, and left something running: " + e.getCause(), e);
            } catch (TimeoutException e) {
                if (System.nanoTime() >= end) {
                    child.end(GRACE);
                    return "not done within "
                            + limit.toSeconds()
                            + " s, and ended with all it started";
                }
                if (isFlood()) {
                    child.end(GRACE);
                    return "it wrote more than 256 MiB, and was ended with all it started";
                }
            }
        }
    }

    private TaskOutcome outcome(String ended) {
        if (!ended.isEmpty()) {
            return new TaskOutcome(
                    isFlood() ? RunState.FAILED : RunState.TIMED_OUT,
                    Optional.empty(),
                    child.hitProcessLimit() ? ended + "; " + reached() : ended,
                    tail.text(),
                    errors.text());
        }
        int code = child.exit().getNow(-1);
        if (code == 0) {
            return new TaskOutcome(
                    RunState.SUCCEEDED, Optional.of(0), "", tail.text(), errors.text());
        }
        String text = tail.text();
        String wrong = errors.text();
        return new TaskOutcome(
                RunState.FAILED, Optional.of(code), how(code, text + wrong), text, wrong);
    }

    private boolean isFlood() {
        return tail.count() + errors.count() > MOST_OUTPUT;
    }

    private String how(int code, String text) {
        String bound =
                "the file size limit of "
                        + (limits.fileBytes() >> 20)
                        + " MiB (`fileSizeLimitMiB`)";
        if (code == BEYOND_FILE_SIZE) {
            return "it wrote a file beyond " + bound;
        }
        String how = code > 128 ? "ended by signal " + (code - 128) : "exit code " + code;
        if (child.hitProcessLimit()) {
            return how + "; " + reached();
        }
        if (text.contains(NO_MORE)) {
            return how + ", it may be for the limit of " + limits.processes() + " processes";
        }
        return text.contains(FILE_TOO_LARGE) ? how + ", it may be for " + bound : how;
    }

    private String reached() {
        return "it reached the limit of " + limits.processes() + " processes";
    }

    private void end() {
        try {
            child.end(GRACE);
        } catch (IOException e) {
            LOG.error("something of job `{}` still runs: {}", run.job().id(), e.getMessage());
        }
    }
}
