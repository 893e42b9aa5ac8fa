package io.kepm.api.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The catalogue of a bundle against its sources: which sentences are there, which the code names,
 * and what it says to a person past them. For tests, which run in the folder of their bundle.
 */
public final class Catalogue {

    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern PLACE = Pattern.compile("\"(\\d+)\"");

    private final Path sources;
    private final Path sentences;

    public Catalogue(String packageName) {
        String folder = packageName.replace('.', '/');
        sources = Path.of("src/main/java", folder);
        sentences = Path.of("src/main/resources", folder, "sentences.properties");
    }

    public Set<String> keys() throws IOException {
        Properties read = new Properties();
        try (var in = Files.newBufferedReader(sentences)) {
            read.load(in);
        }
        return new TreeSet<>(read.stringPropertyNames());
    }

    /** What the first group of a pattern finds in the sources. */
    public Set<String> named(Pattern key) throws IOException {
        Set<String> named = new TreeSet<>();
        for (Path file : files()) {
            Matcher matcher = key.matcher(Files.readString(file));
            while (matcher.find()) {
                named.add(matcher.group(1));
            }
        }
        return named;
    }

    /**
     * Literals of three words or more, with their files.
     *
     * @param elsewhere found in a statement that speaks to no person: a log, a record, a cause
     * @param without names of files that are not looked at
     */
    public Set<String> spokenPast(Pattern elsewhere, Set<String> without) throws IOException {
        Set<String> past = new TreeSet<>();
        for (Path file : files()) {
            if (!without.contains(String.valueOf(file.getFileName()))) {
                spoken(file, elsewhere, past);
            }
        }
        return past;
    }

    private List<Path> files() throws IOException {
        try (var files = Files.list(sources)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    /** Literals are put aside first: a semicolon in one ends no statement. */
    private static void spoken(Path file, Pattern elsewhere, Set<String> past) throws IOException {
        String code =
                Files.readString(file)
                        .replaceAll("(?s)/\\*.*?\\*/", "")
                        .replaceAll("(?m)^\\s*//.*$", "");
        List<String> literals = new ArrayList<>();
        StringBuilder bare = new StringBuilder();
        Matcher literal = LITERAL.matcher(code);
        while (literal.find()) {
            literal.appendReplacement(bare, "\"" + literals.size() + "\"");
            literals.add(literal.group(1));
        }
        literal.appendTail(bare);
        for (String statement : bare.toString().split("[;{}]", -1)) {
            Matcher place = PLACE.matcher(statement);
            while (!elsewhere.matcher(statement).find() && place.find()) {
                String text = literals.get(Integer.parseInt(place.group(1)));
                if (isSentence(text)) {
                    past.add(file.getFileName() + ": " + text);
                }
            }
        }
    }

    private static boolean isSentence(String text) {
        return Arrays.stream(text.split("\\s+", -1))
                        .filter(word -> word.matches(".*[A-Za-z]{2,}.*"))
                        .count()
                >= 3;
    }
}
