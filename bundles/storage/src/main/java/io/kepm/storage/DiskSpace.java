package io.kepm.storage;

import io.kepm.api.health.HealthCheck.Health;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether there is room where the agent writes, told long before anything fails. */
final class DiskSpace {

    /** Below this the warning comes, in bytes. */
    static final long LOW_WATER = 64L << 20;

    private static final int MEBI = 20;

    private final List<Path> folders;
    private final Room room;

    /** Bytes that root can still write there. */
    interface Room {
        long at(Path folder) throws IOException;
    }

    DiskSpace(List<Path> folders, Room room) {
        this.folders = List.copyOf(folders);
        this.room = room;
    }

    static DiskSpace of(List<Path> folders) {
        return new DiskSpace(folders, DiskSpace::free);
    }

    /**
     * Asked every few seconds: the file store would read and compare all mounts for it. Only it can
     * say why there is no answer.
     */
    private static long free(Path folder) throws IOException {
        long free = folder.toFile().getUsableSpace();
        return free > 0 ? free : Files.getFileStore(folder).getUsableSpace();
    }

    Health look() {
        List<String> low = new ArrayList<>();
        long least = Long.MAX_VALUE;
        for (Path folder : folders) {
            Optional<Path> there = existing(folder);
            if (there.isEmpty()) {
                continue;
            }
            try {
                long free = room.at(there.get());
                least = Math.min(least, free);
                if (free < LOW_WATER) {
                    low.add("only %d MiB are free for `%s`".formatted(free >> MEBI, folder));
                }
            } catch (IOException e) {
                low.add("can't tell the free space for `%s`: %s".formatted(folder, e.getMessage()));
            }
        }
        return low.isEmpty()
                ? Health.healthy("at least %d MiB are free".formatted(least >> MEBI))
                : Health.degraded(
                        String.join("; ", low),
                        "free space on its file system: when it is full, elevation is refused");
    }

    /** The folder, or the closest one above it. */
    private static Optional<Path> existing(Path folder) {
        Path there = folder;
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        return Optional.ofNullable(there);
    }
}
