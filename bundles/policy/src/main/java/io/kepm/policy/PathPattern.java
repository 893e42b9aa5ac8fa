package io.kepm.policy;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A path, a pattern of paths, or a bare file name, as a policy writes it: {@code /usr/bin/id},
 * {@code {home}/bin/*}, {@code /opt/**}, {@code git-*}. Immutable.
 *
 * <p>{@code codes} are code points, the marks of {@link SegmentGlob}, and variables; a literal text
 * has none, it is compared as it is.
 */
final class PathPattern {

    private static final int[] NO_CODES = {};

    private final String text;
    private final int[] codes;
    private final boolean bare;
    private final @Nullable SegmentGlob fixed;
    private final @Nullable String literal;

    private PathPattern(String text, int[] codes, boolean bare) {
        this.text = text;
        this.bare = bare;
        boolean variables = hasVariables(codes);
        boolean plain = isPlain(codes);
        this.codes = plain ? NO_CODES : codes;
        fixed = variables || bare || plain ? null : SegmentGlob.ofPath(codes);
        literal = plain ? text : null;
    }

    /** A path as it is. */
    private PathPattern(String text) {
        this.text = text;
        codes = NO_CODES;
        bare = false;
        fixed = null;
        literal = text;
    }

    /**
     * Empty after the place was told why; {@code wildcards} false: {@code *}, {@code ?} literal.
     */
    static Optional<PathPattern> parse(String text, boolean wildcards, Place place) {
        if (PatternText.isPlainPath(text)) {
            return Optional.of(new PathPattern(text));
        }
        return PatternText.codes(text, wildcards, place)
                .map(codes -> new PathPattern(text, codes, PatternText.isBare(codes)));
    }

    String text() {
        return text;
    }

    /** A file name without a folder, compared with the base name: weak. */
    boolean isBare() {
        return bare;
    }

    boolean hasVariables() {
        return hasVariables(codes);
    }

    private static boolean hasVariables(int[] codes) {
        for (int code : codes) {
            if (PatternText.isVariable(code)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isPlain(int[] codes) {
        for (int code : codes) {
            if (code < 0) {
                return false;
            }
        }
        return true;
    }

    /** The one text it stands for, when it has neither wildcards nor variables. */
    Optional<String> literal() {
        return Optional.ofNullable(literal);
    }

    /** The literal text in front of the first wildcard or variable. */
    String prefix() {
        if (literal != null) {
            return literal;
        }
        int end = 0;
        while (end < codes.length && codes[end] >= 0) {
            end++;
        }
        return new String(codes, 0, end);
    }

    /** The literal text behind the last one. */
    String suffix() {
        if (literal != null) {
            return literal;
        }
        int start = codes.length;
        while (start > 0 && codes[start - 1] >= 0) {
            start--;
        }
        return new String(codes, start, codes.length - start);
    }

    /** Compares a path, or its base name when this is a bare one. */
    Fit fit(PathText path, Variables variables) {
        if (literal != null) {
            return Fit.of(
                    bare
                            ? path.text().length() - path.base() == literal.length()
                                    && path.text().endsWith(literal)
                            : path.text().equals(literal));
        }
        if (fixed != null) {
            return Fit.of(fixed.matches(path));
        }
        return PatternText.resolve(codes, !bare, variables)
                .map(resolved -> Fit.of(matches(resolved, path)))
                .orElse(Fit.HOLE);
    }

    private boolean matches(int[] resolved, PathText path) {
        return bare
                ? SegmentGlob.fits(resolved, path.text(), path.base(), path.text().length())
                : SegmentGlob.ofPath(resolved).matches(path);
    }

    /** The text with its variables filled in; empty when one has no usable value. */
    Optional<String> resolved(Variables variables) {
        if (literal != null) {
            return Optional.of(literal);
        }
        return PatternText.resolve(codes, !bare, variables)
                .map(resolved -> new String(resolved, 0, resolved.length));
    }
}
