package io.kepm.https;

import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/**
 * The port without TLS: health, and the way to the other port. INVARIANT: nothing of a request but
 * its path and query is looked at, and credentials never.
 */
final class PlainGate {

    private final SystemActions system;
    private final String authority;

    PlainGate(SystemActions system, int httpsPort) {
        this.system = system;
        this.authority = "https://localhost:" + httpsPort;
    }

    Answer answer(Request request, String path) {
        boolean reads = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
        if (!reads || hasBody(request)) {
            return Answer.problem(403, "use " + authority).closing();
        }
        if (path.equalsIgnoreCase("/health")) {
            return system.health(new Call(Caller.UNKNOWN, Map.of(), Map.of(), Map.of()));
        }
        return new Answer(308, "", Optional.empty(), Map.of(), false, "")
                .with("Location", authority + request.getHttpURI().getPathQuery());
    }

    private static boolean hasBody(Request request) {
        return request.getLength() > 0
                || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
    }
}
