package io.kepm.api.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Which bundles write which type, as their sources say: who names a type makes records of it. */
final class AuditSources {

    private static final Pattern NAMED = Pattern.compile("\\bAuditType\\.([A-Z_]+)\\b(?!\\()");

    /** From the top, as the root README draws them. */
    private static final Map<String, Integer> FLOORS =
            Map.ofEntries(
                    Map.entry("sudo", 4),
                    Map.entry("https", 4),
                    Map.entry("mqtt", 4),
                    Map.entry("shell", 4),
                    Map.entry("elevation", 3),
                    Map.entry("plugins", 3),
                    Map.entry("jobs", 3),
                    Map.entry("policy", 2),
                    Map.entry("linux", 1),
                    Map.entry("storage", 1),
                    Map.entry("audit", 1),
                    Map.entry("trust", 1));

    /** The one word of the audit that makes records. */
    private static final String SIGNED = "Checkpoint.java";

    private final Path bundles;
    private final Map<AuditType, Set<String>> sources = new EnumMap<>(AuditType.class);

    private AuditSources(Path bundles) {
        this.bundles = bundles;
    }

    static Map<AuditType, Set<String>> of(Path bundles) throws IOException {
        AuditSources found = new AuditSources(bundles);
        try (Stream<Path> folders = Files.list(bundles)) {
            for (Path bundle : folders.filter(Files::isDirectory).toList()) {
                for (Path file : java(bundle)) {
                    found.read(bundle.getFileName().toString(), file);
                }
            }
        }
        return found.sources;
    }

    private void read(String bundle, Path file) throws IOException {
        boolean isWord = file.toString().contains("/io/kepm/api/audit/") && !file.endsWith(SIGNED);
        // Floods only tells refusals from the rest.
        if (isWord || file.endsWith("Floods.java")) {
            return;
        }
        Set<String> writers =
                bundle.equals("api") ? users(simpleName(file)) : Set.of(named(bundle));
        Matcher matcher = NAMED.matcher(Files.readString(file));
        while (matcher.find()) {
            sources.computeIfAbsent(AuditType.valueOf(matcher.group(1)), type -> new TreeSet<>())
                    .addAll(writers);
        }
    }

    /** Words of {@code api} make records in the name of the bundles that use them. */
    private Set<String> users(String word) throws IOException {
        Set<String> users = new TreeSet<>();
        try (Stream<Path> folders = Files.list(bundles)) {
            for (Path bundle : folders.filter(Files::isDirectory).toList()) {
                String name = bundle.getFileName().toString();
                for (Path file : java(bundle)) {
                    if (!name.equals("api") && Files.readString(file).contains(word + ".")) {
                        users.add(named(name));
                    }
                }
            }
        }
        return users;
    }

    private static String named(String bundle) {
        Integer floor = FLOORS.get(bundle);
        return floor == null ? bundle : bundle + " (" + floor + ")";
    }

    private static String simpleName(Path file) {
        return file.getFileName().toString().replace(".java", "");
    }

    private static List<Path> java(Path bundle) throws IOException {
        Path main = bundle.resolve("src/main/java");
        if (!Files.isDirectory(main)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(main)) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        }
    }
}
