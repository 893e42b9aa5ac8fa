package io.kepm.jobs;

import io.kepm.jobs.Context.NoValue;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * A URL with placeholders. INVARIANT: a value is one piece of it: within the host it is a name, a
 * number or a port; after it, it is percent-encoded, so that it ends no path and begins no query.
 */
final class UrlText {

    /** Before a route of the agent. */
    static final String OWN = "{" + Context.API + "}/";

    private static final String SCHEME = "https://";
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]+(:[0-9]{1,5})?");
    private static final String PLAIN = "-._~";

    private UrlText() {}

    /** Whether the document itself names a route of the agent; a value can't make it one. */
    static boolean isOwn(String url) {
        return url.startsWith(OWN);
    }

    static String filled(String url, Context context) throws NoValue {
        if (isOwn(url)) {
            int end = OWN.length() - 1;
            return context.filled(url.substring(0, end))
                    + context.filled(url.substring(end), UrlText::encoded);
        }
        int end = SCHEME.length();
        while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
            end++;
        }
        return context.filled(url.substring(0, end), UrlText::host)
                + context.filled(url.substring(end), UrlText::encoded);
    }

    private static String host(String value) throws NoValue {
        if (!HOST.matcher(value).matches()) {
            throw new NoValue("a value that is no name of a host stands where one is needed");
        }
        return value;
    }

    private static String encoded(String value) throws NoValue {
        if (value.equals(".") || value.equals("..")) {
            throw new NoValue("`" + value + "` is no part of a URL");
        }
        StringBuilder encoded = new StringBuilder();
        for (byte each : value.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (each & 0xff);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0)) {
                encoded.append(c);
            } else {
                encoded.append(String.format("%%%02X", (int) c));
            }
        }
        return encoded.toString();
    }
}
