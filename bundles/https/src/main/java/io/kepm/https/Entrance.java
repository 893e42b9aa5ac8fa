package io.kepm.https;

import java.util.Optional;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where Jetty hands over every request: admission first, then the gate of its door. */
final class Entrance extends Handler.Abstract {

    private static final Logger LOG = LoggerFactory.getLogger(Entrance.class);

    private final Admission admission;
    private final Gate gate;
    private final PlainGate plain;
    private final Refusals refusals;
    private final RequestTally tally;

    Entrance(
            Admission admission,
            Gate gate,
            PlainGate plain,
            Refusals refusals,
            RequestTally tally) {
        this.admission = admission;
        this.gate = gate;
        this.plain = plain;
        this.refusals = refusals;
        this.tally = tally;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        ConnectionMetaData connection = request.getConnectionMetaData();
        Connections.Line line = Connections.of(connection);
        line.enter(Connections.Phase.WORK);
        Callback done = Callback.from(() -> line.enter(Connections.Phase.IDLE), callback);
        Answer answer;
        try {
            answer = answer(request, Door.of(connection.getConnector().getName()), line);
        } catch (RuntimeException e) {
            LOG.error("a request failed", e);
            answer = Answer.problem(500, "the agent's log says more").closing();
        }
        tally.answered(answer.status());
        String path = Optional.ofNullable(request.getHttpURI().getPath()).orElse("");
        Wire.send(answer, path, response, done);
        return true;
    }

    private Answer answer(Request request, Door door, Connections.Line line) {
        Optional<Answer> refusal = admission.refusal(request, door);
        String path =
                Optional.ofNullable(request.getHttpURI().getPath())
                        .flatMap(Target::path)
                        .orElse("");
        Answer answer =
                refusal.isPresent()
                        ? refusal.get()
                        : door == Door.HTTP
                                ? plain.answer(request, path)
                                : gate.answer(request, path, door, line);
        boolean recordedByGate = refusal.isEmpty() && door != Door.HTTP;
        if (!recordedByGate && (answer.status() == 403 || answer.status() == 421)) {
            refusals.record(
                    new Refusals.Attempt(line.caller(), door, request.getMethod(), path), answer);
        }
        return answer;
    }
}
