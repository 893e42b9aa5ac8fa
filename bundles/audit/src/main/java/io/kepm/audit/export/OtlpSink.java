package io.kepm.audit.export;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.text.VisibleText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Logs of OpenTelemetry over HTTP (OTLP/HTTP, in protobuf or JSON). Only an answer 200 counts as
 * delivered; after every other one the records are sent again, since none may be dropped. No
 * redirect is followed, no proxy used; the host name of a TLS peer is always checked.
 */
final class OtlpSink implements Sink {

    private static final int LARGEST_ANSWER = 64 * 1024;
    private static final int LONGEST_REASON = 200;
    private static final int OK = 200;

    private final HttpRequest.Builder request;
    private final OtlpEncoding encoding;
    private final HttpClient client;
    private volatile @Nullable CompletableFuture<HttpResponse<Void>> current;
    private volatile boolean closed;

    OtlpSink(
            Address address,
            OtlpEncoding encoding,
            Optional<SSLContext> tls,
            Optional<Credential> credential)
            throws BadAddress {
        this.encoding = encoding;
        request =
                HttpRequest.newBuilder(uri(address, tls.isPresent() ? "https" : "http"))
                        .timeout(TimeLimit.ANSWER)
                        .header("Content-Type", encoding.contentType())
                        .header("User-Agent", "kepm");
        credential.ifPresent(value -> request.header("Authorization", value.header()));
        HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .version(Version.HTTP_1_1)
                        .followRedirects(Redirect.NEVER)
                        .proxy(HttpClient.Builder.NO_PROXY)
                        .connectTimeout(TimeLimit.ANSWER);
        tls.ifPresent(builder::sslContext);
        client = builder.build();
    }

    private static URI uri(Address address, String scheme) throws BadAddress {
        String host = address.host().contains(":") ? "[" + address.host() + "]" : address.host();
        try {
            return new URI(scheme + "://" + host + ":" + address.port() + address.path());
        } catch (URISyntaxException e) {
            throw new BadAddress(address.shown(), "no URL: " + e.getReason());
        }
    }

    @Override
    public String deliver(List<AuditEntry> batch) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        HttpResponse<Void> answer = send(BodyPublishers.ofByteArray(encoding.request(batch)), body);
        if (answer.statusCode() == OK) {
            return body.size() == 0 ? "" : read(answer, body.toByteArray()).refused();
        }
        throw new IOException(
                "HTTP "
                        + answer.statusCode()
                        + ": "
                        + VisibleText.of(body.toString(StandardCharsets.UTF_8), LONGEST_REASON));
    }

    /**
     * A receiver has to answer in the encoding that it was asked in; some say JSON all the same.
     */
    private OtlpAnswer read(HttpResponse<Void> answer, byte[] body) throws IOException {
        String type =
                answer.headers().firstValue("Content-Type").orElse("").toLowerCase(Locale.ROOT);
        return type.startsWith(OtlpJson.CONTENT_TYPE) ? OtlpJson.read(body) : encoding.answer(body);
    }

    private HttpResponse<Void> send(HttpRequest.BodyPublisher content, ByteArrayOutputStream body)
            throws IOException {
        CompletableFuture<HttpResponse<Void>> answer =
                client.sendAsync(
                        request.POST(content).build(),
                        BodyHandlers.ofByteArrayConsumer(
                                part -> part.ifPresent(bytes -> append(body, bytes))));
        current = answer;
        try {
            if (closed) {
                throw new IOException("closed");
            }
            return answer.get(TimeLimit.BATCH.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException(reason(e.getCause()), e);
        } catch (TimeoutException | CancellationException e) {
            throw new IOException("no answer within " + TimeLimit.BATCH.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            // Also ends what is still under way.
            answer.cancel(true);
            current = null;
        }
    }

    /** Keeps the beginning; what is longer is read past. */
    private static void append(ByteArrayOutputStream body, byte[] bytes) {
        synchronized (body) {
            body.write(bytes, 0, Math.min(bytes.length, LARGEST_ANSWER - body.size()));
        }
    }

    private static String reason(@Nullable Throwable cause) {
        if (cause == null) {
            return "no reason given";
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    @Override
    public void check() {}

    @Override
    public boolean acknowledges() {
        return true;
    }

    @Override
    public void close() {
        closed = true;
        CompletableFuture<HttpResponse<Void>> answer = current;
        if (answer != null) {
            answer.cancel(true);
        }
    }
}
