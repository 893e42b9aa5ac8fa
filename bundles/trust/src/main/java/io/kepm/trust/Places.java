package io.kepm.trust;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is looked at again and again.
 *
 * @param trusted what only root may change
 * @param deep what only root may change, with all folders below it
 * @param closed what users may not even read
 */
record Places(List<Path> trusted, List<Path> deep, List<Path> closed) {

    /** The units of systemd that the agent has or makes, by the ends of their folders. */
    private static final List<String> UNITS =
            List.of(
                    "KeeperPrivilegeManager.service",
                    "KeeperPrivilegeManager.service.d",
                    "kepm.service");

    Places {
        trusted = List.copyOf(trusted);
        deep = List.copyOf(deep);
        closed = List.copyOf(closed);
    }

    /** Those of an installed agent. */
    static Places installed(Path approot, Path lib, Path run) {
        Path store = approot.resolve("KeeperStorage");
        Path policies = approot.resolve("policies");
        List<Path> trusted = new ArrayList<>();
        for (String folder : List.of("/etc/systemd/system", "/usr/lib/systemd/system")) {
            UNITS.forEach(unit -> trusted.add(Path.of(folder, unit)));
        }
        trusted.addAll(
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
                        Path.of("/usr/bin/kepm"),
                        Path.of("/usr/bin/keepersudo"),
                        Path.of("/usr/bin/keeperagent"),
                        Path.of("/usr/libexec/kepm"),
                        Path.of("/etc/kepm/plugin.conf"),
                        Path.of("/etc/sudo.conf")));
        return new Places(
                trusted,
                List.of(approot.resolve("Plugins/bin"), Path.of("/usr/lib/kepm")),
                List.of(store, policies));
    }
}
