package io.kepm.linux;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A launched program with all that it started. With a cgroup that is everything; without one it is
 * the session and the descendants that the kernel still shows as such: a process that left both
 * gets away.
 */
final class ProcessTree {

    private static final int MOST = 65_536;
    private static final long UNTIL_KILLED_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long STEP_MILLIS = 10;

    private final Optional<Cgroup> cgroup;
    private final int root;
    private final long startTicks;

    private ProcessTree(Optional<Cgroup> cgroup, int root, long startTicks) {
        this.cgroup = cgroup;
        this.root = root;
        this.startTicks = startTicks;
    }

    static ProcessTree of(Cgroup cgroup) {
        return new ProcessTree(Optional.of(cgroup), -1, 0);
    }

    /**
     * @param root leads its own session
     * @param startTicks of it: what is older does not belong to it
     */
    static ProcessTree of(Optional<Cgroup> cgroup, int root, long startTicks) {
        return new ProcessTree(cgroup, root, startTicks);
    }

    /** Whether it was refused a further process; without a cgroup nobody can tell. */
    boolean hitProcessLimit() {
        return cgroup.isPresent() && cgroup.get().hitProcessLimit();
    }

    boolean isEmpty() throws IOException {
        return members().isEmpty();
    }

    /** Sends it to every process that belongs to it now. */
    void signal(int signal) throws IOException {
        for (ProcStat member : members()) {
            try (Pidfd process = Pidfd.open(member.pid())) {
                // INVARIANT: what is signalled still was of the tree after its descriptor was had.
                if (belongs(member)) {
                    process.signal(signal);
                }
            } catch (IOException e) {
                if (belongs(member)) {
                    throw e;
                }
            }
        }
    }

    /**
     * Kills until nothing is left, and removes the cgroup.
     *
     * @throws IOException when something is left after five seconds
     */
    void kill() throws IOException {
        long end = System.nanoTime() + UNTIL_KILLED_NANOS;
        while (!isGone()) {
            if (System.nanoTime() > end) {
                throw new IOException("still there after KILL: " + members());
            }
            if (cgroup.isPresent()) {
                cgroup.get().kill();
            }
            signal(Libc.SIGKILL);
            pause();
        }
    }

    private boolean isGone() throws IOException {
        return isEmpty() && (cgroup.isEmpty() || cgroup.get().remove());
    }

    List<ProcStat> members() throws IOException {
        return cgroup.isPresent() ? cgroup.get().members() : walk();
    }

    private boolean belongs(ProcStat member) {
        boolean same =
                ProcStat.of(member.pid())
                        .filter(now -> now.startTicks() == member.startTicks() && !now.isZombie())
                        .isPresent();
        return same && (cgroup.isEmpty() || cgroup.get().holds(member.pid()));
    }

    private List<ProcStat> walk() {
        List<ProcStat> all = all();
        // The kernel gives a number away only when no session bears it any more.
        if (all.stream().anyMatch(each -> each.pid() == root && each.startTicks() != startTicks)) {
            return List.of();
        }
        Set<Integer> found = new HashSet<>();
        boolean grew = true;
        while (grew) {
            grew = false;
            for (ProcStat each : all) {
                boolean belongs =
                        each.pid() == root
                                || each.session() == root
                                || found.contains(each.parent());
                if (belongs && each.startTicks() >= startTicks && found.add(each.pid())) {
                    grew = true;
                }
            }
        }
        return all.stream().filter(each -> found.contains(each.pid()) && !each.isZombie()).toList();
    }

    private static List<ProcStat> all() {
        List<ProcStat> all = new ArrayList<>();
        String[] names = new File("/proc").list();
        for (String name : names == null ? new String[0] : names) {
            if (all.size() < MOST && !name.isEmpty() && Character.isDigit(name.charAt(0))) {
                ProcStat.of(Integer.parseInt(name)).ifPresent(all::add);
            }
        }
        return all;
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(STEP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a program was ended", e);
        }
    }
}
