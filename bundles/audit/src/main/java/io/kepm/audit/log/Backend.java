package io.kepm.audit.log;

import io.kepm.api.log.LogLevel;
import io.kepm.api.log.LogLevels;
import java.util.Dictionary;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.cm.ConfigurationException;
import org.osgi.service.cm.ManagedService;

/**
 * The logging library behind SLF4J (Pax Logging with log4j2). At the start of the agent it writes
 * to the log file by itself, as {@code logging.properties} of the distribution says; {@link #take}
 * has it hand everything to us at once, with levels of our own, and {@link #giveBack} makes it as
 * it was. It is told by the call that it offers to a configuration service, which keeps nothing: no
 * file changes, and the next start begins anew.
 *
 * <p>It swaps its configuration under a lock of its own, so that every line goes to one of the two.
 */
final class Backend {

    /** Where the library offers that call. */
    static final String TARGET = "(service.pid=org.ops4j.pax.logging)";

    /** By this property of its service the library finds our appender. */
    static final String APPENDER_NAME = "org.ops4j.pax.logging.appender.name";

    static final String NAME = "kepm";

    private final ManagedService library;
    private boolean over;

    Backend(ManagedService library) {
        this.library = library;
    }

    /** At the first time, and whenever levels change; nothing any more after {@link #giveBack}. */
    synchronized void take(SortedMap<String, LogLevel> levels) {
        if (!over) {
            tell(FrameworkUtil.asDictionary(configuration(levels)));
        }
    }

    synchronized void giveBack() {
        over = true;
        tell(null);
    }

    /**
     * Libraries say Warning and worse, and those that have a level of their own never more than
     * Information: below it they print what passes through them, headers of requests for example.
     */
    static Map<String, String> configuration(SortedMap<String, LogLevel> levels) {
        Map<String, String> told = new TreeMap<>();
        told.put("log4j2.status", "error");
        told.put("log4j2.name", NAME);
        told.put("log4j2.appender.ours.type", "PaxOsgi");
        told.put("log4j2.appender.ours.name", "ours");
        told.put("log4j2.appender.ours.filter", NAME);
        told.put("log4j2.rootLogger.appenderRef.ours.ref", "ours");
        LogLevel byDefault = levels.getOrDefault(LogLevels.DEFAULT, LogLevel.WARNING);
        told.put("log4j2.rootLogger.level", word(notBelow(LogLevel.WARNING, byDefault)));
        logger(told, "agent", "io.kepm", word(byDefault));
        // Complains that it has no folder to unpack its library to: it has none on purpose.
        logger(told, "sqlite", "org.sqlite.SQLiteJDBCLoader", "OFF");
        int number = 0;
        for (Map.Entry<String, LogLevel> level : levels.entrySet()) {
            String component = level.getKey();
            if (!component.equals(LogLevels.DEFAULT)) {
                number++;
                logger(told, "own" + number, Levels.OURS + component, word(level.getValue()));
                LogLevel shown = notBelow(LogLevel.INFORMATION, level.getValue());
                logger(told, "library" + number, component, word(shown));
            }
        }
        return told;
    }

    private static void logger(Map<String, String> told, String id, String logger, String level) {
        told.put("log4j2.logger." + id + ".name", logger);
        told.put("log4j2.logger." + id + ".level", level);
    }

    private static LogLevel notBelow(LogLevel least, LogLevel level) {
        return level.compareTo(least) < 0 ? least : level;
    }

    /** The library's word. */
    private static String word(LogLevel level) {
        return switch (level) {
            case TRACE -> "TRACE";
            case DEBUG -> "DEBUG";
            case INFORMATION -> "INFO";
            case WARNING -> "WARN";
            case ERROR -> "ERROR";
            case CRITICAL -> "FATAL";
        };
    }

    private void tell(@Nullable Dictionary<String, String> configuration) {
        try {
            library.updated(configuration);
        } catch (ConfigurationException e) {
            throw new IllegalStateException("the logging library refuses its configuration", e);
        }
    }
}
