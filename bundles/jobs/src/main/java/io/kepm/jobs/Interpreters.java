package io.kepm.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Programs that run the first file that is named to them, shells apart, which are not run at all;
 * and which of their options bring more code. What other options say is no code, whatever it looks
 * like: a folder for temporary files is everybody's, and has to be.
 */
final class Interpreters {

    /** Options that have a value: one that is code, or a word that only stands before the file. */
    private record Options(Set<String> code, Set<String> words) {

        static Options of(String... options) {
            return new Options(Set.of(options), Set.of());
        }

        Options before(String... options) {
            return new Options(code, Set.of(options));
        }
    }

    private static final Options NODE =
            Options.of(
                    "-r",
                    "--require",
                    "--import",
                    "--loader",
                    "--experimental-loader",
                    "--env-file",
                    "--env-file-if-exists",
                    "--experimental-config-file",
                    "--openssl-config",
                    "--snapshot-blob");

    private static final Map<String, Options> KNOWN =
            Map.ofEntries(
                    Map.entry(
                            "ansible-playbook",
                            Options.of(
                                    "-i",
                                    "-e",
                                    "-M",
                                    "--inventory",
                                    "--extra-vars",
                                    "--module-path",
                                    "--playbook-dir",
                                    "--vault-password-file")),
                    Map.entry(
                            "bun",
                            Options.of(
                                    "-r", "--require", "--preload", "--import", "--config", "-c")),
                    Map.entry("dc", Options.of("-f", "--file").before("-e")),
                    Map.entry("deno", Options.of("--import-map", "--config", "-c", "--preload")),
                    Map.entry(
                            "dotnet",
                            Options.of(
                                    "--additionalprobingpath",
                                    "--additional-deps",
                                    "--depsfile",
                                    "--runtimeconfig")),
                    Map.entry("elixir", Options.of("-r", "-pr", "-pa", "-pz")),
                    Map.entry("erl", Options.of("-pa", "-pz", "-config", "-boot", "-args_file")),
                    Map.entry("escript", Options.of()),
                    Map.entry("expect", Options.of("-f").before("-c")),
                    Map.entry(
                            "gdb",
                            Options.of(
                                            "-x",
                                            "-ix",
                                            "-command",
                                            "--command",
                                            "-init-command",
                                            "--init-command")
                                    .before("-ex", "-iex")),
                    Map.entry("gjs", Options.of("-I", "--include-path", "-C")),
                    Map.entry(
                            "groovy",
                            Options.of(
                                    "-cp",
                                    "-classpath",
                                    "--classpath",
                                    "--configscript",
                                    "-configscript")),
                    Map.entry("guile", Options.of("-L", "-C", "-l").before("-x")),
                    Map.entry(
                            "java",
                            Options.of(
                                    "-cp",
                                    "-classpath",
                                    "--class-path",
                                    "-p",
                                    "--module-path",
                                    "--upgrade-module-path",
                                    "--patch-module",
                                    "-Djava.class.path",
                                    "-Djava.library.path",
                                    "-Djava.ext.dirs",
                                    "-Djava.endorsed.dirs",
                                    "-Djdk.module.path",
                                    "-XX:Flags",
                                    "-XX:VMOptionsFile",
                                    "-XX:SharedArchiveFile")),
                    Map.entry("jruby", Options.of("-I", "-r", "-C")),
                    Map.entry(
                            "julia",
                            Options.of(
                                    "-L",
                                    "-J",
                                    "-H",
                                    "--load",
                                    "--sysimage",
                                    "--home",
                                    "--project")),
                    Map.entry("jython", Options.of()),
                    Map.entry(
                            "lldb",
                            Options.of("-s", "-S", "--source", "--source-before-file")
                                    .before("-o", "-O")),
                    Map.entry("lua", Options.of("-l").before("-e")),
                    Map.entry("luajit", Options.of("-l").before("-e")),
                    // m4, whose number is no version.
                    Map.entry(
                            "m",
                            Options.of(
                                    "-I",
                                    "-B",
                                    "-R",
                                    "--include",
                                    "--prepend-include",
                                    "--reload-state")),
                    Map.entry("mono", Options.of("--config")),
                    Map.entry("node", NODE),
                    Map.entry("nodejs", NODE),
                    Map.entry("ocaml", Options.of("-I", "-init")),
                    Map.entry("perl", Options.of("-I")),
                    Map.entry("php", Options.of("-c", "-d", "-z")),
                    Map.entry("pypy", Options.of().before("-W", "-X")),
                    Map.entry("python", Options.of().before("-W", "-X")),
                    Map.entry("racket", Options.of("-S", "-X")),
                    Map.entry("raku", Options.of("-I", "-M")),
                    Map.entry("rscript", Options.of()),
                    Map.entry("ruby", Options.of("-I", "-r", "-C")),
                    Map.entry("run-parts", Options.of().before("-a", "-u")),
                    Map.entry("sbcl", Options.of("--core", "--load", "--script", "--userinit")),
                    Map.entry("tclsh", Options.of().before("-encoding")),
                    Map.entry("wish", Options.of().before("-encoding")));

    /** With options of one dash and a whole word, so that a letter in one is no option itself. */
    private static final Set<String> OF_WORDS =
            Set.of("dotnet", "elixir", "erl", "gdb", "groovy", "java", "ocaml", "sbcl");

    private static final Pattern JAVA =
            Pattern.compile("-(?:javaagent|agentpath):([^=]*).*|-Xbootclasspath(?:/[ap])?:(.*)");
    private static final Pattern JAVA_COMMAND =
            Pattern.compile("-XX:On(?:Error|OutOfMemoryError)=(.*)");
    private static final Pattern PERL = Pattern.compile("-\\w*[Mm]lib=(.*)");
    private static final Set<String> PHP =
            Set.of(
                    "auto_prepend_file",
                    "auto_append_file",
                    "extension",
                    "extension_dir",
                    "include_path",
                    "opcache.preload",
                    "zend_extension");

    private Interpreters() {}

    static boolean isOne(String name) {
        return KNOWN.containsKey(Runners.bare(name));
    }

    /** What the word after an option is. */
    enum Next {
        NO_VALUE,
        CODE,
        WORD
    }

    /**
     * What an option says.
     *
     * @param code places, lists of them too, that are in the option itself
     * @param command what is run by a shell; else empty
     */
    record Said(List<String> code, String command, Next next) {}

    /**
     * @param after the word after it, or an empty text
     */
    static Said said(String interpreter, String option, String after) {
        String name = Runners.bare(interpreter);
        Options options = KNOWN.getOrDefault(name, Options.of());
        if (options.words().contains(option)) {
            return new Said(List.of(), "", Next.WORD);
        }
        if (options.code().contains(option)) {
            return new Said(List.of(), "", Next.CODE);
        }
        List<String> code = new ArrayList<>();
        int equal = option.indexOf('=');
        if (equal > 0 && options.code().contains(option.substring(0, equal))) {
            code.add(place(name, option.substring(equal + 1)));
        }
        Next next = Next.NO_VALUE;
        for (String letter : options.code()) {
            int rest = afterLetter(name, letter, option);
            if (rest == option.length() && !after.startsWith("-")) {
                next = Next.CODE;
            } else if (rest > 0) {
                code.add(place(name, option.substring(rest)));
            }
        }
        Matcher special = (name.equals("perl") ? PERL : JAVA).matcher(option);
        if (special.matches()) {
            for (int i = 1; i <= special.groupCount(); i++) {
                code.add(String.valueOf(special.group(i)));
            }
        }
        Matcher command = JAVA_COMMAND.matcher(option);
        return new Said(code, command.matches() ? command.group(1) : "", next);
    }

    /** Where the value begins behind the letter of an option, which others may stand before. */
    private static int afterLetter(String name, String letter, String option) {
        if (letter.length() != 2 || option.startsWith("--")) {
            return -1;
        }
        int at = option.indexOf(letter.charAt(1), 1);
        boolean isOption =
                OF_WORDS.contains(name)
                        ? at == 1 && option.startsWith("/", 2)
                        : at > 0
                                && option.substring(1, at)
                                        .chars()
                                        .allMatch(Character::isLetterOrDigit);
        return isOption ? at + 1 : -1;
    }

    /** The place in the value of such an option. */
    static String place(String interpreter, String value) {
        int equal = value.indexOf('=');
        return switch (Runners.bare(interpreter)) {
            case "ansible-playbook" -> value.startsWith("@") ? value.substring(1) : value;
            case "php" ->
                    equal < 0 || PHP.contains(value.substring(0, equal))
                            ? value.substring(equal + 1)
                            : "";
            // MODULE=PLACE
            case "java" -> value.replaceFirst("^[\\w.]+=", "");
            default -> value;
        };
    }
}
