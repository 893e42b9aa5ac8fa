package io.kepm.jobs;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;

/** Times of a cron expression: five fields as in Unix, six or seven as Quartz has them. */
final class CronTimes {

    private static final int LONGEST = 200;

    private CronTimes() {}

    /**
     * @throws IllegalArgumentException when it is none, comes more often than each minute, or never
     */
    static Timetable of(String expression, ZoneId zone) {
        String text = expression.strip();
        String[] fields = text.split("\\s+", -1);
        if (text.length() > LONGEST || fields.length < 5 || fields.length > 7) {
            throw new IllegalArgumentException("five, six or seven fields are needed");
        }
        boolean quartz = fields.length > 5;
        if (quartz && !fields[0].matches("[0-5]?\\d")) {
            throw new IllegalArgumentException(
                    "the field of seconds has to be one number: a minute is the shortest interval");
        }
        Cron cron =
                new CronParser(
                                CronDefinitionBuilder.instanceDefinitionFor(
                                        quartz ? CronType.QUARTZ : CronType.UNIX))
                        .parse(text)
                        .validate();
        ExecutionTime times = ExecutionTime.forCron(cron);
        Timetable table =
                new WallTimes(
                        zone, !fields[quartz ? 2 : 1].startsWith("*"), from -> next(times, from));
        if (next(times, LocalDateTime.of(2000, 1, 1, 0, 0)).isEmpty()) {
            throw new IllegalArgumentException("it never comes");
        }
        return table;
    }

    private static Optional<LocalDateTime> next(ExecutionTime times, LocalDateTime from) {
        return times.nextExecution(from.atZone(ZoneOffset.UTC)).map(ZonedDateTime::toLocalDateTime);
    }
}
