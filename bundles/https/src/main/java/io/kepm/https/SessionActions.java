package io.kepm.https;

import static io.kepm.https.Route.get;
import static io.kepm.https.Tier.ADMIN;

import io.kepm.api.elevation.RecordedSession;
import io.kepm.api.elevation.SessionRecordings;
import io.kepm.api.elevation.SessionRecordings.Event;
import io.kepm.api.elevation.SessionRecordings.Part;
import io.kepm.api.elevation.SessionRecordings.Place;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Recordings of commands: which there are, and what they showed. Reading one is on record. */
final class SessionActions {

    /** As {@code next} gives it: a place in the file and the number of a segment. */
    private static final Pattern PLACE = Pattern.compile("(\\d{1,15})-(\\d{1,9})");

    private final SessionRecordings recordings;

    SessionActions(SessionRecordings recordings) {
        this.recordings = recordings;
    }

    List<Route> routes() {
        return List.of(
                get("/api/sessions", ADMIN, this::list).readableBy(Contract.AUDITORS),
                get("/api/sessions/{id}", ADMIN, this::one).readableBy(Contract.AUDITORS),
                get("/api/sessions/{id}/events", ADMIN, this::events)
                        .readableBy(Contract.AUDITORS));
    }

    private Answer list(Call call) {
        try {
            return Page.of(
                    call, recordings.list(), RecordedSession::id, SessionActions::json, Map.of());
        } catch (IOException e) {
            return unreadable(e);
        }
    }

    private Answer one(Call call) {
        if (!call.query().isEmpty()) {
            return unknown(call);
        }
        try {
            return find(call)
                    .map(session -> Answer.ok(json(session)))
                    .orElseGet(SessionActions::noSuch);
        } catch (IOException e) {
            return unreadable(e);
        }
    }

    private Answer events(Call call) {
        for (String name : call.query().keySet()) {
            if (!name.equals("from")) {
                return unknown(call);
            }
        }
        Matcher place = PLACE.matcher(call.query().getOrDefault("from", "0-0"));
        if (!place.matches()) {
            return Answer.invalid("?from", "not what an answer gave as `next`");
        }
        try {
            Optional<RecordedSession> session = find(call);
            if (session.isEmpty()) {
                return noSuch();
            }
            Part part =
                    recordings.read(
                            session.get(),
                            new Place(
                                    Long.parseLong(place.group(1)),
                                    Integer.parseInt(place.group(2))));
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("items", part.events().stream().map(SessionActions::json).toList());
            body.put("next", orNull(part.next().map(next -> next.offset() + "-" + next.segment())));
            body.put("state", session.get().state().name());
            return Answer.ok(body).noted("recording of grant " + session.get().id());
        } catch (IOException e) {
            return unreadable(e);
        }
    }

    private Optional<RecordedSession> find(Call call) throws IOException {
        return recordings.find(call.variables().getOrDefault("id", ""));
    }

    private static Answer unknown(Call call) {
        return Answer.invalid("?" + call.query().keySet().iterator().next(), "unknown parameter");
    }

    private static Answer noSuch() {
        return Answer.problem(404, "there is no such recording: `kepm session list` lists them");
    }

    private static Answer unreadable(IOException e) {
        return Answer.problem(409, "it can't be read: " + e.getMessage());
    }

    private static Object orNull(Optional<String> text) {
        return text.isPresent() ? text.get() : text;
    }

    private static Map<String, Object> json(Event event) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("micros", event.since().toNanos() / 1_000);
        json.put("kind", String.valueOf(event.kind()));
        json.put("text", event.text());
        return json;
    }

    private static Map<String, Object> json(RecordedSession session) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", session.id());
        json.put("requestId", session.requestId());
        json.put("user", session.user());
        json.put("uid", session.uid());
        json.put("runAs", session.runAs());
        json.put("argv", session.argv());
        json.put("begun", session.begun().toString());
        json.put("ended", orNull(session.ended().map(Object::toString)));
        json.put("state", session.state().name());
        json.put("bytes", session.bytes());
        json.put("sha256", session.sha256());
        return json;
    }
}
