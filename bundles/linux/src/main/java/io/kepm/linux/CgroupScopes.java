package io.kepm.linux;

import io.kepm.api.linux.Scopes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scopes by cgroups of version 2 that the agent makes itself, where there is no service manager.
 * They lie at the top of the tree, not below the agent: who ends the agent's own cgroup does not
 * end them. A folder is named {@code PID.START.ID} after the agent that made it, so that agents
 * side by side leave each other's alone.
 */
final class CgroupScopes implements Scopes {

    private static final Logger LOG = LoggerFactory.getLogger(CgroupScopes.class);
    private static final Pattern NAME =
            Pattern.compile("(\\d{1,9})\\.(\\d{1,18})\\.([A-Za-z0-9-]{1,64})");

    /** Of so many scopes the empty ones go, however seldom somebody looks. */
    private static final int PUTS_TO_CLEAR = 64;

    private final Path base;
    private final ScheduledExecutorService later;
    private final String prefix;

    /** Guarded by this. */
    private int puts;

    private CgroupScopes(Path base, ScheduledExecutorService later) {
        this.base = base;
        this.later = later;
        int self = (int) ProcessHandle.current().pid();
        prefix = self + "." + ProcStat.of(self).map(ProcStat::startTicks).orElse(0L) + ".";
    }

    /** Empty where this system has no such cgroups, or does not let us make one. */
    static Optional<CgroupScopes> in(Path tree, ScheduledExecutorService later) {
        Path base = tree.resolve("kepm-grants");
        try {
            Files.createDirectories(base);
            return new ScopeFolder(base).canKill()
                    ? Optional.of(new CgroupScopes(base, later))
                    : Optional.empty();
        } catch (IOException e) {
            LOG.debug("no scopes by cgroups: {}", e.toString());
            return Optional.empty();
        }
    }

    @Override
    public Means means() {
        return Means.AGENT;
    }

    /** Takes away what is empty: an agent that stopped leaves no more than what runs. */
    void leave() {
        try {
            present();
            Files.deleteIfExists(base);
        } catch (IOException e) {
            LOG.debug("`{}` stays: {}", base, e.toString());
        }
    }

    @Override
    public synchronized void put(String id, int pid, long startTicks, Duration most)
            throws IOException {
        ScopeFolder folder = new ScopeFolder(base.resolve(prefix + ScopeId.checked(id)));
        if (++puts % PUTS_TO_CLEAR == 0) {
            present();
        }
        Files.createDirectories(base);
        Files.createDirectory(folder.path());
        try {
            folder.add(pid);
            if (!folder.members().contains(pid) || !ScopeId.isSame(pid, startTicks)) {
                throw new IOException("process " + pid + " is gone");
            }
        } catch (IOException e) {
            boolean gone = folder.remove();
            throw new IOException(
                    "no cgroup for it: " + e.getMessage() + (gone ? "" : "; one is left"), e);
        }
    }

    @Override
    public void prolong(String id, Duration most) {
        // Nobody but the agent itself ends one.
    }

    @Override
    public Set<Integer> members(String id) throws IOException {
        Optional<ScopeFolder> folder = folder(id);
        return folder.isPresent() ? folder.get().members() : Set.of();
    }

    /** Those that are empty go, and are none any more. */
    @Override
    public synchronized Set<String> present() throws IOException {
        Set<String> present = new HashSet<>();
        for (Path path : folders()) {
            Matcher named = NAME.matcher(path.getFileName().toString());
            if (named.matches() && isOurs(named) && !new ScopeFolder(path).remove()) {
                present.add(named.group(3));
            }
        }
        return present;
    }

    @Override
    public void end(String id, Duration grace) throws IOException {
        Optional<ScopeFolder> folder = folder(id);
        if (folder.isEmpty()) {
            return;
        }
        if (grace.isZero()) {
            folder.get().kill();
            return;
        }
        folder.get().ask();
        var unused =
                later.schedule(() -> kill(folder.get()), grace.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void endTree(int pid, long startTicks, Duration grace) throws IOException {
        new TreeEnd(pid, startTicks).begin(grace, later);
    }

    private static void kill(ScopeFolder folder) {
        try {
            folder.kill();
        } catch (IOException e) {
            LOG.error("`{}` can't be ended: {}", folder.path(), e.getMessage());
        }
    }

    private Optional<ScopeFolder> folder(String id) throws IOException {
        ScopeFolder own = new ScopeFolder(base.resolve(prefix + ScopeId.checked(id)));
        if (own.exists()) {
            return Optional.of(own);
        }
        for (Path path : folders()) {
            Matcher named = NAME.matcher(path.getFileName().toString());
            if (named.matches() && named.group(3).equals(id) && isOurs(named)) {
                return Optional.of(new ScopeFolder(path));
            }
        }
        return Optional.empty();
    }

    private List<Path> folders() throws IOException {
        if (!Files.isDirectory(base)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(base)) {
            return all.filter(Files::isDirectory).toList();
        }
    }

    /** Made by this agent, or by one that is gone. */
    private boolean isOurs(Matcher named) {
        return named.group().startsWith(prefix)
                || !ScopeId.isSame(
                        Integer.parseInt(named.group(1)), Long.parseLong(named.group(2)));
    }
}
