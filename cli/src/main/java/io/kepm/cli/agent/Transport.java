package io.kepm.cli.agent;

import java.io.IOException;
import java.time.Duration;

/** A way to the agent: one request, one answer. */
public interface Transport {

    /**
     * Sends a request and waits for its answer.
     *
     * @param target path and query
     * @param body JSON, or empty
     * @param limit how long all of it may take
     * @throws IOException when there is no usable answer; its message has one line
     */
    Answer send(String method, String target, String body, Duration limit) throws IOException;

    /** Where it leads, for messages. */
    String place();
}
