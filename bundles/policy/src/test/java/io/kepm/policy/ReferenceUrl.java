package io.kepm.policy;

import io.kepm.api.policy.EvaluationRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Addresses once more, from their text alone (RFC 3986, appendix B and §5.2.4). */
record ReferenceUrl(String scheme, String host, int port, List<String> path) {

    private static final Pattern PARTS =
            Pattern.compile(
                    "([A-Za-z][A-Za-z0-9+.-]*)://(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9.-]+)(?::(\\d+))?"
                            + "((?:/(?:[^\\s?#%]|%[0-9A-Fa-f]{2})*)?)(?:\\?[^#]*)?(?:#.*)?");
    private static final Map<String, Integer> PORTS = Map.of("http", 80, "https", 443, "ftp", 21);

    static Optional<ReferenceUrl> of(String text) {
        Matcher parts = PARTS.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        String scheme = parts.group(1).toLowerCase(Locale.ROOT);
        int port =
                parts.group(3) == null
                        ? PORTS.getOrDefault(scheme, 0)
                        : Integer.parseInt(parts.group(3));
        String host = parts.group(2).toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
        return port == 0
                ? Optional.empty()
                : Optional.of(new ReferenceUrl(scheme, host, port, path(parts.group(4))));
    }

    private static List<String> path(String text) {
        List<String> segments = new ArrayList<>();
        for (String raw : text.split("/", -1)) {
            String segment = plain(raw);
            if (segment.equals("..")) {
                if (segments.size() > 1) {
                    segments.remove(segments.size() - 1);
                }
            } else if (!segment.equals(".")) {
                segments.add(segment);
            }
        }
        // What stands in front of the first slash, and a slash at the end, are no segments.
        segments.remove(0);
        if (!segments.isEmpty() && text.endsWith("/")) {
            segments.remove(segments.size() - 1);
        }
        return segments;
    }

    /** Each byte that is not unreserved, escaped. */
    private static String plain(String segment) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < segment.length(); i += Character.charCount(segment.codePointAt(i))) {
            int c = segment.codePointAt(i);
            if (c == '%') {
                int code = Integer.parseInt(segment.substring(i + 1, i + 3), 16);
                boolean unreserved =
                        code < 128 && Character.toString(code).matches("[A-Za-z0-9._~-]");
                out.append(unreserved ? Character.toString(code) : String.format("%%%02X", code));
                i += 2;
            } else if (c < 128) {
                out.appendCodePoint(c);
            } else {
                for (byte each : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                    out.append(String.format("%%%02X", each & 0xff));
                }
            }
        }
        return out.toString();
    }

    static boolean covers(String pattern, EvaluationRequest r) {
        boolean below = pattern.contains("//*.");
        ReferenceUrl wanted = of(pattern.replace("//*.", "//")).orElseThrow();
        ReferenceUrl asked = of(r.url().orElse("")).orElseThrow();
        boolean host =
                below
                        ? asked.host().matches("[^.]+(\\.[^.]+)*\\." + Pattern.quote(wanted.host()))
                        : asked.host().equals(wanted.host());
        return asked.scheme().equals(wanted.scheme())
                && asked.port() == wanted.port()
                && host
                && asked.path().size() >= wanted.path().size()
                && asked.path().subList(0, wanted.path().size()).equals(wanted.path());
    }
}
