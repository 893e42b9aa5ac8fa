package io.kepm.https;

import static io.kepm.https.Route.delete;
import static io.kepm.https.Route.get;
import static io.kepm.https.Route.post;
import static io.kepm.https.Tier.ADMIN;
import static io.kepm.https.Tier.USER;

import io.kepm.api.elevation.OfflineApprovals;
import io.kepm.api.elevation.OfflineApprovals.Reply;
import io.kepm.api.elevation.OfflineApprovals.Status;
import io.kepm.api.elevation.Requests.Person;
import io.kepm.api.json.Fields;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.storage.StorageException;
import io.kepm.https.Route.Pace;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Offline response codes: the key of this machine, challenges, and answers to them. */
final class OfflineActions {

    private static final int LONGEST_LINE = 256;
    private static final int LONGEST_CODE = 64;

    private final OfflineApprovals offline;
    private final People people;

    OfflineActions(OfflineApprovals offline, People people) {
        this.offline = offline;
        this.people = people;
    }

    List<Route> routes() {
        return List.of(
                get("/api/offline-key", ADMIN, this::status),
                post("/api/offline-key", ADMIN, this::takeKey),
                delete("/api/offline-key", ADMIN, this::forgetKey),
                post("/api/requests/{id}/challenge", USER, this::challenge).at(Pace.DECISIONS),
                post("/api/requests/{id}/answer", USER, this::answer).at(Pace.DECISIONS));
    }

    private Answer status(Call call) throws StorageException {
        return call.query().isEmpty()
                ? Answer.ok(json(offline.status()))
                : Answer.invalid(
                        "?" + call.query().keySet().iterator().next(), "unknown parameter");
    }

    private Answer takeKey(Call call) throws StorageException {
        Fields fields = new Fields(call.body());
        String line = fields.requiredText("key", LONGEST_LINE);
        return fields.faults().isEmpty()
                ? told(offline.takeKey(line, admin(call)))
                : Answer.invalid(fields.faults());
    }

    private Answer forgetKey(Call call) throws StorageException {
        Fields fields = new Fields(call.body());
        return fields.faults().isEmpty()
                ? told(offline.forgetKey(admin(call)))
                : Answer.invalid(fields.faults());
    }

    private String admin(Call call) {
        return people.info(call.caller()).name();
    }

    private Answer challenge(Call call) throws NameServiceException, StorageException {
        Fields fields = new Fields(call.body());
        if (!fields.faults().isEmpty()) {
            return Answer.invalid(fields.faults());
        }
        Optional<Person> who = people.person(call.caller());
        return who.isEmpty()
                ? RequestActions.noAccount()
                : told(offline.challenge(id(call), who.get()), who.get());
    }

    private Answer answer(Call call) throws NameServiceException, StorageException {
        Fields fields = new Fields(call.body());
        String code = fields.requiredText("code", LONGEST_CODE);
        if (!fields.faults().isEmpty()) {
            return Answer.invalid(fields.faults());
        }
        Optional<Person> who = people.person(call.caller());
        return who.isEmpty()
                ? RequestActions.noAccount()
                : told(offline.answer(id(call), who.get(), code), who.get());
    }

    private static String id(Call call) {
        return call.variables().getOrDefault("id", "");
    }

    private static Answer told(Reply reply, Person who) {
        if (reply instanceof Reply.Challenge challenge) {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("challenge", challenge.text());
            body.put("request", RequestActions.json(challenge.request(), who));
            return Answer.ok(body);
        }
        return reply instanceof Reply.Done done
                ? Answer.ok(RequestActions.json(done.request(), who))
                : told(reply);
    }

    private static Answer told(Reply reply) {
        if (reply instanceof Reply.Keyed keyed) {
            return Answer.ok(json(keyed.status()));
        }
        return reply instanceof Reply.Refused refused
                ? Answer.problem(409, refused.why())
                : RequestActions.unknown();
    }

    private static Map<String, Object> json(Status status) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("machine", status.machine());
        json.put("hasKey", status.fingerprint().isPresent());
        json.put("fingerprint", status.fingerprint().orElse(""));
        return json;
    }
}
