package io.kepm.sudo;

import java.nio.file.Path;
import java.util.List;

/**
 * Where things of sudo lie on a machine.
 *
 * @param programFolders searched for set-uid programs that read sudoers
 * @param sudoersFolder drop-ins
 * @param configuration files whose change calls for a new proof
 * @param pamFolder services of PAM
 * @param plugin our sudo plugin
 * @param gate our PAM module
 * @param canary the program that no sudo may run
 * @param mark the file that it leaves when one did
 * @param visudo checkers, the first that exists is taken
 * @param setpriv starts a program as another user
 * @param breakGlassMark says that the break-glass rule was written once
 */
record Places(
        List<Path> programFolders,
        Path sudoersFolder,
        List<Path> configuration,
        Path pamFolder,
        Path plugin,
        Path gate,
        Path canary,
        Path mark,
        List<Path> visudo,
        Path setpriv,
        Path breakGlassMark) {

    Places {
        programFolders = List.copyOf(programFolders);
        configuration = List.copyOf(configuration);
        visudo = List.copyOf(visudo);
    }

    /** Those of an ordinary Linux; cargo's folder is where Ubuntu keeps its sudo-rs. */
    static Places ofThisMachine(Path run, Path state) {
        return new Places(
                List.of(
                        Path.of("/usr/bin"),
                        Path.of("/usr/sbin"),
                        Path.of("/bin"),
                        Path.of("/sbin"),
                        Path.of("/usr/local/bin"),
                        Path.of("/usr/local/sbin"),
                        Path.of("/usr/lib/cargo/bin"),
                        Path.of("/usr/lib/cargo/bin/sudo"),
                        Path.of("/opt/sudo/bin"),
                        Path.of("/run/wrappers/bin")),
                Path.of("/etc/sudoers.d"),
                List.of(
                        Path.of("/etc/sudo.conf"),
                        Path.of("/etc/sudoers"),
                        Path.of("/etc/sudoers-rs")),
                Path.of("/etc/pam.d"),
                Path.of("/usr/libexec/kepm/kepm_sudo.so"),
                Path.of("/usr/libexec/kepm/pam_kepm_gate.so"),
                Path.of(Nonces.COMMAND),
                run.resolve("canary.ran"),
                List.of(
                        Path.of("/usr/sbin/visudo.ws"),
                        Path.of("/usr/sbin/visudo"),
                        Path.of("/usr/local/sbin/visudo")),
                Path.of("/usr/bin/setpriv"),
                state.resolve("break-glass.written"));
    }
}
