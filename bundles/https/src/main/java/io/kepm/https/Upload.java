package io.kepm.https;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/**
 * A file that is sent to a route, kept in a private file of the agent's own temporary folder while
 * it is looked at. One at a time: two administrators do not fill the disk together.
 */
final class Upload implements AutoCloseable {

    static final long MAX_BYTES = 64L << 20;

    /** The member of a {@link Call}'s body that names the file. */
    static final String FILE = "uploaded file";

    private static final Set<String> TYPES =
            Set.of("application/java-archive", "application/vnd.kepm.kpk");
    private static final String ROUTE = "/api/plugins";
    private static final AtomicBoolean BUSY = new AtomicBoolean();

    private final Path file;

    private Upload(Path file) {
        this.file = file;
    }

    /** It was longer than allowed. */
    static final class TooLarge extends IOException {
        TooLarge() {
            super("too large");
        }
    }

    /** Another one is on its way. */
    static final class Busy extends IOException {
        Busy() {
            super("another file is being sent");
        }
    }

    static boolean isOne(Route route, HttpFields headers) {
        return route.method().equals("POST")
                && route.template().equals(ROUTE)
                && route.tier() == Tier.ADMIN
                && !headers.contains(HttpHeader.CONTENT_ENCODING)
                && headers.getValuesList(HttpHeader.CONTENT_TYPE).size() == 1
                && TYPES.contains(
                        headers.getValuesList(HttpHeader.CONTENT_TYPE)
                                .get(0)
                                .toLowerCase(Locale.ROOT));
    }

    static Upload read(Request request) throws IOException {
        if (!BUSY.compareAndSet(false, true)) {
            throw new Busy();
        }
        Path file = null;
        try (InputStream in = Content.Source.asInputStream(request)) {
            file =
                    Files.createTempFile(
                            "upload",
                            ".part",
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")));
            copy(in, file);
            return new Upload(file);
        } catch (IOException | RuntimeException e) {
            if (file != null) {
                Files.deleteIfExists(file);
            }
            BUSY.set(false);
            throw e instanceof IOException broken ? broken : new IOException(e);
        }
    }

    private static void copy(InputStream in, Path file) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long done = 0;
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                done += read;
                if (done > MAX_BYTES) {
                    throw new TooLarge();
                }
                out.write(buffer, 0, read);
            }
        }
    }

    Path file() {
        return file;
    }

    @Override
    public void close() throws IOException {
        try {
            Files.deleteIfExists(file);
        } finally {
            BUSY.set(false);
        }
    }
}
