package io.kepm.cli.verb;

import io.kepm.api.audit.Secrets;
import io.kepm.cli.Call;
import io.kepm.cli.Fault;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A command that somebody asked for, to be run once more.
 *
 * <p>INVARIANT: it is started from here only where that starts what is shown: all of its words are
 * known, the folder is the same, and its first word is the program of that path. That word stays as
 * it was typed: an approval is bound to it.
 *
 * @param path of the program, as it is shown
 * @param folder in which it was asked for
 */
record AskedCommand(String path, List<String> argv, String folder, String runAs) {

    /** Where sudo and the agent look for a name, whatever our own {@code PATH} says. */
    private static final List<String> SEARCHED =
            List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

    static AskedCommand of(Json request) {
        return new AskedCommand(
                request.at("path").text(),
                request.at("argv").texts(),
                request.at("cwd").text(),
                request.at("runAs").text());
    }

    /** Runs it; its exit code. */
    int run(Call call, Path here) throws Fault {
        if (argv.isEmpty() || argv.stream().anyMatch(word -> word.contains(Secrets.HIDDEN))) {
            throw call.failed("approved.hidden");
        }
        if (!here.toString().equals(folder)) {
            throw call.failed("approved.folder", folder, typed());
        }
        if (!meant(argv.get(0), here).equals(Optional.of(path))) {
            throw call.failed("approved.other", argv.get(0), path, typed());
        }
        return Run.launch(call, Optional.empty(), user(), argv);
    }

    private Optional<String> user() {
        return runAs.equals("root") ? Optional.empty() : Optional.of(runAs);
    }

    private String typed() {
        List<String> words = new ArrayList<>(List.of("kepm", "run"));
        user().ifPresent(name -> words.addAll(List.of("-u", name)));
        words.add("--");
        words.addAll(argv);
        return Words.joined(words);
    }

    /** The path of the program that a word names here. */
    private static Optional<String> meant(String word, Path here) {
        try {
            return word.contains("/")
                    ? Optional.of(here.resolve(word).normalize().toString())
                    : SEARCHED.stream()
                            .map(place -> Path.of(place, word))
                            .filter(AskedCommand::isProgram)
                            .findFirst()
                            .map(Path::toString);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static boolean isProgram(Path file) {
        try {
            return Files.isRegularFile(file)
                    && Files.getPosixFilePermissions(file).stream()
                            .map(PosixFilePermission::name)
                            .anyMatch(name -> name.endsWith("_EXECUTE"));
        } catch (IOException e) {
            return false;
        }
    }
}
