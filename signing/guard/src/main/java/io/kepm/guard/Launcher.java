package io.kepm.guard;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.karaf.main.Main;

/**
 * The agent's main class: checks, then Karaf in this process, until it stops. Each thing that is
 * wrong ends it with one line and exit code 1.
 *
 * <p>With {@code --archive} only the libraries start, in a cache of their own, and it ends at once:
 * the launch line uses that to record a class-data archive at installation.
 */
public final class Launcher {

    /** Start levels: up to here only libraries, no code of ours; and everything. */
    private static final int LIBRARIES = 40;

    private static final int EVERYTHING = 100;

    private Launcher() {}

    public static void main(String[] args) {
        Installation installation = Installation.fromSystemProperties();
        boolean archive = args.length == 1 && "--archive".equals(args[0]);
        try {
            if (args.length > 0 && !archive) {
                throw new StartRefused("unknown argument `" + Printable.of(args[0]) + "`");
            }
            Optional<FileLock> lock = check(installation, archive);
            try {
                System.exit(run(installation, archive));
            } finally {
                // The lock ends with its channel, and that when nobody can reach it.
                Reference.reachabilityFence(lock);
            }
        } catch (StartRefused e) {
            System.err.println("KeeperPrivilegeManager: " + e.getMessage());
        } catch (Exception e) {
            System.err.println("KeeperPrivilegeManager: the framework did not start" + causes(e));
        }
        System.exit(1);
    }

    private static Optional<FileLock> check(Installation installation, boolean archive)
            throws IOException {
        // Whoever is not root can only try it out, with no more rights than they have.
        boolean tried = Boolean.getBoolean("kepm.dev");
        if (tried == (RootOwned.effectiveUser() == 0)) {
            throw new StartRefused(
                    tried
                            ? "an agent to try things out is not for root"
                            : "the agent runs as root only");
        }
        RootOwned ownership = RootOwned.ofThisAgent();
        refuseFor(new Preflight(installation, ownership).fault());
        Ground ground = new Ground(installation, ownership);
        refuseFor(ground.fault());
        if (archive) {
            ground.emptyArchive();
            return Optional.empty();
        }
        Optional<FileLock> lock = ground.lock();
        if (lock.isEmpty()) {
            throw new StartRefused("another agent is running: stop it first");
        }
        return lock;
    }

    private static void refuseFor(Optional<String> fault) {
        fault.ifPresent(
                reason -> {
                    throw new StartRefused(Printable.of(reason));
                });
    }

    private static int run(Installation installation, boolean archive) throws Exception {
        Path cache = archive ? installation.archive() : installation.cache();
        KarafProperties.set(installation, cache, archive ? LIBRARIES : EVERYTHING);
        // Until the log is up, what Karaf says goes to standard error.
        Logger.getLogger("").setLevel(Level.WARNING);
        Main karaf = new Main(new String[0]);
        try {
            karaf.launch();
            if (archive) {
                Stop.whenAtLevel(karaf.getFramework(), LIBRARIES);
            }
            karaf.awaitShutdown();
        } finally {
            karaf.destroy();
        }
        return karaf.getExitCode();
    }

    private static String causes(Throwable failure) {
        StringBuilder text = new StringBuilder();
        for (Throwable each = failure; each != null; each = each.getCause()) {
            String message = each.getMessage();
            text.append(": ").append(message == null ? each.getClass().getSimpleName() : message);
        }
        return Printable.of(text.toString().replaceAll("\\s+", " ").strip());
    }

    /** The one line that ends a start. */
    private static final class StartRefused extends RuntimeException {
        StartRefused(String message) {
            super(message);
        }
    }
}
