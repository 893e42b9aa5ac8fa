package io.kepm.sudo;

import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.linux.Accounts.Account;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The environment of a command, made from nothing: facts of the system, and of what the client
 * offers the terminal's type, its language, and what the policies name.
 */
final class RunEnvironment {

    static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static final int LONGEST = 4096;

    /** No slash and no percent sign: a name of a file, or of a format, is none of these. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.,:;=@+ -]{0,256}");

    private static final Pattern TERMINAL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.+-]{0,63}");

    private final Account caller;
    private final Account target;
    private final Map<String, String> offered;

    RunEnvironment(Account caller, Account target, Map<String, String> offered) {
        this.caller = caller;
        this.target = target;
        this.offered = Map.copyOf(offered);
    }

    /** As {@code NAME=VALUE}, in order of the names. */
    List<String> of(LaunchAnswer.Run run, String path, String tty) {
        Map<String, String> made = new TreeMap<>();
        String terminal = offered.getOrDefault("TERM", "");
        if (TERMINAL.matcher(terminal).matches()) {
            made.put("TERM", terminal);
        }
        keep(made, "LANG");
        run.conditions().keepEnv().forEach(name -> keep(made, name));
        made.put("HOME", target.home());
        made.put("USER", target.name());
        made.put("LOGNAME", target.name());
        made.put("SHELL", target.shell());
        made.put("PATH", PATH);
        made.put("SUDO_USER", caller.name());
        made.put("SUDO_UID", Long.toString(caller.uid()));
        made.put("SUDO_GID", Long.toString(caller.gid()));
        made.put("SUDO_COMMAND", command(run, path));
        made.put("KEPM_GRANT", run.grantId());
        made.put("KEPM_REQUEST", run.requestId());
        if (!tty.isEmpty()) {
            made.put("SUDO_TTY", tty);
        }
        List<String> words = new ArrayList<>();
        made.forEach((name, value) -> words.add(name + "=" + value));
        return words;
    }

    private void keep(Map<String, String> made, String name) {
        String value = offered.get(name);
        if (value != null && PLAIN.matcher(value).matches()) {
            made.put(name, value);
        }
    }

    private static String command(LaunchAnswer.Run run, String path) {
        List<String> argv = run.conditions().argv();
        List<String> words = new ArrayList<>(List.of(path));
        words.addAll(argv.subList(Math.min(1, argv.size()), argv.size()));
        String line = String.join(" ", words);
        return line.length() > LONGEST ? line.substring(0, LONGEST) : line;
    }
}
