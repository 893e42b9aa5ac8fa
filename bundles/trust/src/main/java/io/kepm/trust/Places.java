package io.kepm.trust;

import java.nio.file.Path;
import java.util.List;

/**
 * What is looked at again and again.
 *
 * @param trusted what only root may change
 * @param closed what users may not even read
 */
record Places(List<Path> trusted, List<Path> closed) {

    Places {
        trusted = List.copyOf(trusted);
        closed = List.copyOf(closed);
    }

    /** Those of an installed agent. */
    static Places installed(Path approot, Path lib, Path run) {
        Path store = approot.resolve("KeeperStorage");
        Path policies = approot.resolve("policies");
        return new Places(
                List.of(
                        approot,
                        lib,
                        lib.resolve("lib"),
                        lib.resolve("etc"),
                        approot.resolve("Plugins"),
                        approot.resolve("Jobs"),
                        store,
                        policies,
                        run,
                        Path.of("/usr/libexec/kepm"),
                        Path.of("/etc/kepm/plugin.conf"),
                        Path.of("/etc/sudo.conf")),
                List.of(store, policies));
    }
}
