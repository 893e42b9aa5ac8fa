package io.kepm.guard;

import java.nio.file.Path;

/**
 * The system properties that Karaf and the libraries read; the launch line names only the folders.
 */
final class KarafProperties {

    private KarafProperties() {}

    static void set(Installation installation, Path cache, int level) {
        Path lib = installation.lib();
        Path karaf = installation.state().resolve("karaf");
        set("kepm.approot", installation.approot());
        set("kepm.lib", lib);
        set("kepm.state", installation.state());
        set("kepm.run", installation.run());
        // Read by etc/config.properties.
        set("kepm.cache", cache);
        System.setProperty("kepm.level", Integer.toString(level));

        set("karaf.home", lib);
        set("karaf.base", lib);
        set("karaf.etc", lib.resolve("etc"));
        set("karaf.data", karaf);
        set("karaf.log", karaf);
        set("karaf.instances", karaf);
        System.setProperty("karaf.startLocalConsole", "false");
        System.setProperty("karaf.startRemoteShell", "false");
        // The guard decides itself when the cache goes.
        System.setProperty("karaf.clean.cache.on.jdk.change", "false");

        nativeLibraries(lib.resolve("native").resolve(architecture()));
    }

    /** From the installation only: nothing is unpacked, nothing is looked for elsewhere. */
    private static void nativeLibraries(Path folder) {
        set("jna.boot.library.path", folder);
        System.setProperty("jna.nounpack", "true");
        System.setProperty("jna.nosys", "true");
        set("org.sqlite.lib.path", folder);
        System.setProperty("org.sqlite.lib.name", "libsqlitejdbc.so");
        System.setProperty("library.jansi.mode", "strip");
        System.setProperty("org.jline.terminal.provider", "dumb");
        System.setProperty("org.jline.terminal.jni", "false");
        System.setProperty("org.jline.terminal.jna", "false");
        System.setProperty("org.jline.terminal.jansi", "false");
    }

    private static String architecture() {
        return "linux-" + System.getProperty("os.arch", "unknown");
    }

    private static void set(String property, Path value) {
        System.setProperty(property, value.toString());
    }
}
