package io.kepm.elevation.recording;

import io.kepm.api.elevation.SessionRecordings.Recording;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes down what one command shows. What was shown is on disk within a second, or earlier when it
 * is much. It has ended once nothing more comes and it is known whether its command began: both can
 * be heard first. Safe for use by many threads.
 */
final class OneRecording implements Recording {

    /** Hears how it ended. */
    interface Ear {
        /**
         * Once.
         *
         * @param fault why it is not whole
         */
        void over(SealedFile file, Optional<String> fault);

        /** Instead of that: its command never began. */
        void neverBegun();
    }

    private static final Logger LOG = LoggerFactory.getLogger(OneRecording.class);
    private static final int SEGMENT_BYTES = 128 * 1024;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    private final SealedFile file;
    private final Limits limits;
    private final LongSupplier nanos;
    private final Ear ear;
    private final Events events = new Events();
    private final WholeCharacters characters = new WholeCharacters();
    private long keptAt;
    private Optional<String> fault = Optional.empty();
    private boolean isOver;
    private boolean hasShown;
    private boolean isTold;
    private boolean isHeard;

    /** What stops it. */
    interface Limits {
        /** Why a recording of this many bytes can't go on; empty when it can. */
        Optional<String> reached(long bytes);
    }

    OneRecording(SealedFile file, Limits limits, LongSupplier nanos, Ear ear) {
        this.file = file;
        this.limits = limits;
        this.nanos = nanos;
        this.ear = ear;
        this.keptAt = nanos.getAsLong();
    }

    SealedFile.Extent extent() {
        return file.extent();
    }

    @Override
    public synchronized void take(char kind, Duration since, byte[] bytes) throws IOException {
        if (isOver) {
            throw new IOException("it is over");
        }
        String text =
                switch (kind) {
                    case SHOWN -> shown(bytes);
                    case SIZE -> new String(bytes, StandardCharsets.US_ASCII);
                    default -> throw failed("what is to be recorded is of no known kind");
                };
        events.add(kind, since, text);
        if (events.size() >= SEGMENT_BYTES
                || nanos.getAsLong() - keptAt >= LONGEST_WAIT.toNanos()) {
            keep();
        }
    }

    private String shown(byte[] bytes) {
        hasShown = true;
        return characters.of(bytes);
    }

    @Override
    public synchronized void pause() throws IOException {
        if (isOver) {
            throw new IOException("it is over");
        }
        if (events.size() > 0) {
            keep();
        }
    }

    private void keep() throws IOException {
        Optional<String> reached = limits.reached(file.extent().bytes());
        if (reached.isPresent()) {
            throw failed(reached.get());
        }
        try {
            file.add(events.pack(), false);
        } catch (IOException e) {
            throw failed("its file can't be written: " + e.getMessage());
        }
        keptAt = nanos.getAsLong();
    }

    private IOException failed(String why) {
        fault = Optional.of(why);
        return new IOException(why);
    }

    /** It ends here, whatever its command does. */
    synchronized void cut(String why) {
        if (isOver) {
            return;
        }
        try {
            pause();
        } catch (IOException e) {
            LOG.error("the end of a recording is lost", e);
        }
        fault = Optional.of(why);
        isTold = true;
        over();
    }

    @Override
    public synchronized void begun() {
        isTold = true;
        if (isOver) {
            hear();
        }
    }

    /** What showed something did begin, and was ended since nobody heard that it runs. */
    @Override
    public synchronized void neverBegun() {
        if (hasShown && !isOver) {
            cut("its command was ended before it was known to run");
            return;
        }
        over();
        isTold = true;
        if (!isHeard && !hasShown) {
            isHeard = true;
            ear.neverBegun();
        }
        hear();
    }

    @Override
    public synchronized void mayHaveBegun() {
        String why = "its command was ended, and is not known to have begun";
        if (!isOver) {
            cut(why);
        } else if (!isHeard) {
            fault = fault.or(() -> Optional.of(why));
            isTold = true;
            hear();
        }
    }

    @Override
    public synchronized void over() {
        if (isOver) {
            return;
        }
        isOver = true;
        try (file) {
            if (fault.isEmpty()) {
                file.add(events.pack(), true);
            }
        } catch (IOException e) {
            fault = Optional.of("its file can't be written: " + e.getMessage());
            LOG.error("the end of a recording is lost", e);
        }
        if (isTold || hasShown) {
            hear();
        }
    }

    private void hear() {
        if (!isHeard) {
            isHeard = true;
            ear.over(file, fault);
        }
    }
}
