package io.kepm.jobs;

import io.kepm.api.trust.DoorCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Calls over HTTPS, always verified: routes of the agent against its own certificate, other hosts
 * against the authorities of this Java. No redirect is followed, no proxy used. A call carries no
 * identity: at the agent it reaches what is public.
 */
final class HttpTask {

    private final String apiBase;
    private final Supplier<Optional<DoorCertificate>> certificate;

    HttpTask(String apiBase, Supplier<Optional<DoorCertificate>> certificate) {
        this.apiBase = apiBase;
        this.certificate = certificate;
    }

    TaskOutcome once(Run run, Task.Http http, Duration limit) throws InterruptedException {
        try {
            URI uri = URI.create(run.context().filled(http.url()));
            if (!"https".equals(uri.getScheme())
                    || uri.getHost() == null
                    || uri.getUserInfo() != null) {
                return TaskOutcome.failed(
                        "`" + uri.getScheme() + "` is not called: https alone is");
            }
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(uri)
                            .timeout(limit)
                            .method(http.method(), body(run.context().filled(http.body())));
            for (var header : http.headers().entrySet()) {
                request.header(header.getKey(), run.context().filled(header.getValue()));
            }
            HttpClient client =
                    HttpClient.newBuilder()
                            .version(HttpClient.Version.HTTP_1_1)
                            .followRedirects(HttpClient.Redirect.NEVER)
                            .proxy(HttpClient.Builder.NO_PROXY)
                            .connectTimeout(limit)
                            .sslContext(trusting(uri))
                            .build();
            return sent(run, http, client, request.build(), limit);
        } catch (IllegalArgumentException | Context.NoValue | GeneralSecurityException e) {
            return TaskOutcome.failed("the call can't be made: " + e.getMessage());
        } catch (IOException e) {
            return TaskOutcome.failed(String.valueOf(e.getMessage()));
        }
    }

    private static TaskOutcome sent(
            Run run, Task.Http http, HttpClient client, HttpRequest request, Duration limit)
            throws InterruptedException {
        CompletableFuture<TaskOutcome> answer =
                client.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream())
                        .thenApplyAsync(response -> outcome(http, response));
        run.stoppable(() -> answer.cancel(true));
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            return new TaskOutcome(
                    io.kepm.api.jobs.RunState.TIMED_OUT,
                    Optional.empty(),
                    "no answer within " + limit.toSeconds() + " s",
                    "");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return TaskOutcome.failed("no answer: " + cause);
        } catch (java.util.concurrent.CancellationException e) {
            return TaskOutcome.failed("cancelled");
        }
    }

    private static TaskOutcome outcome(Task.Http http, HttpResponse<InputStream> response) {
        String body;
        try (InputStream in = response.body()) {
            body = new String(in.readNBytes(Tail.KEPT), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return TaskOutcome.failed("the answer broke off: " + e.getMessage());
        }
        int status = response.statusCode();
        boolean good =
                http.expected().isEmpty()
                        ? status >= 200 && status < 300
                        : http.expected().contains(status);
        return good ? TaskOutcome.done(body) : TaskOutcome.failed("status " + status, body);
    }

    private static HttpRequest.BodyPublisher body(String text) {
        return text.isEmpty()
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(text);
    }

    private SSLContext trusting(URI uri) throws GeneralSecurityException, IOException {
        URI own = URI.create(apiBase);
        boolean isOwn =
                uri.getPort() == own.getPort()
                        && java.util.List.of("localhost", "127.0.0.1").contains(uri.getHost());
        if (!isOwn) {
            return SSLContext.getDefault();
        }
        DoorCertificate door =
                certificate
                        .get()
                        .orElseThrow(() -> new IOException("the agent's API is not up yet"));
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("agent", door.certificate());
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
