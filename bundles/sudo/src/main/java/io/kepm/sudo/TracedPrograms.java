package io.kepm.sudo;

import io.kepm.api.policy.PolicyEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The programs of which sudo asks about every command that they start, since a policy wants it
 * ({@code Intercept}). sudo decides that by its sudoers, before it asks anybody: so the drop-in
 * names them. Safe for use by many threads.
 */
final class TracedPrograms {

    /** More makes a drop-in that is read by every sudo long. */
    static final int MOST = 64;

    /** What sudoers takes as it is; a path with anything else in it is left out. */
    private static final Pattern PLAIN = Pattern.compile("/[A-Za-z0-9_./+-]{1,255}");

    private final Supplier<List<String>> named;

    TracedPrograms(Supplier<List<String>> named) {
        this.named = named;
    }

    static TracedPrograms of(PolicyEngine policy) {
        return new TracedPrograms(policy::judgedInside);
    }

    /** By absolute path, in order; what policy names beyond is refused when it is asked for. */
    List<String> now() {
        return named.get().stream().filter(TracedPrograms::isPlain).limit(MOST).toList();
    }

    /** {@code sudoedit} is a word of sudoers, which refuses it with a path. */
    static boolean isPlain(String path) {
        return PLAIN.matcher(path).matches() && !path.endsWith("/") && !path.endsWith("/sudoedit");
    }

    /** Whether it is one of them, by whatever name. */
    boolean has(String path) {
        return now().stream().anyMatch(known -> known.equals(path) || isSame(known, path));
    }

    private static boolean isSame(String known, String path) {
        try {
            return Files.isSameFile(Path.of(known), Path.of(path));
        } catch (IOException e) {
            return false;
        }
    }
}
