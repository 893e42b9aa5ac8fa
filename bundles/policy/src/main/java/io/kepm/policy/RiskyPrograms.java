package io.kepm.policy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Well-known programs that give more than they seem to, as {@code risky-programs.txt} lists. */
final class RiskyPrograms {

    /** Where the danger of a program lies. */
    enum Kind {
        /** In every text that it runs, and in having none: then it asks for one. */
        INTERPRETERS,
        /** Inside of it: a shell or any file can be had, whatever the arguments. */
        INSIDE,
        /** In the pager that it shows its output with. */
        PAGER,
        /** In arguments that nobody named. */
        ARGUMENTS
    }

    /**
     * One program.
     *
     * @param verbs the first words with which it starts a pager; none: always
     */
    record Program(String name, Kind kind, Set<String> verbs) {
        Program {
            verbs = Set.copyOf(verbs);
        }
    }

    private static final String FILE = "risky-programs.txt";
    private static final List<String> FOLDERS =
            List.of("/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/", "/usr/local/bin/");

    private final Map<String, Program> byName = new HashMap<>();

    private RiskyPrograms() {}

    static RiskyPrograms shipped() {
        try (InputStream in = RiskyPrograms.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException(FILE + " is missing from this jar");
            }
            return read(
                    new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                            .lines()
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Of lines: a section in brackets, then a program with its verbs on each line.
     *
     * @throws IllegalStateException when a line has no section, or a program stands twice
     */
    static RiskyPrograms read(List<String> lines) {
        RiskyPrograms programs = new RiskyPrograms();
        Optional<Kind> kind = Optional.empty();
        for (String line : lines) {
            if (line.startsWith("[") && line.endsWith("]")) {
                String section = line.substring(1, line.length() - 1);
                kind = Optional.of(Kind.valueOf(section.toUpperCase(Locale.ROOT)));
            } else if (!line.isBlank() && !line.startsWith("#")) {
                programs.add(List.of(line.trim().split(" +", -1)), kind);
            }
        }
        return programs;
    }

    private void add(List<String> words, Optional<Kind> kind) {
        String name = words.get(0);
        Kind stated =
                kind.orElseThrow(
                        () -> new IllegalStateException(FILE + ": no section above " + name));
        Set<String> verbs = Set.copyOf(words.subList(1, words.size()));
        if (byName.put(name, new Program(name, stated, verbs)) != null) {
            throw new IllegalStateException(FILE + ": a second " + name);
        }
    }

    int count() {
        return byName.size();
    }

    /** The program of a base name; {@code python3.11} is {@code python}, {@code vim.tiny} vim. */
    Optional<Program> named(String baseName) {
        String name = baseName.toLowerCase(Locale.ROOT);
        int dot = name.indexOf('.');
        String undotted = dot > 0 ? name.substring(0, dot) : name;
        String unnumbered = undotted.replaceFirst("-?[0-9]+$", "");
        return Optional.ofNullable(byName.get(name))
                .or(() -> Optional.ofNullable(byName.get(undotted)))
                .or(() -> Optional.ofNullable(byName.get(unnumbered)));
    }

    /** The first interpreter that a pattern with wildcards covers too. */
    Optional<String> interpreterIn(PathPattern pattern) {
        return byName.values().stream()
                .filter(program -> program.kind() == Kind.INTERPRETERS)
                .map(Program::name)
                .sorted()
                .filter(
                        name ->
                                FOLDERS.stream()
                                        .anyMatch(at -> Coverage.ofPath(pattern, at + name)))
                .findFirst();
    }
}
