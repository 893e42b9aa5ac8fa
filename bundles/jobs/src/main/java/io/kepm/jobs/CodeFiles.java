package io.kepm.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a command line has run or read as code, as far as its words tell; of a command line that can
 * be read in two ways rather one too many.
 */
final class CodeFiles {

    /** Where a program of a job starts, so that a name without a slash in front is below it. */
    private static final Path HERE = Path.of("/");

    private static final List<String> MAKEFILES = List.of("GNUmakefile", "makefile", "Makefile");
    private static final Pattern ASSIGNMENT = Pattern.compile("\\w+=.*", Pattern.DOTALL);
    private static final Pattern SPACE = Pattern.compile("\\s");

    private final Set<Path> found = new LinkedHashSet<>();
    private boolean shell;

    private CodeFiles() {}

    /**
     * @param names how a program is called, and what it is
     */
    static CodeFiles of(Set<String> names, List<String> arguments) {
        CodeFiles files = new CodeFiles();
        files.read(names, arguments);
        return files;
    }

    /** How a program is called, and what it is if that is a link: it may go by either. */
    static Set<String> names(String program) {
        Set<String> names = new LinkedHashSet<>();
        names.add(program.substring(program.lastIndexOf('/') + 1));
        place(program).filter(Files::isRegularFile).ifPresent(path -> names.add(realName(path)));
        return names;
    }

    /** The files that are there. */
    Set<Path> files() {
        return found;
    }

    /** Whether a shell is among what is started. */
    boolean isShell() {
        return shell;
    }

    private void read(Set<String> names, List<String> arguments) {
        if (names.stream().anyMatch(Runners::isStarter)) {
            started(arguments);
        }
        for (String name : names.stream().map(Runners::bare).distinct().toList()) {
            if (Interpreters.isOne(name)) {
                interpreted(name, arguments);
            }
            byOption(name, arguments);
        }
    }

    private void program(String program, List<String> arguments) {
        Set<String> names = names(program);
        shell |= names.stream().anyMatch(Programs::isShell);
        boolean unused = add(program);
        read(names, arguments);
    }

    /** What a shell would start; quotes don't hide it. */
    private void line(String text) {
        for (String part : text.split("[;|&\n`()]", -1)) {
            List<String> words =
                    Arrays.stream(part.replaceAll("[\"']", "").strip().split("\\s+", -1))
                            .dropWhile(word -> ASSIGNMENT.matcher(word).matches())
                            .toList();
            if (!words.isEmpty()) {
                program(words.get(0), words.subList(1, words.size()));
            }
        }
    }

    /** The first of its arguments that can be run, and what that one is told. */
    private void started(List<String> arguments) {
        shell |=
                arguments.stream()
                        .map(each -> each.substring(each.lastIndexOf('/') + 1))
                        .anyMatch(Programs::isShell);
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (SPACE.matcher(argument).find()) {
                // Such as `env -S` and `watch` take one.
                line(argument.replaceFirst("^(-\\w*S|--split-string=|--command=)", ""));
            }
            if (argument.startsWith("-")) {
                continue;
            }
            Optional<Path> named = place(argument).filter(Files::exists);
            Optional<Path> place = named.filter(Files::isExecutable);
            boolean isKnown =
                    (named.isEmpty() || place.isPresent())
                            && names(argument).stream().anyMatch(Runners::isKnown);
            if (isKnown) {
                program(argument, arguments.subList(i + 1, arguments.size()));
                return;
            }
            if (place.isPresent()) {
                found.add(place.get());
                if (Files.isRegularFile(place.get())) {
                    return;
                }
            }
        }
    }

    /** Its first file, with all that is named before that. */
    private void interpreted(String name, List<String> arguments) {
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.startsWith("-")) {
                boolean isLast = i + 1 == arguments.size();
                Interpreters.Said said =
                        Interpreters.said(name, argument, isLast ? "" : arguments.get(i + 1));
                said.code().forEach(this::addEach);
                line(said.command());
                if (said.next() != Interpreters.Next.NO_VALUE && !isLast) {
                    i++;
                    if (said.next() == Interpreters.Next.CODE) {
                        addEach(Interpreters.place(name, arguments.get(i)));
                    }
                }
            } else if (name.equals("java") && argument.startsWith("@")) {
                boolean unused = add(argument.substring(1));
            } else if (add(argument) && Files.isRegularFile(HERE.resolve(argument))) {
                return;
            }
        }
    }

    private void byOption(String name, List<String> arguments) {
        for (String file : Runners.files(name, arguments)) {
            if (add(file) && Files.isDirectory(HERE.resolve(file))) {
                MAKEFILES.forEach(each -> addEach(HERE.resolve(file).resolve(each).toString()));
            }
        }
        Runners.lines(name, arguments).forEach(this::line);
        Runners.executed(name, arguments).stream()
                .filter(words -> !words.isEmpty())
                .forEach(words -> program(words.get(0), words.subList(1, words.size())));
    }

    /** What is a list of places, such as a class path; a star is all that lies there. */
    private void addEach(String places) {
        for (String each : places.split(":", -1)) {
            boolean unused = add(each.endsWith("/*") ? each.substring(0, each.length() - 1) : each);
        }
    }

    private boolean add(String argument) {
        Optional<Path> place = place(argument).filter(Files::exists);
        place.ifPresent(found::add);
        return place.isPresent();
    }

    private static Optional<Path> place(String argument) {
        try {
            return argument.isEmpty() ? Optional.empty() : Optional.of(HERE.resolve(argument));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    static String realName(Path file) {
        try {
            return String.valueOf(file.toRealPath().getFileName());
        } catch (IOException e) {
            return String.valueOf(file.getFileName());
        }
    }
}
