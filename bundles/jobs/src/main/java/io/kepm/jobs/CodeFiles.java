package io.kepm.jobs;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The files that a command line has run or read as code, as far as its words tell; of a command
 * line that can be read in two ways rather one too many.
 */
final class CodeFiles {

    /** Where a program of a job starts, so that a name without a slash in front is below it. */
    private static final Path HERE = Path.of("/");

    private static final List<String> MAKEFILES = List.of("GNUmakefile", "makefile", "Makefile");

    private final List<Path> found = new ArrayList<>();

    private CodeFiles() {}

    static List<Path> of(String name, List<String> arguments) {
        CodeFiles files = new CodeFiles();
        files.read(name, arguments);
        return files.found;
    }

    private void read(String name, List<String> arguments) {
        if (Runners.isStarter(name)) {
            started(arguments);
        } else if (Runners.isInterpreter(name)) {
            interpreted(name, arguments);
        } else if (Runners.isByOption(name)) {
            byOption(name, arguments);
        }
    }

    /** The first of its arguments that can be run, and what that one is told. */
    private void started(List<String> arguments) {
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            String name = argument.substring(argument.lastIndexOf('/') + 1);
            boolean isKnown =
                    Runners.isStarter(name)
                            || Runners.isInterpreter(name)
                            || Runners.isByOption(name);
            Optional<Path> place = place(argument).filter(Files::isExecutable);
            if (!argument.startsWith("-") && (isKnown || place.isPresent())) {
                place.ifPresent(found::add);
                if (isKnown) {
                    read(name, arguments.subList(i + 1, arguments.size()));
                    return;
                }
                if (Files.isRegularFile(place.orElseThrow())) {
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
                int slash = argument.indexOf('/');
                int equal = argument.indexOf('=');
                addEach(slash < 0 ? "" : argument.substring(slash));
                addEach(equal < 0 ? "" : argument.substring(equal + 1));
                if (Runners.hasValue(name, argument) && i + 1 < arguments.size()) {
                    i++;
                    addEach(arguments.get(i));
                }
            } else if (add(argument) && Files.isRegularFile(HERE.resolve(argument))) {
                return;
            }
        }
    }

    private void byOption(String name, List<String> arguments) {
        for (String file : Runners.named(name, arguments)) {
            if (add(file) && Files.isDirectory(HERE.resolve(file))) {
                MAKEFILES.forEach(each -> addEach(HERE.resolve(file).resolve(each).toString()));
            }
        }
    }

    /** What is a list of places, such as a class path. */
    private void addEach(String places) {
        for (String each : places.split(":", -1)) {
            boolean unused = add(each);
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
}
