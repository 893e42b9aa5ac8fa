package io.kepm.https;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The files of the console, read once. Anybody may read them: there is nothing in them. INVARIANT:
 * no script and no style but these files runs in their pages, and nothing is loaded from elsewhere.
 */
final class ConsolePages {

    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'; require-trusted-types-for 'script'";

    private static final Map<String, String> TYPES =
            Map.of(
                    "index.html", "text/html; charset=utf-8",
                    "console.css", "text/css; charset=utf-8",
                    "api.js", "text/javascript; charset=utf-8",
                    "console.js", "text/javascript; charset=utf-8",
                    "parts.js", "text/javascript; charset=utf-8",
                    "views.js", "text/javascript; charset=utf-8",
                    "admin.js", "text/javascript; charset=utf-8",
                    "icon.svg", "image/svg+xml");

    private static final Map<String, Answer> PAGES = pages();

    private ConsolePages() {}

    static Answer page(Call call) {
        String name = call.variables().getOrDefault("*", "");
        Answer page = PAGES.get(name.isEmpty() ? "index.html" : name);
        return page == null ? Answer.problem(404, "the console is at /console/") : page;
    }

    private static Map<String, Answer> pages() {
        Map<String, Answer> pages = new LinkedHashMap<>();
        TYPES.forEach(
                (name, type) ->
                        pages.put(
                                name,
                                Answer.text(type, text(name))
                                        .with("Content-Security-Policy", POLICY)));
        return pages;
    }

    private static String text(String name) {
        try (InputStream in =
                Objects.requireNonNull(
                        ConsolePages.class.getResourceAsStream("console/" + name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
