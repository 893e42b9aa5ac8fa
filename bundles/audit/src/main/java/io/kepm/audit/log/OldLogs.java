package io.kepm.audit.log;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.zip.GZIPOutputStream;

/**
 * What becomes of complete files: a day after their own they are compressed, and after so many days
 * removed. Their names say how old they are; other files are left alone. For use by one thread.
 */
final class OldLogs {

    private static final String UNFINISHED = ".part";

    private final Path folder;
    private final IntSupplier days;
    private final InstantSource clock;

    OldLogs(Path folder, IntSupplier days, InstantSource clock) {
        this.folder = folder;
        this.days = days;
        this.clock = clock;
    }

    /** Looks through the folder; says what could not be done. */
    List<String> run() {
        List<String> faults = new ArrayList<>();
        LocalDate today = LogNames.day(clock.instant());
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "KeeperLogger_*")) {
            for (Path file : files) {
                try {
                    judge(file, today);
                } catch (IOException e) {
                    faults.add(file.getFileName() + ": " + e.getMessage());
                }
            }
        } catch (IOException e) {
            faults.add("the folder of the log: " + e.getMessage());
        }
        return faults;
    }

    private void judge(Path file, LocalDate today) throws IOException {
        String name = file.getFileName().toString();
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (name.endsWith(UNFINISHED)) {
            Files.delete(file);
            return;
        }
        LocalDate day = LogNames.day(name).orElse(today);
        if (day.isBefore(today.minusDays(days.getAsInt()))) {
            Files.delete(file);
        } else if (day.isBefore(today.minusDays(1)) && !name.endsWith(LogNames.COMPRESSED)) {
            compress(file, name + LogNames.COMPRESSED);
        }
    }

    /** The whole of it stands under the new name before the old one goes. */
    private void compress(Path file, String name) throws IOException {
        Path unfinished = folder.resolve(name + UNFINISHED);
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
                FileChannel channel =
                        FileChannel.open(
                                unfinished,
                                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                                PosixFilePermissions.asFileAttribute(
                                        PosixFilePermissions.fromString("rw-r-----")));
                OutputStream out = new GZIPOutputStream(Channels.newOutputStream(channel), 8192)) {
            in.transferTo(out);
        } catch (IOException e) {
            Files.deleteIfExists(unfinished);
            throw e;
        }
        Files.move(
                unfinished,
                folder.resolve(name),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        Files.delete(file);
    }
}
