package io.kepm.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The places on this machine that a verb touches beside the agent's socket.
 *
 * @param policies the folder of the policies in force
 * @param revocations the signed list of what was taken back, as the guard keeps it
 * @param shell the socket of the shell
 * @param desk reads policy files without the agent
 * @param cvtsudoers the program of sudo that reads sudoers
 * @param client runs a command with other rights, and knows by which way
 * @param door is there when the agent starts commands of {@code kepm run} itself
 * @param manager is there when systemd is the first process of this system
 * @param rescue what root at the console touches
 * @param launcher starts a command on this terminal
 */
public record World(
        Path policies,
        Path revocations,
        Path shell,
        PolicyDesk desk,
        Path cvtsudoers,
        Path client,
        Path door,
        Path manager,
        Rescue rescue,
        Launcher launcher) {

    /**
     * Where a broken glass is told.
     *
     * @param spool where records wait for the agent
     * @param sudoers the folder of sudo's rules, with that of governed users
     * @param input a link that names the terminal we sit at
     * @param alarms programs that read the alarm from their input
     */
    public record Rescue(Path spool, Path sudoers, Path input, List<List<String>> alarms) {}

    /** Starts a command with our own input and output. */
    @FunctionalInterface
    public interface Launcher {
        /**
         * Runs it to its end.
         *
         * @return its exit code
         */
        int launch(List<String> command) throws IOException;
    }

    /** The installed places. */
    static World installed() {
        return new World(
                Path.of("/opt/keeper/sbin/policies"),
                Path.of("/var/lib/kepm/revocations"),
                Path.of("/run/keeper/shell/shell.sock"),
                new EngineDesk(),
                Path.of("/usr/bin/cvtsudoers"),
                Path.of("/usr/libexec/kepm/kepm-run"),
                Path.of("/run/keeper/run.sock"),
                Path.of("/run/systemd/system"),
                new Rescue(
                        Path.of("/var/lib/kepm/spool/audit"),
                        Path.of("/etc/sudoers.d"),
                        Path.of("/proc/self/fd/0"),
                        List.of(
                                List.of("/usr/bin/logger", "-p", "authpriv.alert", "-t", "kepm"),
                                List.of("/usr/bin/wall"))),
                new ThisTerminal());
    }

    /** A class and not a method reference, which every start would pay for. */
    private static final class ThisTerminal implements Launcher {
        @Override
        public int launch(List<String> command) throws IOException {
            Process process = new ProcessBuilder(command).inheritIO().start();
            while (true) {
                try {
                    return process.waitFor();
                } catch (InterruptedException e) {
                    // ^C is for the command, which shares our terminal.
                }
            }
        }
    }
}
