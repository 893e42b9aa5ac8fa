package io.kepm.https;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes answers, each with the same security headers. */
final class Wire {

    private static final Logger LOG = LoggerFactory.getLogger(Wire.class);
    private static final int MAX_INSTANCE = 256;
    private static final int UNKNOWN_LENGTH = -1;
    private static final int FLOW_BUFFER = 8 << 10;

    /**
     * No browser is to keep, frame, sniff or run anything of it. As bytes: each answer has them.
     */
    static final List<HttpField> SECURITY =
            List.of(
                    new PreEncodedHttpField("Cache-Control", "no-store"),
                    new PreEncodedHttpField(
                            "Content-Security-Policy",
                            "default-src 'none'; frame-ancestors 'none'"),
                    new PreEncodedHttpField("Cross-Origin-Opener-Policy", "same-origin"),
                    new PreEncodedHttpField("Cross-Origin-Resource-Policy", "same-origin"),
                    new PreEncodedHttpField("Referrer-Policy", "no-referrer"),
                    new PreEncodedHttpField("X-Content-Type-Options", "nosniff"),
                    new PreEncodedHttpField("X-Frame-Options", "DENY"));

    /**
     * Whether a user started this agent to try things out: {@code kepm dev}. Read once: no bundle
     * that comes later makes an administrator of a user by a property.
     */
    static final boolean DEV = Boolean.getBoolean("kepm.dev");

    private static final Map<String, String> TRIED =
            DEV
                    ? Map.of("Kepm-Dev", "an agent to try things out, which elevates nothing")
                    : Map.of();

    private Wire() {}

    static void send(Answer answer, String instance, Response response, Callback callback) {
        if (answer.flow().isPresent()) {
            flow(answer, answer.flow().get(), response, callback);
            return;
        }
        byte[] body = bytes(answer, instance);
        response.setStatus(answer.status());
        describe(answer, body.length, response.getHeaders());
        response.write(true, ByteBuffer.wrap(body), callback);
    }

    /** INVARIANT: a body that could not be written as a whole never ends like one. */
    private static void flow(Answer answer, Outflow flow, Response response, Callback callback) {
        response.setStatus(answer.status());
        describe(answer, UNKNOWN_LENGTH, response.getHeaders());
        try (flow) {
            if (!response.getRequest().getMethod().equals("HEAD")) {
                // In chunks even where the connection ends with it: else its end is no sign.
                response.getHeaders().put(HttpHeader.TRANSFER_ENCODING, "chunked");
                OutputStream out =
                        new BufferedOutputStream(
                                Content.Sink.asOutputStream(response), FLOW_BUFFER);
                flow.writeTo(out);
                out.flush();
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("a stream ended early", e);
            callback.failed(e);
            return;
        }
        callback.succeeded();
    }

    /** Headers of an answer. */
    static void describe(Answer answer, int length, HttpFields.Mutable headers) {
        // Nothing else sets them before: so none has to be looked for.
        SECURITY.forEach(headers::add);
        TRIED.forEach(headers::put);
        answer.headers().forEach(headers::put);
        if (answer.body().isPresent() || answer.text().isPresent() || answer.flow().isPresent()) {
            headers.put(HttpHeader.CONTENT_TYPE, answer.contentType());
        }
        if (length != UNKNOWN_LENGTH) {
            headers.put(HttpHeader.CONTENT_LENGTH, length);
        }
        if (answer.close()) {
            headers.put(HttpHeader.CONNECTION, "close");
        }
    }

    /**
     * Body of an answer.
     *
     * @param instance path of the request, for a problem; empty to leave it out
     */
    static byte[] bytes(Answer answer, String instance) {
        if (answer.text().isPresent()) {
            return answer.text().get().getBytes(StandardCharsets.UTF_8);
        }
        return answer.body()
                .map(
                        body -> {
                            if (!answer.inProblemForm()
                                    || instance.isEmpty()
                                    || instance.length() > MAX_INSTANCE) {
                                return JsonText.write(body);
                            }
                            Map<String, Object> more = new java.util.LinkedHashMap<>(body);
                            more.put("instance", instance);
                            return JsonText.write(more);
                        })
                .orElse(new byte[0]);
    }
}
