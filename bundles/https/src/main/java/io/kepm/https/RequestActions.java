package io.kepm.https;

import io.kepm.api.elevation.AccessRequest;
import io.kepm.api.elevation.Requests;
import io.kepm.api.elevation.Requests.Act;
import io.kepm.api.elevation.Requests.Outcome;
import io.kepm.api.elevation.Requests.Person;
import io.kepm.api.json.Fields;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.storage.StorageException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Requests that wait for an approval: one's own, and those one may decide. */
final class RequestActions {

    private static final int LONGEST_COMMENT = 1_000;

    private final Requests requests;
    private final People people;
    private final Streams streams;
    private final RequestStream.Pace pace;

    RequestActions(Requests requests, People people, Streams streams, RequestStream.Pace pace) {
        this.requests = requests;
        this.people = people;
        this.streams = streams;
        this.pace = pace;
    }

    /** Requests as they are made and decided. */
    Answer stream(Call call) throws NameServiceException {
        for (String name : call.query().keySet()) {
            if (!name.equals(AuditFlows.LAST_EVENT_ID)) {
                return Answer.invalid("?" + name, "unknown parameter");
            }
        }
        if (people.person(call.caller()).isEmpty()) {
            return noAccount();
        }
        Optional<Shares.Share> share = streams.open(call.caller());
        return share.isEmpty()
                ? Streams.full()
                : Answer.flow(
                        "text/event-stream",
                        new RequestStream(
                                requests,
                                () -> people.person(call.caller()),
                                streams,
                                share.get(),
                                pace));
    }

    Answer list(Call call) throws NameServiceException, StorageException {
        Optional<Person> who = people.person(call.caller());
        if (who.isEmpty()) {
            return noAccount();
        }
        return Page.of(
                call,
                requests.visibleTo(who.get()).stream().map(one -> json(one, who.get())).toList());
    }

    Answer show(Call call) throws NameServiceException, StorageException {
        Optional<Person> who = people.person(call.caller());
        if (who.isEmpty()) {
            return noAccount();
        }
        Optional<AccessRequest> found = requests.view(id(call), who.get());
        if (found.isEmpty()) {
            return unknown();
        }
        Map<String, Object> body = json(found.get(), who.get());
        body.put("proof", requests.proofOf(who.get()));
        return Answer.ok(body);
    }

    /** What one can do with a request: approve it, deny it, withdraw it… */
    Action act(Act act) {
        return call -> {
            Fields fields = new Fields(call.body());
            String code = fields.text("code", Given.LONGEST_FACTOR).orElse("");
            String comment = fields.text("comment", LONGEST_COMMENT).orElse("");
            if (!fields.faults().isEmpty()) {
                return Answer.invalid(fields.faults());
            }
            Optional<Person> who = people.person(call.caller());
            if (who.isEmpty()) {
                return noAccount();
            }
            Outcome outcome = requests.act(id(call), act, who.get(), code, comment);
            if (outcome instanceof Outcome.Done done) {
                return Answer.ok(json(done.request(), who.get()));
            }
            return outcome instanceof Outcome.Refused refused
                    ? Answer.problem(409, refused.why())
                    : unknown();
        };
    }

    private static String id(Call call) {
        return call.variables().getOrDefault("id", "");
    }

    static Answer unknown() {
        return Answer.problem(404, "there is no such request of yours, or for you to decide");
    }

    static Answer noAccount() {
        return Answer.problem(
                403, "this is for users with an account, and for root in its own right");
    }

    static Map<String, Object> json(AccessRequest request, Person who) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", request.id());
        json.put("user", request.user());
        json.put("uid", request.uid());
        json.put("path", request.path());
        json.put("argv", request.argv());
        json.put("cwd", request.cwd());
        json.put("runAs", request.runAs());
        json.put("state", request.state().word());
        json.put("code", (long) request.state().code());
        json.put("created", request.created().toString());
        json.put("until", request.until().toString());
        json.put("reason", request.reason());
        json.put("policies", request.policies());
        json.put("needs", request.needs());
        json.put("approvedBy", request.approvedBy());
        json.put("decidedBy", request.decidedBy());
        json.put("usesLeft", (long) request.usesLeft());
        json.put("own", request.uid() == who.uid());
        json.put("needsCode", who.uid() != 0);
        return json;
    }
}
