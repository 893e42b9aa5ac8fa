package io.kepm.policy;

import io.kepm.api.policy.EvaluationRequest;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Patterns and variables once more, by regular expressions. */
record ReferencePath(String approot, EvaluationRequest r) {

    private static final Pattern HEAD = Pattern.compile("^\\{([a-z]+)\\}(.*)$");
    private static final Pattern PIECE = Pattern.compile("\\{([a-z]+)\\}|(\\*)|(\\?)|([^{*?]+)");
    private static final Pattern CANONICAL = Pattern.compile("/|(/(?!\\.\\.?(/|$))[^/]+)+");

    /** A variable has no usable value. */
    private static final class Hole extends RuntimeException {}

    /** Whether the named or the real path fits; {@code hole} when that can't be known. */
    boolean fits(String pattern, boolean hole) {
        try {
            Pattern regex = Pattern.compile(expression(pattern, true), Pattern.DOTALL);
            return both().map(path -> isBare(pattern) ? ReferenceEvaluator.base(path) : path)
                    .anyMatch(path -> regex.matcher(path).matches());
        } catch (Hole e) {
            return hole;
        }
    }

    boolean isBeneath(String folder, boolean hole) {
        try {
            String regex = expression(folder, false);
            return both().anyMatch(path -> isBeneath(regex, path));
        } catch (Hole e) {
            return hole;
        }
    }

    boolean isUnder(String folder, String argument, Optional<String> real, boolean hole) {
        try {
            String regex = expression(folder, false);
            return CANONICAL.matcher(argument).matches()
                    && isBeneath(regex, argument)
                    && real.filter(path -> isBeneath(regex, path)).isPresent();
        } catch (Hole e) {
            return hole;
        }
    }

    private static boolean isBeneath(String regex, String path) {
        return "/".matches(regex) ? path.matches("/.+") : path.matches(regex + "/.+");
    }

    private Stream<String> both() {
        return Stream.of(r.target().path(), r.target().realPath());
    }

    private Map<String, Optional<String>> ways() {
        return Map.ofEntries(
                Map.entry("rootdir", Optional.of("")),
                Map.entry("home", home("")),
                Map.entry("userprofile", home("")),
                Map.entry("documents", home("/Documents")),
                Map.entry("userdocuments", home("/Documents")),
                Map.entry("desktop", home("/Desktop")),
                Map.entry("userdesktop", home("/Desktop")),
                Map.entry("downloads", home("/Downloads")),
                Map.entry("approot", Optional.of(approot)),
                Map.entry("pluginroot", Optional.of(approot + "/Plugins")),
                Map.entry("tmp", Optional.of("/tmp")));
    }

    private Optional<String> home(String below) {
        String home = r.user().home().orElse("");
        String plain = home.replaceFirst("/$", "");
        return home.equals("/") || CANONICAL.matcher(plain).matches()
                ? Optional.of(plain + below)
                : Optional.empty();
    }

    private String name(String variable) {
        String value =
                switch (variable) {
                    case "hasdesktop" -> String.valueOf(r.hasDesktop());
                    case "username" -> r.user().name();
                    case "hostname" -> r.machine().hostname();
                    default -> "/";
                };
        if (value.isEmpty() || value.contains("/")) {
            throw new Hole();
        }
        return value;
    }

    private boolean isBare(String pattern) {
        Matcher head = HEAD.matcher(pattern);
        return !pattern.contains("/") && !(head.matches() && ways().containsKey(head.group(1)));
    }

    private String expression(String pattern, boolean wildcards) {
        String rest = pattern;
        StringBuilder out = new StringBuilder();
        Matcher head = HEAD.matcher(pattern);
        if (!isBare(pattern) && head.matches()) {
            String value =
                    ways().getOrDefault(head.group(1), Optional.empty()).orElseThrow(Hole::new);
            rest = head.group(2);
            rest = value.isEmpty() && !rest.startsWith("/") ? "/" + rest : rest;
            out.append(Pattern.quote(value));
            if (value.isEmpty() && wildcards && rest.equals("/**")) {
                return ".*";
            }
        }
        if (pattern.equals("/**") && wildcards) {
            return ".*";
        }
        String[] segments = rest.split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            if (segments[i].equals("**") && wildcards) {
                out.append(i == segments.length - 1 ? "(?:/[^/]+)+" : "(?:/[^/]+)*");
            } else {
                out.append(i == 0 ? "" : "/");
                segment(segments[i], wildcards, out);
            }
        }
        return out.toString();
    }

    private void segment(String text, boolean wildcards, StringBuilder out) {
        Matcher piece = PIECE.matcher(text);
        while (piece.find()) {
            if (piece.group(1) != null) {
                out.append(Pattern.quote(name(piece.group(1))));
            } else if (piece.group(2) != null && wildcards) {
                out.append("[^/]*");
            } else if (piece.group(3) != null && wildcards) {
                out.append("[^/]");
            } else {
                out.append(Pattern.quote(piece.group()));
            }
        }
    }
}
