package io.kepm.shell;

import io.kepm.api.log.LogLevel;
import io.kepm.api.log.LogLevels;
import io.kepm.api.text.VisibleText;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * {@code kepm:log-level [COMPONENT [LEVEL]]}: shows levels of the log, or changes one until the
 * agent stops. Like every command it is on record before it runs.
 */
final class LogLevelCommand {

    private final Supplier<Optional<LogLevels>> log;

    /**
     * @param log not there while it is restarted
     */
    LogLevelCommand(Supplier<Optional<LogLevels>> log) {
        this.log = log;
    }

    OwnCommand command() {
        return new OwnCommand(
                "log-level",
                "levels of the log, or another one until the agent stops: [COMPONENT [LEVEL]]",
                this::run);
    }

    private void run(List<String> words, PrintStream out) {
        LogLevels levels =
                log.get()
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "the log is being restarted: try again"));
        if (words.isEmpty()) {
            levels.levels().forEach((component, level) -> print(out, component, level));
        } else if (words.size() == 1) {
            print(out, words.get(0), levels.level(words.get(0)));
        } else if (words.size() == 2) {
            LogLevel level =
                    LogLevel.of(words.get(1))
                            .orElseThrow(
                                    () ->
                                            new IllegalArgumentException(
                                                    "no level `"
                                                            + words.get(1)
                                                            + "`: Trace, Debug, Information,"
                                                            + " Warning, Error or Critical"));
            levels.set(words.get(0), level);
            print(out, words.get(0), level);
        } else {
            throw new IllegalArgumentException("use: [COMPONENT [LEVEL]]");
        }
    }

    private static void print(PrintStream out, String component, LogLevel level) {
        out.print(VisibleText.of(component + " " + level.word(), Runner.MOST_SHOWN) + "\n");
    }
}
