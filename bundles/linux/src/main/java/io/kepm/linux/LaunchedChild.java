package io.kepm.linux;

import io.kepm.api.linux.Launcher;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A program that the launcher started, and all that it starts. */
final class LaunchedChild implements Launcher.Child {

    private static final Logger LOG = LoggerFactory.getLogger(LaunchedChild.class);

    private final String name;
    private final Process process;
    private final Pidfd pidfd;
    private final Launcher.Identity identity;
    private final List<FileStatus> programs;
    private final InputStream errors;
    private final ProcessTree tree;
    private final CompletableFuture<Integer> exit;
    private boolean told;

    /** What was known of it when it ended: its cgroup is gone by then. */
    private volatile boolean hitProcessLimit;

    /**
     * @param programs what the kernel may show as its program: itself, or what reads the script
     * @param errors what is read of its standard error; empty where that goes with its output
     */
    LaunchedChild(
            String name,
            Process process,
            Pidfd pidfd,
            Launcher.Identity identity,
            List<FileStatus> programs,
            InputStream errors,
            ProcessTree tree) {
        this.name = name;
        this.process = process;
        this.pidfd = pidfd;
        this.identity = identity;
        this.programs = List.copyOf(programs);
        this.errors = errors;
        this.tree = tree;
        this.exit = process.onExit().thenApply(this::ended);
    }

    @Override
    public Launcher.Identity identity() {
        return identity;
    }

    @Override
    public boolean isAlive() {
        return pidfd.isAlive();
    }

    @Override
    public synchronized void tell(byte[] bytes) throws IOException {
        if (told) {
            throw new IOException("`" + name + "` was told before");
        }
        told = true;
        try (OutputStream input = process.getOutputStream()) {
            input.write(bytes);
        }
    }

    @Override
    public InputStream output() {
        return process.getInputStream();
    }

    @Override
    public InputStream errors() {
        return errors;
    }

    @Override
    public CompletableFuture<Integer> exit() {
        return exit.copy();
    }

    @Override
    public boolean holds(long socketInode) {
        String wanted = "socket:[" + socketInode + "]";
        String folder = "/proc/" + identity.pid() + "/fd";
        String[] numbers = new File(folder).list();
        boolean found = false;
        for (String number : numbers == null ? new String[0] : numbers) {
            try {
                found |= PathWalk.readLink(folder + "/" + number).equals(wanted);
            } catch (IOException e) {
                // Closed meanwhile.
                LOG.trace("descriptor {} of process {}", number, identity.pid(), e);
            }
        }
        // INVARIANT: what /proc said was said of this process only if it lives after it.
        return found && isAlive();
    }

    @Override
    public boolean isUnchanged() {
        try {
            boolean same =
                    FileStatus.behind("/proc/" + identity.pid() + "/exe")
                            .filter(now -> programs.stream().anyMatch(now::isSameFile))
                            .isPresent();
            return same && isAlive();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void end(Duration grace) throws IOException {
        if (!exit.isDone()) {
            tree.signal(Libc.SIGTERM);
            if (!endedWithin(grace)) {
                tree.kill();
                if (!endedWithin(Duration.ofSeconds(5))) {
                    throw new IOException("`" + name + "` is still there after KILL");
                }
            }
        }
        if (exit.isCompletedExceptionally()) {
            // What it left behind could not be ended when it did.
            tree.kill();
        }
    }

    private boolean endedWithin(Duration time) throws IOException {
        try {
            exit.get(time.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IOException("`" + name + "` left something behind", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while `" + name + "` was ended", e);
        }
    }

    @Override
    public boolean hitProcessLimit() {
        return hitProcessLimit || tree.hitProcessLimit();
    }

    private int ended(Process over) {
        pidfd.close();
        hitProcessLimit = tree.hitProcessLimit();
        try {
            tree.kill();
        } catch (IOException e) {
            LOG.error("`{}` ended, what it started did not: {}", name, e.getMessage());
            throw new java.io.UncheckedIOException(e);
        }
        return over.exitValue();
    }
}
