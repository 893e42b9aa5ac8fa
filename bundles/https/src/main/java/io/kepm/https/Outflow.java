package io.kepm.https;

import java.io.IOException;
import java.io.OutputStream;

/** A body whose length nobody knows before, and that is never in memory as a whole. */
interface Outflow extends AutoCloseable {

    /**
     * Writes all of it, on the thread of its connection.
     *
     * @throws IOException when the reader is gone, or what is read can't be: the connection is cut,
     *     so that nobody takes a part for the whole
     */
    void writeTo(OutputStream out) throws IOException;

    /** Gives back what it holds, also when nothing was written. */
    @Override
    void close();
}
