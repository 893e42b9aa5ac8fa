package io.kepm.api.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What is to be started, and as whom.
 *
 * @param name of the component, for its cgroup and for logs: letters, digits, {@code . _ -}
 * @param executable absolute; a regular file that only root could have changed
 * @param argv the arguments as the program sees them, its own name first
 * @param environment all of it; nothing of the agent's is inherited
 * @param workingFolder absolute
 * @param user whose rights it gets: nothing of the agent's is kept
 * @param limits what it may use at most
 * @param partsErrors whether its standard error is kept apart ({@link Launcher.Child#errors})
 */
public record LaunchOrder(
        String name,
        Path executable,
        List<String> argv,
        Map<String, String> environment,
        Path workingFolder,
        LaunchUser user,
        LaunchLimits limits,
        boolean partsErrors) {

    public LaunchOrder {
        argv = List.copyOf(argv);
        environment = Map.copyOf(environment);
    }

    /** One with both streams together. */
    public LaunchOrder(
            String name,
            Path executable,
            List<String> argv,
            Map<String, String> environment,
            Path workingFolder,
            LaunchUser user,
            LaunchLimits limits) {
        this(name, executable, argv, environment, workingFolder, user, limits, false);
    }

    /** The same with standard error apart, or not. */
    public LaunchOrder partingErrors(boolean apart) {
        return new LaunchOrder(
                name, executable, argv, environment, workingFolder, user, limits, apart);
    }

    /**
     * A user by numbers.
     *
     * @param groups all supplementary groups
     */
    public record LaunchUser(long uid, long gid, List<Long> groups) {
        public LaunchUser {
            groups = List.copyOf(groups);
        }

        /**
         * Whoever this process runs as.
         *
         * @throws IOException when the kernel does not say it
         */
        public static LaunchUser ofThisProcess() throws IOException {
            Map<String, List<Long>> ids = new HashMap<>();
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.matches("(Uid|Gid|Groups):[0-9\\s]*")) {
                    String[] words = line.strip().split("\\s+");
                    ids.put(words[0], Stream.of(words).skip(1).map(Long::valueOf).toList());
                }
            }
            List<Long> uid = ids.getOrDefault("Uid:", List.of());
            List<Long> gid = ids.getOrDefault("Gid:", List.of());
            if (uid.isEmpty() || gid.isEmpty()) {
                throw new IOException("/proc/self/status names no user");
            }
            return new LaunchUser(uid.get(0), gid.get(0), ids.getOrDefault("Groups:", List.of()));
        }
    }

    /**
     * Bounds the kernel keeps.
     *
     * @param openFiles descriptors of one process (RLIMIT_NOFILE)
     * @param processes of its cgroup where there is one, else of its user (RLIMIT_NPROC)
     * @param memoryBytes of its cgroup where there is one, else the address space; 0 for no bound
     * @param fileBytes of each file that it writes (RLIMIT_FSIZE); 0 for no bound
     */
    public record LaunchLimits(long openFiles, long processes, long memoryBytes, long fileBytes) {
        public static final LaunchLimits USUAL = new LaunchLimits(1024, 256, 0, 0);

        /** The same with a bound of each file. */
        public LaunchLimits withFileBytes(long bytes) {
            return new LaunchLimits(openFiles, processes, memoryBytes, bytes);
        }
    }
}
