package io.kepm.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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

    /** The loader itself, called as a program. */
    private static final Pattern LOADER = Pattern.compile("ld\\.so|ld-linux.*\\.so\\.\\d+");

    /**
     * What runs the first file that is named to it, and which of its options have a value, so that
     * the file comes after that; shells apart, which are not run at all.
     */
    private static final Map<String, Set<String>> INTERPRETERS =
            Map.ofEntries(
                    Map.entry("ansible-playbook", Set.of("-i", "-e", "-M")),
                    Map.entry("bun", Set.of("-r", "--require", "--preload")),
                    Map.entry("dc", Set.of("-e", "-f")),
                    Map.entry("deno", Set.of("--import-map", "--config", "-c")),
                    Map.entry("dotnet", Set.of()),
                    Map.entry("elixir", Set.of("-r", "-pa", "-pz")),
                    Map.entry("erl", Set.of("-pa", "-pz", "-config")),
                    Map.entry("escript", Set.of()),
                    Map.entry("expect", Set.of("-c", "-f")),
                    Map.entry("gdb", Set.of("-x", "-ix", "--command", "-command", "-ex", "-iex")),
                    Map.entry("gjs", Set.of("-I", "-C")),
                    Map.entry("groovy", Set.of("-cp", "-classpath", "--classpath")),
                    Map.entry("guile", Set.of("-L", "-C", "-l", "-x")),
                    Map.entry(
                            "java",
                            Set.of("-cp", "-classpath", "--class-path", "-p", "--module-path")),
                    Map.entry("jruby", Set.of("-I", "-r", "-C")),
                    Map.entry("julia", Set.of("-L", "-J", "-H")),
                    Map.entry("jython", Set.of()),
                    Map.entry("lldb", Set.of("-s", "-S", "--source", "-o", "-O")),
                    Map.entry("lua", Set.of("-l", "-e")),
                    Map.entry("luajit", Set.of("-l", "-e")),
                    // m4, whose number is no version.
                    Map.entry("m", Set.of("-I", "-R")),
                    Map.entry("mono", Set.of()),
                    Map.entry("node", Set.of("-r", "--require", "--import", "--loader")),
                    Map.entry("nodejs", Set.of("-r", "--require", "--import", "--loader")),
                    Map.entry("ocaml", Set.of("-I", "-init")),
                    Map.entry("perl", Set.of("-I")),
                    Map.entry("php", Set.of("-c", "-d", "-z")),
                    Map.entry("pypy", Set.of("-W", "-X")),
                    Map.entry("python", Set.of("-W", "-X")),
                    Map.entry("racket", Set.of("-S", "-X")),
                    Map.entry("raku", Set.of("-I", "-M")),
                    Map.entry("rscript", Set.of()),
                    Map.entry("ruby", Set.of("-I", "-r", "-C")),
                    Map.entry("run-parts", Set.of("-a", "-u")),
                    Map.entry("sbcl", Set.of("--core", "--load", "--script", "--userinit")),
                    Map.entry("tclsh", Set.of("-encoding")),
                    Map.entry("wish", Set.of("-encoding")));

    /**
     * What runs the file that comes with one of these options, and takes other files as what it
     * works on. A letter is one of an option with more letters too.
     */
    private static final Map<String, Set<String>> BY_OPTION =
            Map.ofEntries(
                    Map.entry("at", Set.of("f")),
                    Map.entry("awk", Set.of("f", "E", "i", "l", "file", "exec", "include", "load")),
                    Map.entry("bmake", Set.of("f", "C", "I", "m")),
                    Map.entry("emacs", Set.of("l", "script", "load")),
                    Map.entry("ex", Set.of("S", "u", "s")),
                    Map.entry("find", Set.of("exec", "execdir", "ok", "okdir")),
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
                    Map.entry("rsync", Set.of("e", "rsh")),
                    Map.entry("sed", Set.of("f", "file")),
                    Map.entry("sqlite", Set.of("init")),
                    Map.entry("ssh", Set.of("F")),
                    Map.entry(
                            "tar",
                            Set.of("I", "F", "to-command", "use-compress-program", "info-script")),
                    Map.entry("vi", Set.of("S", "u", "s")),
                    Map.entry("vim", Set.of("S", "u", "s")));

    private Runners() {}

    /** By the name alone, whatever its version: {@code python3.11} is {@code python}. */
    static String bare(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("(-?[0-9.]+)?(\\.exe)?$", "");
    }

    static boolean isStarter(String name) {
        return STARTERS.contains(name) || LOADER.matcher(name).matches();
    }

    static boolean isInterpreter(String name) {
        return INTERPRETERS.containsKey(bare(name));
    }

    static boolean isByOption(String name) {
        return BY_OPTION.containsKey(bare(name));
    }

    /** Whether the word after an option of an interpreter belongs to that option. */
    static boolean hasValue(String interpreter, String option) {
        return INTERPRETERS.getOrDefault(bare(interpreter), Set.of()).contains(option);
    }

    /** What the options of such a program have it run. */
    static List<String> named(String name, List<String> arguments) {
        List<String> named = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            for (String rest : meant(name, arguments.get(i))) {
                boolean isNext = rest.isEmpty() && i + 1 < arguments.size();
                named.add(isNext ? arguments.get(i + 1) : rest);
            }
        }
        return named;
    }

    /**
     * What of an option may be, or may announce, a file that is run; empty when it has no such
     * meaning.
     *
     * @return the rest of the option, or an empty text when the next word is meant
     */
    private static List<String> meant(String name, String option) {
        Set<String> options =
                option.startsWith("-") ? BY_OPTION.getOrDefault(bare(name), Set.of()) : Set.of();
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
