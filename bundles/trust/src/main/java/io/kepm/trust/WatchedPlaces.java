package io.kepm.trust;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Everything that configures the agent and who gets root past it: single files, and folders with
 * what is in them. None of them needs to be there.
 *
 * @param files single ones
 * @param folders with all files below
 */
record WatchedPlaces(List<Path> files, List<Folder> folders) {

    /**
     * A folder.
     *
     * @param depth how far down: 1 for its own files only
     */
    record Folder(Path path, int depth) {}

    WatchedPlaces {
        files = List.copyOf(files);
        folders = List.copyOf(folders);
    }

    /** Those of an installed agent. */
    static WatchedPlaces installed(Path approot, Path lib, Path plugins) {
        return new WatchedPlaces(
                List.of(
                        approot.resolve("appsettings.json"),
                        approot.resolve("persons.json"),
                        approot.resolve("revoked"),
                        approot.resolve("revocations"),
                        Path.of("/etc/sudo.conf"),
                        Path.of("/etc/sudoers"),
                        Path.of("/etc/sudoers-rs")),
                List.of(
                        new Folder(plugins, 6),
                        new Folder(approot.resolve("Jobs"), 6),
                        new Folder(approot.resolve("policies"), 1),
                        new Folder(approot.resolve("etc"), 2),
                        new Folder(lib.resolve("etc"), 2),
                        new Folder(Path.of("/etc/kepm"), 2),
                        new Folder(Path.of("/etc/sudoers.d"), 1),
                        new Folder(Path.of("/etc/pam.d"), 1)));
    }

    /** Whether something of that name in that folder may be one of the places, or lead to one. */
    boolean concerns(Path folder, String name) {
        Path path = folder.resolve(name);
        return files.contains(path)
                || folders.stream()
                        .anyMatch(
                                watched ->
                                        path.startsWith(watched.path())
                                                || watched.path().startsWith(path));
    }

    /** Folders whose entries tell that something changed; those of single files included. */
    Stream<Path> around() {
        Stream<Path> roots = folders.stream().map(Folder::path);
        return Stream.concat(files.stream(), roots)
                .map(Path::getParent)
                .filter(parent -> parent != null)
                .distinct();
    }
}
