package io.kepm.https;

import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where Jetty hands over every request: admission first, then the gate of its door. What came over
 * TCP is judged by the few threads of its connector; work of identified callers may wait: for it a
 * thread leaves those few, or hands it over to the pool of those that may.
 */
final class Entrance extends Handler.Abstract {

    private static final Logger LOG = LoggerFactory.getLogger(Entrance.class);

    private final Admission admission;
    private final Gate gate;
    private final PlainGate plainGate;
    private final Refusals refusals;
    private final RequestTally tally;

    Entrance(
            Admission admission,
            Gate gate,
            PlainGate plainGate,
            Refusals refusals,
            RequestTally tally) {
        this.admission = admission;
        this.gate = gate;
        this.plainGate = plainGate;
        this.refusals = refusals;
        this.tally = tally;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        ConnectionMetaData connection = request.getConnectionMetaData();
        Connections.Line line = Connections.of(connection);
        line.enter(Connections.Phase.WORK);
        Door door = Door.of(connection.getConnector().getName());
        String path = Optional.ofNullable(request.getHttpURI().getPath()).orElse("");
        Callback idle = Callback.from(() -> line.enter(Connections.Phase.IDLE), callback);
        long pause = line.rest();
        Callback done = pause == 0 ? idle : after(pause, connection.getConnector(), idle);
        Way way = orFailed(() -> way(request, door, line));
        if (way instanceof Way.Work work) {
            Runnable rest =
                    () -> send(orFailed(() -> Way.told(work.answer().get())), path, response, done);
            if (FewThreads.leave()) {
                rest.run();
            } else {
                elsewhere(rest, path, response, done);
            }
        } else {
            send(way, path, response, done);
        }
        return true;
    }

    /** The answer goes out at once, but nothing more is read of who asks too often. */
    private static Callback after(long nanos, Connector connector, Callback callback) {
        return Callback.from(
                () ->
                        connector
                                .getScheduler()
                                .schedule(callback::succeeded, nanos, TimeUnit.NANOSECONDS),
                callback::failed);
    }

    private void elsewhere(Runnable work, String path, Response response, Callback done) {
        try {
            getServer().getThreadPool().execute(work);
        } catch (RejectedExecutionException e) {
            send(Way.told(Answer.problem(503, "the agent stops").closing()), path, response, done);
        }
    }

    private void send(Way way, String path, Response response, Callback done) {
        Answer answer = way instanceof Way.Told told ? told.answer() : failure();
        tally.answered(answer.status());
        Wire.send(answer, path, response, done);
    }

    private static Way orFailed(Supplier<Way> way) {
        try {
            return way.get();
        } catch (RuntimeException e) {
            LOG.error("a request failed", e);
            return Way.told(failure());
        }
    }

    private static Answer failure() {
        return Answer.problem(500, "the agent's log says more").closing();
    }

    private Way way(Request request, Door door, Connections.Line line) {
        // Null: the authority form of CONNECT, or nothing but `*`.
        Optional<String> plain =
                Optional.ofNullable(request.getHttpURI().getPath()).flatMap(Target::path);
        String path = plain.orElse("");
        Optional<Answer> refusal = admission.refusal(request, plain, door);
        if (refusal.isEmpty() && door != Door.HTTP) {
            // What it refuses it puts on record itself.
            return gate.way(request, path, door, line);
        }
        Answer answer = refusal.orElseGet(() -> plainGate.answer(request, path));
        if (answer.status() == 403 || answer.status() == 421) {
            refusals.record(
                    new Refusals.Attempt(
                            line.caller(), door, request.getMethod(), path, line.owner()),
                    answer);
        }
        return Way.told(answer);
    }
}
