package io.kepm.jobs;

import io.kepm.api.jobs.RunState;
import io.kepm.api.trust.Launches;
import io.kepm.api.trust.TopicRights;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Calls over HTTPS, always verified, without redirects or proxies: other hosts against the
 * authorities of this Java, the agent against its own certificate. There, and nowhere else, a call
 * has an identity: that of its run, lent for this one call, with the tier of a launched process.
 * INVARIANT: it is sent only where the document itself names the agent's API, which is then the
 * loopback, our port, and our certificate.
 */
final class HttpTask {

    private final URI own;
    private final HttpClients clients;
    private final Launches launches;

    HttpTask(String apiBase, HttpClients clients, Launches launches) {
        this.own = URI.create(apiBase);
        this.clients = clients;
        this.launches = launches;
    }

    TaskOutcome once(Run run, Task.Http http, Duration limit) throws InterruptedException {
        try {
            URI uri = URI.create(UrlText.filled(http.url(), run.context()));
            if (!"https".equals(uri.getScheme())
                    || uri.getHost() == null
                    || uri.getUserInfo() != null) {
                return TaskOutcome.failed(
                        "`" + uri.getScheme() + "` is not called: https alone is");
            }
            HttpRequest.Builder request = request(run, http, uri).timeout(limit);
            if (UrlText.isOwn(http.url())) {
                return asItself(run, http, uri, request, limit);
            }
            HttpClient client = isDoor(uri) ? clients.ours() : clients.others();
            return sent(run, http, client, request.build(), limit);
        } catch (IllegalArgumentException | Context.NoValue | GeneralSecurityException e) {
            return TaskOutcome.failed("the call can't be made: " + e.getMessage());
        } catch (IOException e) {
            return TaskOutcome.failed(String.valueOf(e.getMessage()));
        }
    }

    private static HttpRequest.Builder request(Run run, Task.Http http, URI uri)
            throws Context.NoValue {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).method(http.method(), body(run, http));
        if (http.body().isContainerNode()
                && http.headers().keySet().stream().noneMatch("Content-Type"::equalsIgnoreCase)) {
            request.header("Content-Type", "application/json");
        }
        for (var header : http.headers().entrySet()) {
            request.header(header.getKey(), run.context().filled(header.getValue()));
        }
        return request;
    }

    /** Values are filled into the texts of an object, never into its notation. */
    private static HttpRequest.BodyPublisher body(Run run, Task.Http http) throws Context.NoValue {
        if (http.body().isMissingNode()) {
            return HttpRequest.BodyPublishers.noBody();
        }
        return HttpRequest.BodyPublishers.ofString(
                http.body().isTextual()
                        ? run.context().filled(http.body().asText())
                        : run.context().filled(http.body()).toString());
    }

    private TaskOutcome asItself(
            Run run, Task.Http http, URI uri, HttpRequest.Builder request, Duration limit)
            throws IOException, GeneralSecurityException, InterruptedException {
        if (!isDoor(uri) || !isLoopback(uri.getHost())) {
            return TaskOutcome.failed("`" + uri.getHost() + "` is not this agent");
        }
        HttpClient client = clients.ours();
        String clientId = "job:" + run.job().id() + ":" + run.id();
        try (Launches.Errand errand =
                launches.errand(
                        new Launches.Component(
                                clientId, Launches.Reach.PLUGIN, TopicRights.NONE, true))) {
            // The secret can't be wiped from this text; it is nobody's when the call is over.
            String pair = clientId + ":" + new String(errand.secret(), StandardCharsets.US_ASCII);
            byte[] bytes = pair.getBytes(StandardCharsets.US_ASCII);
            request.setHeader(
                    "Authorization", "Basic " + Base64.getEncoder().encodeToString(bytes));
            return sent(run, http, client, request.build(), limit);
        }
    }

    private boolean isDoor(URI uri) {
        return uri.getPort() == own.getPort()
                && List.of("localhost", "127.0.0.1").contains(uri.getHost());
    }

    private static boolean isLoopback(String host) throws IOException {
        for (InetAddress each : InetAddress.getAllByName(host)) {
            if (!each.isLoopbackAddress()) {
                return false;
            }
        }
        return true;
    }

    private static TaskOutcome sent(
            Run run, Task.Http http, HttpClient client, HttpRequest request, Duration limit)
            throws InterruptedException {
        CompletableFuture<HttpResponse<String>> answer =
                client.sendAsync(request, head -> new ShortBody());
        run.stoppable(() -> answer.cancel(true));
        try {
            return outcome(http, answer.get(limit.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            return new TaskOutcome(
                    RunState.TIMED_OUT,
                    Optional.empty(),
                    "no answer within " + limit.toSeconds() + " s",
                    "");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return TaskOutcome.failed("no answer: " + cause);
        } catch (CancellationException e) {
            return TaskOutcome.failed("cancelled");
        } finally {
            boolean unused = answer.cancel(true);
        }
    }

    private static TaskOutcome outcome(Task.Http http, HttpResponse<String> response) {
        int status = response.statusCode();
        boolean good =
                http.expected().isEmpty()
                        ? status >= 200 && status < 300
                        : http.expected().contains(status);
        return good
                ? TaskOutcome.done(response.body())
                : TaskOutcome.failed("status " + status, response.body());
    }
}
