package io.kepm.https;

import io.kepm.api.linux.UserPace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.IO;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A door over TCP that keeps its users to a pace: whose turn it is not waits as a bare socket,
 * before anything is made for it.
 */
final class PacedConnector extends ServerConnector {

    private static final Logger LOG = LoggerFactory.getLogger(PacedConnector.class);
    private static final long ROOT = 0;

    private final Neighbours neighbours;
    private final UserPace pace;
    private final Set<SelectableChannel> waiting = ConcurrentHashMap.newKeySet();

    /** With one thread of the executor that selects, and none that only accepts. */
    PacedConnector(
            Server server,
            Executor executor,
            Neighbours neighbours,
            UserPace pace,
            ConnectionFactory... factories) {
        super(server, executor, null, null, 0, 1, factories);
        this.neighbours = neighbours;
        this.pace = pace;
    }

    @Override
    protected SelectorManager newSelectorManager(
            Executor executor, Scheduler scheduler, int selectors) {
        return new ServerConnectorManager(executor, scheduler, selectors) {
            @Override
            public void accept(SelectableChannel channel) {
                OptionalLong wait = pace.begin(whose(channel));
                if (wait.isEmpty()) {
                    IO.close(channel);
                } else if (wait.getAsLong() == 0) {
                    super.accept(channel);
                } else {
                    waiting.add(channel);
                    scheduler.schedule(
                            () -> acceptNow(channel), wait.getAsLong(), TimeUnit.NANOSECONDS);
                }
            }

            private void acceptNow(SelectableChannel channel) {
                if (waiting.remove(channel)) {
                    super.accept(channel);
                }
            }
        };
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        waiting.removeIf(
                channel -> {
                    IO.close(channel);
                    return true;
                });
    }

    /** The uid that the connection counts for; root's for whoever comes first. */
    private long whose(SelectableChannel channel) {
        try {
            if (channel instanceof SocketChannel socket
                    && socket.getRemoteAddress() instanceof InetSocketAddress peer
                    && socket.getLocalAddress() instanceof InetSocketAddress here) {
                long owner = neighbours.owner(peer, here);
                return neighbours.comesFirst(owner) ? ROOT : neighbours.answersFor(owner);
            }
        } catch (IOException e) {
            LOG.trace("a connection is gone already", e);
        }
        return Neighbours.NOBODY;
    }
}
