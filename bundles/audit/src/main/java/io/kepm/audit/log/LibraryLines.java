package io.kepm.audit.log;

import io.kepm.api.log.LogLevel;
import io.kepm.api.log.LogRecord;
import java.time.Instant;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.ops4j.pax.logging.spi.PaxAppender;
import org.ops4j.pax.logging.spi.PaxLoggingEvent;

/**
 * Takes what is said through SLF4J, on the thread of whoever says it. The library has looked at the
 * level already and has put the values into the message; nothing of it is ever looked up.
 */
final class LibraryLines implements PaxAppender {

    /** Lines of a stack trace that are kept. */
    private static final int MOST_FRAMES = 40;

    private final Consumer<LogRecord> log;

    LibraryLines(Consumer<LogRecord> log) {
        this.log = log;
    }

    @Override
    public void doAppend(PaxLoggingEvent event) {
        TreeMap<String, String> fields = new TreeMap<>();
        String[] trace = event.getThrowableStrRep();
        if (trace != null) {
            fields.put(
                    "exception",
                    Arrays.stream(trace)
                            .limit(MOST_FRAMES)
                            .map(LibraryLines::frame)
                            .collect(Collectors.joining(" | ")));
        }
        log.accept(
                new LogRecord(
                        Instant.ofEpochMilli(event.getTimeStamp()),
                        level(event),
                        String.valueOf(event.getLoggerName()),
                        String.valueOf(event.getRenderedMessage()),
                        fields));
    }

    /** Without the jar that the library adds in brackets. */
    private static String frame(String line) {
        int jar = line.indexOf(" ~[") >= 0 ? line.indexOf(" ~[") : line.indexOf(" [");
        return (line.startsWith("\tat ") && jar > 0 ? line.substring(0, jar) : line).strip();
    }

    private static LogLevel level(PaxLoggingEvent event) {
        return switch (event.getLevel().toLevel()) {
            case TRACE -> LogLevel.TRACE;
            case DEBUG -> LogLevel.DEBUG;
            case INFO, AUDIT -> LogLevel.INFORMATION;
            case WARN -> LogLevel.WARNING;
            case ERROR -> LogLevel.ERROR;
        };
    }
}
