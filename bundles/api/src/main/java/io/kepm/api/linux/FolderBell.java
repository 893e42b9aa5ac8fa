package io.kepm.api.linux;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Whether something in a folder may have changed, by the kernel's word (inotify), so that a
 * thousand files are not looked at every few seconds. It says no more than that, and where the
 * kernel tells nothing it says so each time. What the kernel does not tell, such as a change by
 * another name of a file, behind a link, or of a mount, is for whoever asks to look for now and
 * then. For use by one thread at a time.
 */
public final class FolderBell implements AutoCloseable {

    private final Optional<WatchService> service;
    private final Path folder;
    private final Predicate<Path> concerns;
    private Optional<WatchKey> hung = Optional.empty();
    private Optional<Object> place = Optional.empty();

    private FolderBell(Optional<WatchService> service, Path folder, Predicate<Path> concerns) {
        this.service = service;
        this.folder = folder;
        this.concerns = concerns;
    }

    /**
     * Hangs one; at a folder that is not there it hangs once there is one.
     *
     * @param concerns whether an entry of this name is of interest
     */
    public static FolderBell of(Path folder, Predicate<Path> concerns) {
        try {
            return new FolderBell(
                    Optional.of(FileSystems.getDefault().newWatchService()), folder, concerns);
        } catch (IOException e) {
            return new FolderBell(Optional.empty(), folder, concerns);
        }
    }

    /** Whether the kernel tells anything at all; without that it rings each time. */
    public boolean isThere() {
        return service.isPresent();
    }

    /**
     * Whether it rang since it was asked last. What happens after this was called rings for the
     * next time, whatever is at the place of the folder by then.
     */
    public boolean rang() {
        if (service.isEmpty()) {
            return true;
        }
        boolean rang = false;
        for (WatchKey key = service.get().poll(); key != null; key = service.get().poll()) {
            rang |= rings(key);
        }
        return !hangs(service.get()) || rang;
    }

    /**
     * Waits until it rings; false when it did not for so long, or was closed meanwhile by another
     * thread. Without the kernel's word it rings each second.
     */
    public boolean await(Duration longest) throws InterruptedException {
        if (service.isEmpty()) {
            Thread.sleep(Math.min(longest.toMillis(), 1_000));
            return true;
        }
        long end = System.nanoTime() + longest.toNanos();
        try {
            boolean rang = rang();
            long left = end - System.nanoTime();
            while (!rang && left > 0) {
                WatchKey key = service.get().poll(left, TimeUnit.NANOSECONDS);
                rang = key != null && rings(key);
                left = end - System.nanoTime();
            }
            return rang;
        } catch (ClosedWatchServiceException e) {
            return false;
        }
    }

    private boolean rings(WatchKey key) {
        boolean rings = false;
        for (WatchEvent<?> event : key.pollEvents()) {
            // Without a name the kernel lost some.
            rings |= !(event.context() instanceof Path name) || concerns.test(name);
        }
        return !key.reset() || rings;
    }

    /**
     * Whether it hung where it hangs now all the while. A folder that was replaced has the same
     * path and another key; to hang it again each time would wake the thread of the kernel's words.
     */
    private boolean hangs(WatchService kernel) {
        Optional<Object> now = key(folder);
        if (now.isPresent() && now.equals(place) && hung.filter(WatchKey::isValid).isPresent()) {
            return true;
        }
        Optional<WatchKey> before = hung;
        place = now;
        try {
            hung =
                    Optional.of(
                            folder.register(
                                    kernel,
                                    StandardWatchEventKinds.ENTRY_CREATE,
                                    StandardWatchEventKinds.ENTRY_DELETE,
                                    StandardWatchEventKinds.ENTRY_MODIFY));
            return hung.equals(before);
        } catch (IOException e) {
            hung = Optional.empty();
            return false;
        }
    }

    private static Optional<Object> key(Path folder) {
        try {
            return Optional.ofNullable(
                    Files.readAttributes(folder, BasicFileAttributes.class).fileKey());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        try {
            if (service.isPresent()) {
                service.get().close();
            }
        } catch (IOException e) {
            // It rings no more either way.
            return;
        }
    }
}
