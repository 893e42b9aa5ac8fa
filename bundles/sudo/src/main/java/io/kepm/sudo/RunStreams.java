package io.kepm.sudo;

import io.kepm.api.linux.UnixSockets.Connection;
import io.kepm.api.linux.UnixSockets.Descriptor;
import io.kepm.api.linux.UnixSockets.Frame;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the client passes on for its command.
 *
 * @param folder its working directory
 * @param control where its supervisor speaks with the client
 */
record RunStreams(
        Descriptor folder, Descriptor in, Descriptor out, Descriptor err, Descriptor control) {

    private static final List<String> NAMES = List.of("in", "out", "err", "control");
    private static final int MOST_BYTES = 1024;

    /** Four frames in their order, each with one descriptor. */
    static RunStreams receive(Connection connection, Descriptor folder, Held held)
            throws IOException, MalformedException {
        List<Descriptor> found = new ArrayList<>();
        for (String name : NAMES) {
            Frame frame = held.read(connection, MOST_BYTES);
            Fields fields = Fields.parse(frame.payload());
            if (!fields.one("op").equals("stream")
                    || !fields.one("name").equals(name)
                    || frame.descriptor().isEmpty()) {
                throw new MalformedException("stream `" + name + "` was not passed");
            }
            found.add(frame.descriptor().get());
        }
        return new RunStreams(folder, found.get(0), found.get(1), found.get(2), found.get(3));
    }
}
