package io.kepm.https;

import io.kepm.api.linux.UserPace;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.util.NanoTime;

/**
 * The open connections of one door: how many, whose, and how long a request has been on its way.
 * Jetty tells it of each connection; {@link #sweep}, called every second, ends the slow ones. Whose
 * a connection over TCP is, counts for its number alone: it proves nothing about a request. The
 * last quarter of the places is for accounts of the system and for those who read health and audit;
 * root and plugins get in as long as they have less than their own share.
 */
final class Connections implements Connection.Listener {

    private static final String LINE = Connections.class.getName();
    private static final Duration LONGEST_REST = Duration.ofSeconds(10);

    /** Of all places, what ordinary users leave together. */
    private static final int KEPT = 4;

    private final Door door;
    private final Limits limits;
    private final SocketCallers callers;
    private final Neighbours neighbours;
    private final UserPace requests;
    private final Cuts cuts;
    private final Map<Connection, Line> lines = new ConcurrentHashMap<>();

    Connections(
            Door door,
            Limits limits,
            SocketCallers callers,
            Neighbours neighbours,
            UserPace requests,
            Cuts cuts) {
        this.requests = requests;
        this.cuts = cuts;
        this.door = door;
        this.limits = limits;
        this.callers = callers;
        this.neighbours = neighbours;
    }

    /**
     * How a connection counts.
     *
     * @param admin whether an administrator's own; root by a grant has another share
     */
    private record Standing(Guest guest, boolean admin) {
        /** What comes first has a share apart from that of the user as whom it runs. */
        boolean isShared(Standing other) {
            return guest.counts() == other.guest.counts()
                    && guest.first() == other.guest.first()
                    && admin == other.admin;
        }
    }

    /** What is known of a connection, from the moment it is open. */
    static final class Line {
        private final Connection connection;
        private final Caller caller;
        private final Standing standing;
        private final LongSupplier rest;
        // Guarded by this.
        private Phase phase = Phase.FIRST_HEADERS;
        private long since = NanoTime.now();
        private long bytesBefore;

        Line(Connection connection, Caller caller, Standing standing, LongSupplier rest) {
            this.rest = rest;
            this.connection = connection;
            this.caller = caller;
            this.standing = standing;
        }

        Caller caller() {
            return caller;
        }

        /** Counts a request; nanoseconds that this connection is not read after it. */
        long rest() {
            return rest.getAsLong();
        }

        /** The uid whose it is, which proves nothing; -1 when that can't be told. */
        long owner() {
            return standing.guest().uid();
        }

        synchronized void enter(Phase next) {
            phase = next;
            since = NanoTime.now();
            bytesBefore = connection.getBytesIn();
        }

        private synchronized boolean isTooSlow(Limits limits) {
            if (phase == Phase.IDLE && connection.getBytesIn() > bytesBefore) {
                phase = Phase.NEXT_HEADERS;
                since = NanoTime.now();
            }
            return switch (phase) {
                case FIRST_HEADERS, NEXT_HEADERS -> isPast(limits.slowHeaders());
                case BODY -> isPast(limits.slowBody());
                case WORK, IDLE -> false;
            };
        }

        private boolean isPast(Duration limit) {
            return NanoTime.since(since) > limit.toNanos();
        }
    }

    /** Where a connection stands. */
    enum Phase {
        FIRST_HEADERS,
        NEXT_HEADERS,
        BODY,
        WORK,
        IDLE
    }

    /** The line of a request's connection. */
    static Line of(ConnectionMetaData connection) {
        if (connection.getAttribute(LINE) instanceof Line line) {
            return line;
        }
        throw new IllegalStateException("a connection that was never opened");
    }

    @Override
    public void onOpened(Connection connection) {
        // The TLS layer below tells of itself too; only the HTTP connection counts.
        if (!(connection instanceof ConnectionMetaData data)) {
            return;
        }
        Optional<Caller> caller = caller(connection);
        if (caller.isEmpty()) {
            cut(connection, Guest.UNKNOWN, Cuts.Why.UNKNOWN);
            return;
        }
        Line line = line(connection, caller.get());
        letIn(data, line).ifPresent(why -> cut(connection, line.standing.guest(), why));
    }

    private void cut(Connection connection, Guest guest, Cuts.Why why) {
        cuts.count(guest, door, why);
        connection.getEndPoint().close();
    }

    private Line line(Connection connection, Caller caller) {
        // The socket has a thread for each connection: there only administrators may be too many.
        Guest guest =
                door == Door.UNIX
                        ? neighbours.guest(caller.uid(), caller.isAdmin())
                        : PacedConnector.guest(connection.getEndPoint());
        // On the socket it is known who asks, and each has budgets of his own.
        LongSupplier rest =
                door == Door.UNIX || guest.first()
                        ? () -> 0
                        : () -> requests.begin(guest.counts()).orElse(LONGEST_REST.toNanos());
        return new Line(connection, caller, new Standing(guest, caller.isAdmin()), rest);
    }

    /**
     * One by one: of many that come at once each is counted before the next is judged.
     *
     * @return why it is not let in; empty when it is
     */
    private synchronized Optional<Cuts.Why> letIn(ConnectionMetaData data, Line line) {
        Optional<Cuts.Why> obstacle = obstacle(line.standing);
        if (obstacle.isEmpty()) {
            data.setAttribute(LINE, line);
            lines.put(line.connection, line);
        }
        return obstacle;
    }

    @Override
    public void onClosed(Connection connection) {
        lines.remove(connection);
    }

    int count() {
        return lines.size();
    }

    /** Ends connections whose headers or body take too long. */
    void sweep() {
        List<Line> slow = lines.values().stream().filter(line -> line.isTooSlow(limits)).toList();
        for (Line line : slow) {
            // Jetty may not have told of its end when the next look comes.
            if (lines.remove(line.connection, line)) {
                cut(line.connection, line.standing.guest(), Cuts.Why.SLOW);
            }
        }
    }

    private Optional<Caller> caller(Connection connection) {
        if (door != Door.UNIX) {
            return Optional.of(Caller.UNKNOWN);
        }
        if (!(connection.getEndPoint().getTransport() instanceof SocketChannel channel)) {
            return Optional.empty();
        }
        return callers.of(channel);
    }

    private Optional<Cuts.Why> obstacle(Standing standing) {
        boolean full = lines.size() >= limits.connections();
        boolean hisShare = count(standing::isShared) >= limits.connectionsPerUser();
        if (door != Door.UNIX && standing.guest().isRoot()) {
            // Over TCP root has its share likewise, and what is free besides: its tools are many.
            return full && hisShare ? Optional.of(Cuts.Why.SHARE) : Optional.empty();
        }
        if (hisShare) {
            return Optional.of(Cuts.Why.SHARE);
        }
        if (standing.guest().first()) {
            return Optional.empty();
        }
        int ordinary = limits.connections() - limits.connections() / KEPT;
        boolean isKept =
                !standing.guest().expected() && count(one -> !one.guest().expected()) >= ordinary;
        return full || isKept ? Optional.of(Cuts.Why.ROOM) : Optional.empty();
    }

    private long count(Predicate<Standing> which) {
        return lines.values().stream().map(line -> line.standing).filter(which).count();
    }
}
