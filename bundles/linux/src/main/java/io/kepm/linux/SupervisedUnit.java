package io.kepm.linux;

import com.sun.jna.Native;
import io.kepm.api.linux.Peer;
import io.kepm.api.linux.Scopes;
import io.kepm.api.linux.TransientUnits.End;
import io.kepm.api.linux.TransientUnits.Order;
import io.kepm.api.linux.TransientUnits.Unit;
import io.kepm.api.linux.UnixSockets.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One unit, from the call of the service manager to the last word of its supervisor. For one
 * thread; the last word comes on another.
 *
 * <p>INVARIANT: whoever is told that it did not begin is told so when nothing of it is left, or
 * when what is left was killed and hangs in the kernel: it executes nothing any more.
 */
final class SupervisedUnit implements Unit {

    private static final Logger LOG = LoggerFactory.getLogger(SupervisedUnit.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration UNTIL_GONE = Duration.ofSeconds(5);
    private static final Set<String> HOW = Set.of("exit", "signal", "unrecorded");
    private static final int MOST_WORD_BYTES = 64 * 1024;

    /** Has whoever asked pass folder and streams on the socket that comes with it. */
    private static final byte[] STREAMS = "v=1\0op=streams\0".getBytes(StandardCharsets.UTF_8);

    private final Order order;
    private final SocketConnection connection;
    private final Scopes scopes;
    private final KeptConnections keeper;
    private final PlacesByUser.Place place;
    private final ProcStat supervisor;
    private boolean mayHaveBegun;

    private SupervisedUnit(
            Order order,
            SocketConnection connection,
            Scopes scopes,
            KeptConnections keeper,
            PlacesByUser.Place place,
            ProcStat supervisor) {
        this.order = order;
        this.connection = connection;
        this.scopes = scopes;
        this.keeper = keeper;
        this.place = place;
        this.supervisor = supervisor;
    }

    /** Its supervisor is up when this returns, and where it belongs. */
    static SupervisedUnit start(
            Order order,
            String program,
            Scopes scopes,
            KeptConnections keeper,
            PlacesByUser.Place place)
            throws IOException {
        int[] ends = {-1, -1};
        if (Libc.socketpair(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.CLOEXEC, 0, ends) != 0) {
            throw new IOException("no socket: " + Libc.words(Native.getLastError()));
        }
        SocketConnection connection =
                new SocketConnection(ends[0], new Peer(0, 0, 0), keeper, false);
        try {
            try {
                UnitCall.make(order, program, ends[1]);
            } finally {
                Libc.close(ends[1]);
            }
            Words hello = hello(connection, order);
            ProcStat supervisor = supervisor(order, hello, scopes);
            return new SupervisedUnit(order, connection, scopes, keeper, place, supervisor);
        } catch (ServiceManager.Refused e) {
            // Nothing of ours was started: what has this name is somebody else's.
            connection.close();
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            connection.close();
            clear(order.id(), scopes);
            throw e;
        }
    }

    private static Words hello(SocketConnection connection, Order order) throws IOException {
        try {
            return Words.of(connection.receive(MOST_WORD_BYTES, PATIENCE));
        } catch (IOException e) {
            throw new IOException(
                    "`"
                            + SystemdScopes.service(order.id())
                            + "` did not come up: "
                            + e.getMessage(),
                    e);
        }
    }

    /** INVARIANT: the process that is named as the grant's is one in the grant's own unit. */
    private static ProcStat supervisor(Order order, Words hello, Scopes scopes) throws IOException {
        int pid = (int) hello.number("pid");
        ProcStat stat =
                ProcStat.of(pid)
                        .filter(found -> hello.is("hello"))
                        .orElseThrow(() -> new IOException("the supervisor said no hello"));
        if (!scopes.members(order.id()).contains(pid)) {
            throw new IOException("the supervisor is not in its unit");
        }
        return stat;
    }

    @Override
    public int pid() {
        return supervisor.pid();
    }

    @Override
    public long startTicks() {
        return supervisor.startTicks();
    }

    @Override
    public void go(Consumer<End> end) throws IOException {
        try {
            if (!connection.keep(frame -> ended(frame, end))) {
                throw new IOException("too many commands run");
            }
            order();
            Words word = Words.of(connection.receive(MOST_WORD_BYTES, PATIENCE));
            if (!word.is("running")) {
                mayHaveBegun = !word.is("failed");
                throw new IOException(word.text("text").orElse("its supervisor failed"));
            }
        } catch (IOException | RuntimeException | Error e) {
            cancel();
            throw e;
        }
        keeper.take(connection, connection.kept().orElseThrow());
    }

    @Override
    public boolean mayHaveBegun() {
        return mayHaveBegun;
    }

    /**
     * The supervisor is passed folder and streams on a pair of sockets of its own. INVARIANT: it
     * has its end before whoever asked gets the other, and we keep none. What lies at an end is let
     * go of by whoever closes that last, who may then wait for whatever a stranger put there.
     */
    private void order() throws IOException {
        if (!(order.caller().connection() instanceof SocketConnection client)) {
            throw new IOException("whoever asked for it has no socket");
        }
        try (SocketPair streams = new SocketPair(Libc.SOCK_STREAM | Libc.NONBLOCK)) {
            if (order.recorder().isPresent()) {
                recorded(streams.second());
            } else {
                OrderFrame.send(connection.number(), order, streams.second());
                mayHaveBegun = true;
            }
            streams.closeSecond();
            client.pass(STREAMS, streams.first());
        }
    }

    private void recorded(int streams) throws IOException {
        try (SocketPair shown = new SocketPair(Libc.SOCK_SEQPACKET)) {
            OrderFrame.send(connection.number(), order, streams, shown.second());
            mayHaveBegun = true;
            shown.closeSecond();
            RecordedOutput.hear(
                    shown.takeFirst(), order.recorder().orElseThrow(), order.caller().uid());
        }
    }

    /**
     * Its supervisor ends when we hang up before it has an order, and kills its command when it
     * can't tell us that it runs. It may hang in between, on a file that was passed: nothing is
     * left to it.
     */
    @Override
    public void cancel() {
        if (connection.kept().isPresent()) {
            keeper.release();
        }
        connection.close();
        // What hangs goes on taking one of the places of whoever made it hang.
        if (clear(order.id(), scopes)) {
            place.giveBack();
        }
    }

    /** Whether nothing is left of it. */
    private static boolean clear(String id, Scopes scopes) {
        try {
            Deadline deadline = Deadline.in(UNTIL_GONE, "ending `" + id + "`");
            do {
                scopes.end(id, Duration.ZERO);
                Thread.sleep(Math.min(20, deadline.millisLeft()));
            } while (!scopes.members(id).isEmpty());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            LOG.error("the unit of grant {} did not begin, and is not gone either", id, e);
        }
        return false;
    }

    private void ended(Optional<Frame> frame, Consumer<End> end) {
        place.giveBack();
        end.accept(end(frame));
    }

    private static End end(Optional<Frame> frame) {
        if (frame.isEmpty()) {
            return End.UNKNOWN;
        }
        try {
            Words word = Words.of(frame.get());
            String how = word.text("how").orElse("");
            return word.is("ended") && HOW.contains(how)
                    ? new End(how, (int) word.number("status"), word.number("duration_ms"))
                    : End.UNKNOWN;
        } catch (IOException e) {
            return End.UNKNOWN;
        }
    }
}
