package io.kepm.api.linux;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Runs a helper program of the system, never a command of a user. No shell, fixed environment. */
@ProviderType
public interface Commands {

    /**
     * Runs a program and waits.
     *
     * @param argv an absolute path first
     * @param timeout after it the program is killed and an exception thrown
     */
    Result run(List<String> argv, Duration timeout) throws IOException;

    /** How it ended, and its output (at most 64 KiB, both streams together). */
    record Result(int exitCode, String output) {}
}
