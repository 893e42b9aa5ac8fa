package io.kepm.api.log;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The way into the log for what does not come through SLF4J, such as lines of plugins. Safe for use
 * by many threads.
 */
@ProviderType
public interface LogIntake {

    /**
     * Takes a record if its level is in force for its logger. Never blocks and never throws: what
     * the log can't keep up with is dropped, counted, and said in the log.
     */
    void log(LogRecord record);
}
