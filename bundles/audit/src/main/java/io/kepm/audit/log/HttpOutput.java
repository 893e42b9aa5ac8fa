package io.kepm.audit.log;

import io.kepm.api.log.LogRecord;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A collector that takes JSON: a POST of an array of lines, answered by 2xx. Redirects are not
 * followed; the certificate of an {@code https} address has to be one that Java trusts.
 */
final class HttpOutput implements Output {

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final int TIMEOUT = 408;
    private static final int TOO_MANY = 429;

    private final URI address;
    private @Nullable HttpClient client;

    HttpOutput(URI address) {
        this.address = address;
    }

    @Override
    public void send(List<LogRecord> escaped) throws IOException, InterruptedException {
        String body =
                escaped.stream()
                        .map(LogFormat.JSON::line)
                        .collect(Collectors.joining(",\n", "[", "]"));
        HttpRequest request =
                HttpRequest.newBuilder(address)
                        .timeout(ANSWER)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        int status = client().send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        if (status / 100 == 4 && status != TIMEOUT && status != TOO_MANY) {
            throw new Refused("HTTP " + status);
        }
        if (status / 100 != 2) {
            throw new IOException("HTTP " + status);
        }
    }

    /** Made when there is something to send: it is dear, and the start of the agent is not. */
    private HttpClient client() {
        HttpClient made = client;
        if (made == null) {
            made =
                    HttpClient.newBuilder()
                            .connectTimeout(CONNECT)
                            .version(HttpClient.Version.HTTP_1_1)
                            .followRedirects(HttpClient.Redirect.NEVER)
                            .build();
            client = made;
        }
        return made;
    }
}
