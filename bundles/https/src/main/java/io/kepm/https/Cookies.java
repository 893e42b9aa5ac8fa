package io.kepm.https;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/**
 * The cookie of a browser that is signed in. It counts only in a request that a page of the console
 * itself made, by the browser's own word ({@code Sec-Fetch-Site: same-origin}), and never when two
 * of its name come: one of them was put there by somebody else.
 */
final class Cookies {

    /** The prefix binds it to this host, this path and TLS (RFC 6265bis §4.1.3.2). */
    private static final String NAME = "__Host-kepm";

    private Cookies() {}

    static String set(String value) {
        return NAME
                + "="
                + value
                + "; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age="
                + ConsoleSessions.SESSION_LIFE.toSeconds();
    }

    static String cleared() {
        return NAME + "=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0";
    }

    /** What a request proves by it; empty when it proves nothing. */
    static Optional<String> of(HttpFields headers) {
        List<String> sites = headers.getValuesList("Sec-Fetch-Site");
        if (!sites.equals(List.of("same-origin"))) {
            return Optional.empty();
        }
        List<String> found = new ArrayList<>();
        for (String line : headers.getValuesList(HttpHeader.COOKIE)) {
            for (String pair : line.split(";", -1)) {
                int equals = pair.indexOf('=');
                if (equals > 0 && pair.substring(0, equals).strip().equals(NAME)) {
                    found.add(pair.substring(equals + 1).strip());
                }
            }
        }
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }
}
