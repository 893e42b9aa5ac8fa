package io.kepm.linux;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

/** Finds folders of cgroups. */
final class CgroupPlace {

    private CgroupPlace() {}

    /**
     * That of this process, version 2.
     *
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
        return group.isPresent()
                ? top(mounts).map(path -> path.resolve(group.get()))
                : Optional.empty();
    }

    /** The top of version 2. */
    static Optional<Path> top(String mounts) {
        return mount(mounts, line -> line.contains(" - cgroup2 "));
    }

    /**
     * The folder of all cgroups of the service manager: of version 2 where it is mounted, as it
     * uses that then, else its own of version 1.
     *
     * @param groups {@code /proc/1/cgroup}
     */
    static Optional<Path> ofManager(String mounts, String groups) {
        return top(mounts)
                .flatMap(top -> below(top, groups, "0::/"))
                .or(
                        () ->
                                mount(
                                                mounts,
                                                line ->
                                                        line.contains(" - cgroup ")
                                                                && line.matches(
                                                                        ".*[ ,]name=systemd(,.*)?"))
                                        .flatMap(top -> below(top, groups, ":name=systemd:/")));
    }

    /** Of the group that PID 1 is in, without the one that it made for itself. */
    private static Optional<Path> below(Path top, String groups, String mark) {
        return groups.lines()
                .filter(line -> line.contains(mark))
                .map(line -> line.substring(line.indexOf(mark) + mark.length()))
                .filter(path -> !path.startsWith(".."))
                .map(path -> path.replaceAll("(^|/)(init\\.scope|systemd)$", ""))
                .map(top::resolve)
                .findFirst();
    }

    private static Optional<Path> mount(String mounts, Predicate<String> kind) {
        return mounts.lines()
                .filter(kind)
                .map(line -> line.split(" ", 6))
                .filter(fields -> fields.length == 6 && fields[3].equals("/"))
                .map(fields -> Path.of(fields[4]))
                .findFirst();
    }
}
