package io.kepm.audit.log;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of files of the log that are complete: {@code KeeperLogger_20261125.log} holds a day,
 * or what came last of it; {@code KeeperLogger_20261125_140312.log} was full at that time.
 */
final class LogNames {

    static final String COMPRESSED = ".gz";

    private static final String PREFIX = "KeeperLogger_";
    private static final Pattern COMPLETE =
            Pattern.compile(PREFIX + "(\\d{8})(_\\d{6})?\\.log(" + COMPRESSED + ")?");

    /** The day that a line begins with, in text and in JSON. */
    private static final Pattern DAY = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");

    private static final int HEAD = 1024;

    private LogNames() {}

    static LocalDate day(Instant time) {
        return LocalDate.ofInstant(time, ZoneOffset.UTC);
    }

    /** The day of a complete file; empty for a file that is none. */
    static Optional<LocalDate> day(String name) {
        Matcher complete = COMPLETE.matcher(name);
        try {
            return complete.matches()
                    ? Optional.of(
                            LocalDate.parse(complete.group(1), DateTimeFormatter.BASIC_ISO_DATE))
                    : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** A free name for the lines of a day; with the time when another file has the plain one. */
    static Path ofDay(Path folder, LocalDate day, Instant now) {
        Path plain = folder.resolve(PREFIX + basic(day) + ".log");
        return isFree(plain) ? plain : free(folder, basic(day), now);
    }

    /** A free name for a file that is full now. */
    static Path ofTime(Path folder, Instant now) {
        return free(folder, basic(day(now)), now);
    }

    /** What the first line says; the last change of the file when it says nothing. */
    static LocalDate dayOfFirstLine(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            String head = new String(in.readNBytes(HEAD), StandardCharsets.UTF_8);
            Matcher found = DAY.matcher(head.lines().findFirst().orElse(""));
            if (found.find()) {
                return LocalDate.parse(found.group());
            }
        } catch (DateTimeException e) {
            // No day after all.
        }
        return day(Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant());
    }

    private static Path free(Path folder, String day, Instant now) {
        Instant time = now;
        while (true) {
            String stamp =
                    DateTimeFormatter.ofPattern("HHmmss", Locale.ROOT)
                            .withZone(ZoneOffset.UTC)
                            .format(time);
            Path file = folder.resolve(PREFIX + day + "_" + stamp + ".log");
            if (isFree(file)) {
                return file;
            }
            time = time.plusSeconds(1);
        }
    }

    private static boolean isFree(Path file) {
        return !Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                && !Files.exists(
                        file.resolveSibling(file.getFileName() + COMPRESSED),
                        LinkOption.NOFOLLOW_LINKS);
    }

    private static String basic(LocalDate day) {
        return day.format(DateTimeFormatter.BASIC_ISO_DATE);
    }
}
