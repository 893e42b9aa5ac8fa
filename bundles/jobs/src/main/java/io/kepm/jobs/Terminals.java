package io.kepm.jobs;

import io.kepm.api.audit.VisibleText;
import io.kepm.api.linux.LaunchOrder;
import io.kepm.api.linux.Launcher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Shows a line on the terminals of people. Written by a process of its own: a terminal that is
 * stopped holds up nobody else, and none becomes the agent's.
 */
final class Terminals {

    private static final int MOST = 32;
    private static final long PATIENCE_SECONDS = 2;

    private final Launcher launcher;
    private final Path folder;
    private final Path writer;

    Terminals(Launcher launcher, Path folder, Path writer) {
        this.launcher = launcher;
        this.folder = folder;
        this.writer = writer;
    }

    /**
     * Shows a text, escaped.
     *
     * @param uid whose terminals; -1 for everybody's but root's
     * @return on how many it was shown
     */
    int show(long uid, String text) throws IOException, InterruptedException {
        byte[] line =
                ("\r\n[kepm] " + VisibleText.of(text, 1000) + "\r\n")
                        .getBytes(StandardCharsets.UTF_8);
        int shown = 0;
        for (Path terminal : of(uid)) {
            shown += shown(terminal, line) ? 1 : 0;
        }
        return shown;
    }

    private List<Path> of(long uid) throws IOException {
        List<Path> found = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return found;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                String name = String.valueOf(file.getFileName());
                if (name.matches("\\d+") && found.size() < MOST && isOf(file, uid)) {
                    found.add(file);
                }
            }
        }
        return found;
    }

    /** Who does not want messages took the write right of the group (mesg(1)). */
    private static boolean isOf(Path file, long uid) throws IOException {
        long owner = ((Number) Files.getAttribute(file, "unix:uid")).longValue();
        return (uid < 0 ? owner != 0 : owner == uid)
                && Files.getPosixFilePermissions(file).contains(PosixFilePermission.GROUP_WRITE);
    }

    private boolean shown(Path terminal, byte[] line) throws IOException, InterruptedException {
        Launcher.Child child =
                launcher.launch(
                        new LaunchOrder(
                                "job.message",
                                writer,
                                List.of("tee", "--", terminal.toString()),
                                Map.of("PATH", Environment.PATH),
                                Path.of("/"),
                                Person.ROOT.user(),
                                LaunchOrder.LaunchLimits.USUAL));
        child.tell(line);
        try {
            return child.exit().get(PATIENCE_SECONDS, TimeUnit.SECONDS) == 0;
        } catch (TimeoutException | ExecutionException e) {
            child.end(Duration.ZERO);
            return false;
        }
    }
}
