package io.kepm.linux;

import io.kepm.api.linux.Scopes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Scopes as transient units {@code kepm-grant-ID.scope} of systemd, in {@code kepm.slice}; {@code
 * kepm-grant-ID.service}, which PID 1 has started by itself, is one as well. PID 1 ends what is in
 * one when its time is over, whatever becomes of the agent.
 */
final class SystemdScopes implements Scopes {

    private static final Pattern UNIT =
            Pattern.compile("kepm-grant-([A-Za-z0-9-]{1,64})\\.(scope|service)");
    static final String SLICE = "kepm.slice";

    /** Between the manager's TERM and its KILL. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private static final Duration UNTIL_THERE = Duration.ofSeconds(5);

    private static final String DROP_IN = ".d";

    private final Path slice;
    private final Path units;
    private final ScheduledExecutorService later;

    /**
     * @param tree the folder of the manager's own cgroups
     */
    SystemdScopes(Path tree, ScheduledExecutorService later) {
        slice = tree.resolve(SLICE);
        units = Path.of("/run/systemd/system");
        this.later = later;
    }

    @Override
    public Means means() {
        return Means.SERVICE_MANAGER;
    }

    @Override
    public void put(String id, int pid, long startTicks, Duration most) throws IOException {
        String unit = scope(id);
        try (ServiceManager manager = ServiceManager.connect();
                ServiceManager.Call call = manager.call("StartTransientUnit")) {
            call.text(unit).text("fail").open('a', "(sv)");
            property(call, "Description", "s").text("A right given by KEPM").close(2);
            property(call, "Slice", "s").text(SLICE).close(2);
            property(call, "CollectMode", "s").text("inactive-or-failed").close(2);
            property(call, "SendSIGHUP", "b").number('b', 1).close(2);
            property(call, "TimeoutStopUSec", "t").big(micros(GRACE)).close(2);
            if (!most.isZero()) {
                property(call, "RuntimeMaxUSec", "t").big(micros(most)).close(2);
            }
            property(call, "PIDs", "au").open('a', "u").number('u', pid).close(3);
            call.close(1).open('a', "(sa(sv))").close(1).make();
        }
        await(id, pid, startTicks);
    }

    /**
     * The manager moves the process and starts the clock of the scope in one step of its own, so
     * what the kernel shows is the end of the job.
     */
    private void await(String id, int pid, long startTicks) throws IOException {
        long end = System.nanoTime() + UNTIL_THERE.toNanos();
        ScopeFolder folder = folder(id);
        while (!folder.members().contains(pid)) {
            if (System.nanoTime() > end || !ScopeId.isSame(pid, startTicks)) {
                throw new IOException(
                        "process " + pid + " did not come into the scope `" + scope(id) + "`");
            }
            pause();
        }
        if (!ScopeId.isSame(pid, startTicks)) {
            throw new IOException("process " + pid + " is gone");
        }
    }

    /**
     * The manager refuses to set the time of a unit that runs (252: "unknown property"). It takes
     * it from a drop-in when it reads its units again, and counts from the unit's beginning then.
     */
    @Override
    public void prolong(String id, Duration most) throws IOException {
        if (most.isZero() || most.isNegative()) {
            throw new IllegalArgumentException("no time: " + most);
        }
        clearDropIns();
        String unit = unit(id);
        if (!folder(id).exists()) {
            throw new IOException("there is no `" + unit + "`");
        }
        String kind = unit.endsWith(".service") ? "Service" : "Scope";
        Path folder = Files.createDirectories(units.resolve(unit + DROP_IN));
        Path draft = folder.resolve(".kepm");
        Files.writeString(draft, "[" + kind + "]\nRuntimeMaxSec=" + micros(most) + "us\n");
        Files.move(draft, folder.resolve("kepm.conf"), StandardCopyOption.ATOMIC_MOVE);
        try (ServiceManager manager = ServiceManager.connect();
                ServiceManager.Call call = manager.call("Reload")) {
            call.make();
        }
    }

    /** Those of units that are gone. */
    private void clearDropIns() throws IOException {
        if (!Files.isDirectory(units)) {
            return;
        }
        try (Stream<Path> all = Files.list(units)) {
            for (Path folder : all.toList()) {
                String unit = folder.getFileName().toString().replaceFirst("\\.d$", "");
                if (folder.toString().endsWith(DROP_IN)
                        && UNIT.matcher(unit).matches()
                        && !Files.isDirectory(slice.resolve(unit))) {
                    Files.deleteIfExists(folder.resolve("kepm.conf"));
                    Files.deleteIfExists(folder.resolve(".kepm"));
                    Files.deleteIfExists(folder);
                }
            }
        }
    }

    @Override
    public Set<Integer> members(String id) throws IOException {
        return folder(id).members();
    }

    @Override
    public Set<String> present() throws IOException {
        Set<String> present = new HashSet<>();
        if (Files.isDirectory(slice)) {
            try (Stream<Path> all = Files.list(slice)) {
                for (Path path : all.toList()) {
                    Matcher named = UNIT.matcher(path.getFileName().toString());
                    if (named.matches()) {
                        present.add(named.group(1));
                    }
                }
            }
        }
        return present;
    }

    /** The manager keeps its own grace, of which no more than ours is waited for. */
    @Override
    public void end(String id, Duration grace) throws IOException {
        if (grace.isZero()) {
            kill(id);
            return;
        }
        try (ServiceManager manager = ServiceManager.connect();
                ServiceManager.Call call = manager.call("StopUnit")) {
            call.text(unit(id)).text("replace").make();
        } catch (ServiceManager.Refused e) {
            if (!e.isNoSuchUnit()) {
                throw e;
            }
            // What the manager knows nothing of is no scope, or one that it lost.
            folder(id).ask();
        }
        if (grace.compareTo(GRACE) < 0) {
            var unused =
                    later.schedule(
                            () -> {
                                kill(id);
                                return null;
                            },
                            grace.toMillis(),
                            TimeUnit.MILLISECONDS);
        }
    }

    /** By the kernel where it can, as no fork gets away from that; else by the manager. */
    private void kill(String id) throws IOException {
        ScopeFolder folder = folder(id);
        if (folder.canKill()) {
            folder.kill();
            return;
        }
        try (ServiceManager manager = ServiceManager.connect();
                ServiceManager.Call call = manager.call("KillUnit")) {
            call.text(unit(id)).text("all").number('i', Libc.SIGKILL).make();
        } catch (ServiceManager.Refused e) {
            if (!e.isNoSuchUnit()) {
                throw e;
            }
        }
    }

    @Override
    public void endTree(int pid, long startTicks, Duration grace) throws IOException {
        new TreeEnd(pid, startTicks).begin(grace, later);
    }

    /** Opens a property: a structure, and the variant in it; both have to be closed. */
    private static ServiceManager.Call property(ServiceManager.Call call, String name, String type)
            throws IOException {
        return call.open('r', "sv").text(name).open('v', type);
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1_000;
    }

    private ScopeFolder folder(String id) {
        return new ScopeFolder(slice.resolve(unit(id)));
    }

    /** The name that it goes by: a scope's when there is none. */
    private String unit(String id) {
        String service = service(id);
        return Files.isDirectory(slice.resolve(service)) ? service : scope(id);
    }

    private static String scope(String id) {
        return "kepm-grant-" + ScopeId.checked(id) + ".scope";
    }

    static String service(String id) {
        return "kepm-grant-" + ScopeId.checked(id) + ".service";
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
