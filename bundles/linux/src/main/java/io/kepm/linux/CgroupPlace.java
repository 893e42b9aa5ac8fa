package io.kepm.linux;

import java.nio.file.Path;
import java.util.Optional;

/** Finds the folder of this process's cgroup, version 2. */
final class CgroupPlace {

    private CgroupPlace() {}

    /**
     * @param mounts {@code /proc/self/mountinfo}: mount point fifth, the type first behind the dash
     * @param groups {@code /proc/self/cgroup}: version 2 is the line {@code 0::PATH}
     */
    static Optional<Path> find(String mounts, String groups) {
        Optional<String> group =
                groups.lines()
                        .filter(line -> line.startsWith("0::/"))
                        .map(line -> line.substring("0::/".length()))
                        .filter(path -> !path.startsWith(".."))
                        .findFirst();
        Optional<Path> mount =
                mounts.lines()
                        .filter(line -> line.contains(" - cgroup2 "))
                        .map(line -> line.split(" ", 6))
                        .filter(fields -> fields.length == 6 && fields[3].equals("/"))
                        .map(fields -> Path.of(fields[4]))
                        .findFirst();
        return group.isPresent() ? mount.map(path -> path.resolve(group.get())) : Optional.empty();
    }
}
