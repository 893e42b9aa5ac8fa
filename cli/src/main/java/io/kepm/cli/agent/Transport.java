package io.kepm.cli.agent;

import java.io.IOException;
import java.nio.file.Path;
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

    /**
     * Sends a file as the body of a POST.
     *
     * @param type what kind of file it is
     * @throws IOException as {@link #send}, and when the file cannot be read
     */
    Answer upload(String target, String type, Path file, Duration limit) throws IOException;

    /** Where it leads, for messages. */
    String place();

    /**
     * Reads server-sent events for as long as they come and somebody wants them.
     *
     * @param target path and query
     * @param silence how long nothing may come
     * @return the answer that was no stream, or an empty one of status 200 after a stream
     * @throws IOException when there is no usable answer, or the stream broke off
     */
    Answer follow(String target, Duration silence, Events events) throws IOException;

    /** Somebody who hears events. */
    interface Events {
        /** The stream has begun. */
        void begun();

        /** One event; without a name it is a message. */
        void event(String name, String data);

        /** Whether more is wanted; asked after everything that comes, signs of life included. */
        boolean wanted();
    }
}
