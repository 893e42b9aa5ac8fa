package io.kepm.https;

import io.kepm.api.messages.BrokerWatch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What can be seen of the broker: who is connected, and what was denied. */
final class BrokerActions {

    private final Supplier<Optional<BrokerWatch>> broker;

    BrokerActions(Supplier<Optional<BrokerWatch>> broker) {
        this.broker = broker;
    }

    Answer denials(Call call) {
        return list(
                call,
                broker.get()
                        .map(
                                present ->
                                        present.denials().stream()
                                                .map(BrokerActions::json)
                                                .toList()));
    }

    Answer clients(Call call) {
        return list(
                call,
                broker.get()
                        .map(
                                present ->
                                        present.clients().stream()
                                                .map(BrokerActions::json)
                                                .toList()));
    }

    private static Answer list(Call call, Optional<List<Map<String, Object>>> items) {
        if (!call.query().isEmpty()) {
            return Answer.invalid(
                    "?" + call.query().keySet().iterator().next(), "unknown parameter");
        }
        if (items.isEmpty()) {
            return Answer.problem(503, "the broker is not there; see `kepm status`");
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("items", items.get());
        body.put("next", Optional.empty());
        body.put("limit", 1000L);
        return Answer.ok(body);
    }

    private static Map<String, Object> json(BrokerWatch.Denial denial) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("first", denial.first().toString());
        json.put("last", denial.last().toString());
        json.put("client", denial.client());
        json.put("kind", denial.kind());
        json.put("what", denial.what());
        json.put("reason", denial.reason());
        json.put("count", denial.count());
        return json;
    }

    private static Map<String, Object> json(BrokerWatch.Client client) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", client.id());
        json.put("pid", (long) client.pid());
        json.put("uid", client.uid());
        json.put("since", client.since().toString());
        json.put("subscriptions", client.subscriptions());
        json.put("published", client.published());
        json.put("delivered", client.delivered());
        json.put("outstanding", (long) client.outstanding());
        json.put("outstandingBytes", client.outstandingBytes());
        json.put("denials", client.denials());
        return json;
    }
}
