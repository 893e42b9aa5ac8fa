package io.kepm.cli.agent;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** One conversation over a Unix socket, with a limit on its time and one-line faults. */
public final class AgentSocket {

    /** What is said once connected. */
    @FunctionalInterface
    public interface Conversation<T> {
        T hold(SocketChannel channel) throws IOException;
    }

    /** What is said for as long as the other side goes on. */
    @FunctionalInterface
    interface LongConversation<T> {
        /**
         * Talks.
         *
         * @param alive to be run whenever the other side has said something
         */
        T hold(SocketChannel channel, Runnable alive) throws IOException;
    }

    private AgentSocket() {}

    /**
     * Connects, talks, closes.
     *
     * @throws IOException when that did not work; its message has one line
     */
    public static <T> T talk(Path socket, Duration limit, Conversation<T> conversation)
            throws IOException {
        return listen(socket, limit, (channel, alive) -> conversation.hold(channel));
    }

    /** As {@link #talk}, but the limit is that of a silence. */
    static <T> T listen(Path socket, Duration limit, LongConversation<T> conversation)
            throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                Deadline deadline = new Deadline(channel, limit)) {
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
                return conversation.hold(channel, deadline::extend);
            } catch (TooLargeException e) {
                throw e;
            } catch (IOException e) {
                if (deadline.hasPassed()) {
                    throw new IOException("no answer within " + limit.toSeconds() + " s", e);
                }
                throw new IOException(cause(e), e);
            } catch (IllegalArgumentException e) {
                throw new IOException("this cannot be a socket's path", e);
            }
        }
    }

    /** The system's words in our form: lower case, one line. */
    private static String cause(IOException e) {
        String message = e.getMessage();
        if (message == null || message.isEmpty()) {
            return "the connection was closed";
        }
        return message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
    }
}
