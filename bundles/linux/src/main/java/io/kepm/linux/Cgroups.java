package io.kepm.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the cgroups of launched programs lie: below the agent's own, one each, named {@code
 * kepm.PID.START.NUMBER.NAME} after the agent that made it, so that the next one knows what a
 * killed one left.
 */
final class Cgroups {

    private static final Logger LOG = LoggerFactory.getLogger(Cgroups.class);
    private static final Pattern NAME = Pattern.compile("kepm\\.(\\d{1,9})\\.(\\d{1,18})\\..*");

    private final Optional<Path> base;
    private final String prefix;
    private final AtomicLong next = new AtomicLong();

    private Cgroups(Optional<Path> base) {
        this.base = base;
        int self = (int) ProcessHandle.current().pid();
        this.prefix =
                "kepm." + self + "." + ProcStat.of(self).map(ProcStat::startTicks).orElse(0L) + ".";
    }

    /** None where this system has no cgroup version 2, or does not say where ours is. */
    static Cgroups ofThisProcess() {
        try {
            return new Cgroups(
                    CgroupPlace.find(
                            Files.readString(Path.of("/proc/self/mountinfo")),
                            Files.readString(Path.of("/proc/self/cgroup"))));
        } catch (IOException e) {
            LOG.debug("no cgroups", e);
            return none();
        }
    }

    static Cgroups none() {
        return new Cgroups(Optional.empty());
    }

    /** Empty where there can't be one. */
    Optional<Cgroup> create(String name) {
        if (base.isEmpty()) {
            return Optional.empty();
        }
        Path folder = base.get().resolve(prefix + next.incrementAndGet() + "." + name);
        try {
            return Optional.of(new Cgroup(Files.createDirectory(folder)));
        } catch (IOException e) {
            LOG.debug("no cgroup for `{}`: {}", name, e.toString());
            return Optional.empty();
        }
    }

    /** Ends what agents that are gone left running. */
    void clear() {
        if (base.isEmpty()) {
            return;
        }
        try (Stream<Path> folders = Files.list(base.get())) {
            for (Path folder : folders.filter(Cgroups::isLeftBehind).toList()) {
                LOG.warn("`{}` was left running by a former agent, and is ended", folder);
                ProcessTree.of(new Cgroup(folder)).kill();
            }
        } catch (IOException e) {
            LOG.warn("what a former agent left running could not be ended: {}", e.getMessage());
        }
    }

    private static boolean isLeftBehind(Path folder) {
        Matcher named = NAME.matcher(folder.getFileName().toString());
        return named.matches()
                && ProcStat.of(Integer.parseInt(named.group(1)))
                        .filter(stat -> stat.startTicks() == Long.parseLong(named.group(2)))
                        .isEmpty();
    }
}
