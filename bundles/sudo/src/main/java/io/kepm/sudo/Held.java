package io.kepm.sudo;

import io.kepm.api.linux.UnixSockets.Connection;
import io.kepm.api.linux.UnixSockets.Descriptor;
import io.kepm.api.linux.UnixSockets.Frame;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Descriptors of one question; all are closed with it, whatever becomes of it. For one thread. */
final class Held implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final List<Descriptor> all = new ArrayList<>();

    <T extends Descriptor> T add(T descriptor) {
        all.add(descriptor);
        return descriptor;
    }

    /**
     * The one frame of a question.
     *
     * @throws MalformedException when it is too long, or does not come to its end
     * @throws IOException when nobody asked anything
     */
    Frame read(Connection connection, int mostBytes) throws IOException, MalformedException {
        try {
            Frame frame = connection.receive(mostBytes, PATIENCE);
            frame.descriptor().ifPresent(all::add);
            return frame;
        } catch (EOFException | SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            throw new MalformedException(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void close() {
        all.forEach(Descriptor::close);
    }
}
