package io.kepm.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Programs that run something that is named to them, by their names alone. A list of such programs
 * is never whole; what is missing here is root's own choice and no way for a user.
 */
final class Runners {

    /** What does nothing but start another program. */
    private static final Set<String> STARTERS =
            Set.of(
                    "bwrap",
                    "catchsegv",
                    "chpst",
                    "chroot",
                    "chrt",
                    "choom",
                    "daemon",
                    "dbus-run-session",
                    "doas",
                    "eatmydata",
                    "env",
                    "fakeroot",
                    "firejail",
                    "flock",
                    "gosu",
                    "ionice",
                    "linux32",
                    "linux64",
                    "ltrace",
                    "nice",
                    "nohup",
                    "nsenter",
                    "numactl",
                    "parallel",
                    "perf",
                    "pkexec",
                    "prlimit",
                    "proot",
                    "run0",
                    "runuser",
                    "script",
                    "setarch",
                    "setpriv",
                    "setsid",
                    "sg",
                    "start-stop-daemon",
                    "stdbuf",
                    "strace",
                    "su",
                    "su-exec",
                    "sudo",
                    "systemd-cat",
                    "systemd-inhibit",
                    "systemd-run",
                    "taskset",
                    "time",
                    "timeout",
                    "unbuffer",
                    "unshare",
                    "valgrind",
                    "watch",
                    "xargs");

    /** Of the actions that {@code tar} takes at checkpoints the one that runs something. */
    private static final Pattern CHECKPOINT =
            Pattern.compile("(?:--ch[-a-z]*=)?exec=(.*)", Pattern.DOTALL);

    /** The loader itself, called as a program. */
    private static final Pattern LOADER = Pattern.compile("ld\\.so|ld-linux.*\\.so\\.\\d+");

    /**
     * What runs the file that comes with one of these options, and takes other files as what it
     * works on. A letter is one of an option with more letters too.
     */
    private static final Map<String, Set<String>> FILES =
            Map.ofEntries(
                    Map.entry("at", Set.of("f")),
                    Map.entry("awk", Set.of("f", "E", "i", "l", "file", "exec", "include", "load")),
                    Map.entry("bmake", Set.of("f", "C", "I", "m")),
                    Map.entry("emacs", Set.of("l", "script", "load")),
                    Map.entry("ex", Set.of("S", "u", "s")),
                    Map.entry(
                            "gawk", Set.of("f", "E", "i", "l", "file", "exec", "include", "load")),
                    Map.entry("gmake", Set.of("f", "C", "I", "file", "makefile", "directory")),
                    Map.entry("gsed", Set.of("f", "file")),
                    Map.entry("make", Set.of("f", "C", "I", "file", "makefile", "directory")),
                    Map.entry("mawk", Set.of("f", "file")),
                    Map.entry("nawk", Set.of("f")),
                    Map.entry("nvim", Set.of("S", "u", "s", "l")),
                    Map.entry("original-awk", Set.of("f")),
                    Map.entry("psql", Set.of("f", "file")),
                    Map.entry("sed", Set.of("f", "file")),
                    Map.entry("sqlite", Set.of("init")),
                    Map.entry("ssh", Set.of("F")),
                    Map.entry("vi", Set.of("S", "u", "s")),
                    Map.entry("vim", Set.of("S", "u", "s")));

    /** What runs, by a shell or as one would, the line of words that comes with these options. */
    private static final Map<String, Set<String>> LINES =
            Map.ofEntries(
                    Map.entry("rsync", Set.of("e", "rsh")),
                    Map.entry(
                            "tar",
                            Set.of(
                                    "I",
                                    "F",
                                    "info-script",
                                    "new-volume-script",
                                    "rmt-command",
                                    "rsh-command",
                                    "to-command",
                                    "use-compress-program")));

    /** What {@code find} starts, with all words up to the end of them. */
    private static final Set<String> EXEC = Set.of("-exec", "-execdir", "-ok", "-okdir");

    private Runners() {}

    /** By the name alone, whatever its version: {@code python3.11} is {@code python}. */
    static String bare(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("(-?[0-9.]+)?(\\.exe)?$", "");
    }

    static boolean isStarter(String name) {
        return STARTERS.contains(name) || LOADER.matcher(name).matches();
    }

    /** Whether what it is told says what runs, in whatever way. */
    static boolean isKnown(String name) {
        String bare = bare(name);
        return isStarter(name)
                || Interpreters.isOne(name)
                || FILES.containsKey(bare)
                || LINES.containsKey(bare)
                || isFind(bare);
    }

    private static boolean isFind(String bare) {
        return bare.equals("find") || bare.equals("gfind");
    }

    /** The files that the options of such a program have it run. */
    static List<String> files(String name, List<String> arguments) {
        return named(FILES.getOrDefault(bare(name), Set.of()), arguments);
    }

    /** The lines of words that the options of such a program have it run. */
    static List<String> lines(String name, List<String> arguments) {
        List<String> lines = named(LINES.getOrDefault(bare(name), Set.of()), arguments);
        if (bare(name).equals("tar")) {
            arguments.stream()
                    .map(CHECKPOINT::matcher)
                    .filter(Matcher::matches)
                    .forEach(exec -> lines.add(exec.group(1)));
        }
        return lines;
    }

    /** The programs that {@code find} starts, each with what it is told. */
    static List<List<String>> executed(String name, List<String> arguments) {
        List<List<String>> executed = new ArrayList<>();
        for (int i = 0; isFind(bare(name)) && i < arguments.size(); i++) {
            if (EXEC.contains(arguments.get(i))) {
                int end = i + 1;
                while (end < arguments.size() && !isEnd(arguments, end)) {
                    end++;
                }
                executed.add(arguments.subList(i + 1, end));
                i = end;
            }
        }
        return executed;
    }

    /** A plus is an end only behind the place of the names. */
    private static boolean isEnd(List<String> arguments, int at) {
        return arguments.get(at).equals(";")
                || (arguments.get(at).equals("+") && arguments.get(at - 1).equals("{}"));
    }

    private static List<String> named(Set<String> options, List<String> arguments) {
        List<String> named = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            for (String rest : meant(options, arguments.get(i))) {
                boolean isNext = rest.isEmpty() && i + 1 < arguments.size();
                named.add(isNext ? arguments.get(i + 1) : rest);
            }
        }
        return named;
    }

    /**
     * What of an option may be, or may announce, something that is run; empty when it has no such
     * meaning.
     *
     * @return the rest of the option, or an empty text when the next word is meant
     */
    private static List<String> meant(Set<String> options, String option) {
        if (!option.startsWith("-")) {
            return List.of();
        }
        String word = option.replaceFirst("^--?", "");
        int equal = word.indexOf('=');
        String before = equal < 0 ? word : word.substring(0, equal);
        if (options.stream().anyMatch(each -> each.length() > 1 && isShortOf(before, each))) {
            return List.of(equal < 0 ? "" : word.substring(equal + 1));
        }
        return option.startsWith("--")
                ? List.of()
                : options.stream()
                        .filter(each -> each.length() == 1 && word.contains(each))
                        .map(each -> word.substring(word.indexOf(each) + 1))
                        .toList();
    }

    /** The C library lets long options be cut short. */
    private static boolean isShortOf(String word, String option) {
        return word.length() > 1 && option.startsWith(word);
    }
}
