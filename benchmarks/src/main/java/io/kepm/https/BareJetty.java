package io.kepm.https;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Jetty alone, of the agent's version, with its TLS and as many threads: a constant to everybody,
 * which is an answer of the agent with all its headers.
 */
final class BareJetty {

    private static final byte[] CONSTANT =
            "{\"status\":\"healthy\",\"timestamp\":\"2026-11-26T00:00:00.000Z\",\"version\":\"0.1.0\"}"
                    .getBytes(StandardCharsets.US_ASCII);

    private BareJetty() {}

    /** Usage: {@code BareJetty PORT CERTIFICATE}; it goes on until it is ended. */
    public static void main(String[] args) throws Exception {
        ServerCertificate certificate = ServerCertificate.create(Instant.now());
        QueuedThreadPool pool = new QueuedThreadPool(Limits.STANDARD.connections() + 52, 5, 30_000);
        pool.setReservedThreads(0);
        Server server = new Server(pool);
        ServerConnector connector =
                new ServerConnector(
                        server,
                        null,
                        null,
                        null,
                        0,
                        1,
                        AbstractConnectionFactory.getFactories(
                                new AgentKeys(certificate).contextFactory(),
                                new HttpConnectionFactory()));
        connector.setHost("127.0.0.1");
        connector.setPort(Integer.parseInt(args[0]));
        server.addConnector(connector);
        server.setHandler(
                new Handler.Abstract() {
                    @Override
                    public boolean handle(Request request, Response response, Callback callback)
                            throws Exception {
                        request.consumeAvailable();
                        Wire.SECURITY.forEach(response.getHeaders()::add);
                        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
                        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, CONSTANT.length);
                        response.write(true, ByteBuffer.wrap(CONSTANT), callback);
                        return true;
                    }
                });
        server.start();
        Files.writeString(Path.of(args[1]), certificate.pem());
        server.join();
    }
}
