package io.kepm.https;

import io.kepm.api.linux.UserPace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.io.SocketChannelEndPoint;
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

    private final Neighbours neighbours;
    private final UserPace pace;
    private final Cuts cuts;
    private final Set<SelectableChannel> waiting = ConcurrentHashMap.newKeySet();

    /** With one thread of the executor that selects, and none that only accepts. */
    PacedConnector(
            Server server,
            Executor executor,
            Neighbours neighbours,
            UserPace pace,
            Cuts cuts,
            ConnectionFactory... factories) {
        super(server, executor, null, null, 0, 1, factories);
        this.neighbours = neighbours;
        this.pace = pace;
        this.cuts = cuts;
    }

    /** What a connection is known by, once; over TLS it is below what Jetty shows. */
    private static final class End extends SocketChannelEndPoint {
        private final Guest guest;

        End(
                SocketChannel channel,
                ManagedSelector selector,
                SelectionKey key,
                Scheduler scheduler,
                Guest guest) {
            super(channel, selector, key, scheduler);
            this.guest = guest;
        }
    }

    /** Who was seen to connect when it was accepted. */
    static Guest guest(EndPoint end) {
        EndPoint bottom = end instanceof EndPoint.Wrapper layer ? layer.unwrap() : end;
        return bottom instanceof End known ? known.guest : Guest.UNKNOWN;
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(
            SocketChannel channel, ManagedSelector selector, SelectionKey key) {
        Guest guest = key.attachment() instanceof Guest seen ? seen : Guest.UNKNOWN;
        End end = new End(channel, selector, key, getScheduler(), guest);
        end.setIdleTimeout(getIdleTimeout());
        return end;
    }

    @Override
    protected SelectorManager newSelectorManager(
            Executor executor, Scheduler scheduler, int selectors) {
        return new ServerConnectorManager(executor, scheduler, selectors) {
            @Override
            public void accept(SelectableChannel channel) {
                Guest guest = whose(channel);
                OptionalLong wait = pace.begin(guest.paced());
                if (wait.isEmpty()) {
                    cuts.count(guest, Door.of(getName()), Cuts.Why.PACE);
                    IO.close(channel);
                } else if (wait.getAsLong() == 0) {
                    accept(channel, guest);
                } else {
                    waiting.add(channel);
                    scheduler.schedule(
                            () -> acceptNow(channel, guest),
                            wait.getAsLong(),
                            TimeUnit.NANOSECONDS);
                }
            }

            private void acceptNow(SelectableChannel channel, Guest guest) {
                if (waiting.remove(channel)) {
                    accept(channel, guest);
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

    private Guest whose(SelectableChannel channel) {
        try {
            if (channel instanceof SocketChannel socket
                    && socket.getRemoteAddress() instanceof InetSocketAddress peer
                    && socket.getLocalAddress() instanceof InetSocketAddress here) {
                return neighbours.guest(peer, here);
            }
        } catch (IOException e) {
            LOG.trace("a connection is gone already", e);
        }
        return Guest.UNKNOWN;
    }
}
