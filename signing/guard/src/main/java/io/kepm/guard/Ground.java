package io.kepm.guard;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** The agent's own folders, made ready, and the lock that keeps a second agent off them. */
final class Ground {

    private final Installation installation;
    private final RootOwned ownership;

    Ground(Installation installation, RootOwned ownership) {
        this.installation = installation;
        this.ownership = ownership;
    }

    /** What is wrong with a folder; those that are missing are made. Nothing is deleted yet. */
    Optional<String> fault() throws IOException {
        folder(installation.state(), "rwxr-xr-x");
        folder(installation.run(), "rwxr-xr-x");
        Optional<String> fault = ownership.fault(installation.state());
        for (String name : new String[] {"cache", "karaf", "spool", "tmp"}) {
            if (fault.isEmpty()) {
                folder(installation.state().resolve(name), "rwx------");
                fault = ownership.fault(installation.state().resolve(name));
            }
        }
        return fault.isPresent() ? fault : ownership.fault(installation.run());
    }

    /**
     * The lock, held until this process ends, however it ends; empty when another agent has it.
     * With it go what the last run left in its temporary folder and its word that it is ready.
     */
    Optional<FileLock> lock() throws IOException {
        FileChannel channel =
                FileChannel.open(
                        installation.state().resolve("agent.lock"),
                        Set.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE,
                                LinkOption.NOFOLLOW_LINKS),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        Optional<FileLock> lock = Optional.ofNullable(channel.tryLock());
        if (lock.isPresent()) {
            for (Path left : FolderTree.children(installation.state().resolve("tmp"))) {
                if (!left.equals(installation.archive())) {
                    FolderTree.delete(left);
                }
            }
            Files.deleteIfExists(installation.run().resolve("ready"));
        }
        return lock;
    }

    /** Readies the folder of a run that only records an archive, beside an agent that may run. */
    void emptyArchive() throws IOException {
        FolderTree.empty(installation.archive());
    }

    private static void folder(Path path, String permissions) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(path.getParent());
            Files.createDirectory(path);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        }
    }
}
