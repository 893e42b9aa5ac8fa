package io.kepm.https;

import io.kepm.api.settings.AllowedHosts;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;

/**
 * What every request has to pass before any route is looked at, {@code /health} included: version,
 * size, host, origin. Against pages of a browser on this machine that a foreign site controls.
 */
final class Admission {

    private static final List<String> UNIX_HOSTS = List.of("localhost", "kepm");

    private final AllowedHosts hosts;
    private final int httpPort;
    private final int httpsPort;
    private final int maxHeaders;

    /**
     * Admits requests to these places.
     *
     * @param allowedHosts as {@link AllowedHosts} reads them
     */
    Admission(String allowedHosts, int httpPort, int httpsPort, int maxHeaders) {
        hosts = AllowedHosts.parse(allowedHosts);
        this.httpPort = httpPort;
        this.httpsPort = httpsPort;
        this.maxHeaders = maxHeaders;
    }

    /**
     * Why a request is not admitted; empty when it is.
     *
     * @param path as {@link Target#path} reads it; empty when it can't be read in one way only
     */
    Optional<Answer> refusal(Request request, Optional<String> path, Door door) {
        HttpFields headers = request.getHeaders();
        if (path.isEmpty()) {
            return Optional.of(
                    Answer.problem(400, "write the path plainly: one `/` between names, no `..`"));
        }
        if (!isPlainlyFramed(headers)) {
            return Optional.of(
                    Answer.problem(400, "`chunked` is the only transfer encoding").closing());
        }
        if (request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_1_1) {
            return Optional.of(Answer.problem(505, "use HTTP/1.1").closing());
        }
        if (headers.size() > maxHeaders) {
            return Optional.of(
                    Answer.problem(431, "send at most " + maxHeaders + " headers").closing());
        }
        List<String> sent = headers.getValuesList(HttpHeader.HOST);
        String host = sent.size() == 1 ? sent.get(0).toLowerCase(Locale.ROOT) : "";
        if (!isHostAllowed(host, door)) {
            return Optional.of(Answer.problem(421, "the host is not one of this agent").closing());
        }
        if (!isOwnOrigin(headers, host) || !isOwnSite(headers)) {
            return Optional.of(
                    Answer.problem(403, "pages of other sites may not call this agent").closing());
        }
        return Optional.empty();
    }

    /** Jetty drops `identity` silently; another reader might not. */
    private static boolean isPlainlyFramed(HttpFields headers) {
        List<String> codings = headers.getValuesList(HttpHeader.TRANSFER_ENCODING);
        return codings.isEmpty()
                || (codings.size() == 1 && codings.get(0).equalsIgnoreCase("chunked"));
    }

    private boolean isHostAllowed(String host, Door door) {
        if (door == Door.UNIX) {
            return UNIX_HOSTS.contains(host);
        }
        String port = ":" + (door == Door.HTTP ? httpPort : httpsPort);
        if (!host.endsWith(port)) {
            return false;
        }
        return hosts.allows(host.substring(0, host.length() - port.length()));
    }

    private static boolean isOwnOrigin(HttpFields headers, String host) {
        for (HttpField field : headers) {
            if (field.getHeader() == HttpHeader.ORIGIN
                    && !("https://" + host).equals(lower(field.getValue()))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isOwnSite(HttpFields headers) {
        for (HttpField field : headers) {
            if (field.is("Sec-Fetch-Site")) {
                String site = lower(field.getValue());
                if (!site.equals("same-origin") && !site.equals("none")) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Jetty gives null for a header without a value. */
    private static String lower(@org.jspecify.annotations.Nullable String value) {
        return value == null ? "" : value.toLowerCase(Locale.ROOT);
    }
}
