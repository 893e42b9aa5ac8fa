package io.kepm.https;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.policy.SourceLimits;
import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of an admitted request of HTTPS or the Unix socket to its route. The order of the answers
 * is part of the contract: 404, 405, 401, 403, 415, 413, 400 of the query, 429, 503 of a bound, 400
 * of the body, 422, 503 (docs/decisions/0023). Safe for use by many threads.
 */
final class Gate {

    private static final Logger LOG = LoggerFactory.getLogger(Gate.class);

    private static final int MAX_TEXT = 2000;

    private static final String JSON = "application/json";
    private static final Set<String> JSON_OTHERWISE = Set.of(JSON, JSON + ";charset=utf-8");

    /** In the name of what a user reads rights; no plugin has a blank in its id. */
    private static final String READER = "kepm list";

    private final Routes routes;
    private final People people;
    private final AuditLog audit;
    private final Refusals refusals;
    private final Limits limits;
    private final Shares bodies;
    private final Shares places;
    private final SourceLimits sources;
    private final Credentials credentials;
    private final LookPace looks = new LookPace(System::nanoTime);

    Gate(
            Routes routes,
            People people,
            AuditLog audit,
            Refusals refusals,
            Limits limits,
            SourceLimits sources,
            Credentials credentials) {
        this.credentials = credentials;
        this.routes = routes;
        this.people = people;
        this.audit = audit;
        this.refusals = refusals;
        this.limits = limits;
        this.bodies = new Shares(limits.bodies());
        this.places = new Shares(limits.places());
        this.sources = sources;
    }

    /**
     * Who asks is judged here and now; what an identified caller then asks for may wait for the
     * disk, the name service or a slow body. Strangers never get that far.
     */
    Way way(Request request, String path, Door door, Connections.Line line) {
        Routes.Match match = routes.match(request.getMethod(), path);
        if (match instanceof Routes.Match.WrongMethod wrong) {
            return Way.told(
                    Answer.problem(405, "use one of: " + wrong.allow())
                            .with("Allow", wrong.allow()));
        }
        if (!(match instanceof Routes.Match.Found found)) {
            return Way.told(Answer.problem(404, "look at the list of routes in the documentation"));
        }
        Optional<Caller> proven = credentials.caller(request, door, found.route(), line);
        if (proven.isEmpty()) {
            return Way.told(Credentials.refusal(found.route()));
        }
        Caller caller = proven.get();
        Refusals.Attempt attempt =
                new Refusals.Attempt(
                        caller, door, request.getMethod(), found.route().template(), line.owner());
        Optional<Answer> refusal = refusal(found.route(), caller);
        if (refusal.isPresent()) {
            refusals.record(attempt, refusal.get());
            return Way.told(refusal.get());
        }
        Supplier<Answer> work =
                () ->
                        counted(
                                found.route(),
                                attempt,
                                admitted(found.route(), request, path, line, caller));
        return found.route().tier() == Tier.PUBLIC ? Way.told(work.get()) : new Way.Work(work);
    }

    private Answer counted(Route route, Refusals.Attempt attempt, Answer answer) {
        if (answer.status() == 403) {
            refusals.record(attempt, answer);
        } else if (answer.status() == 429) {
            refusals.count(attempt);
        } else if (route.tier() == Tier.ADMIN && !answer.recorded()) {
            refusals.record(attempt.ofAdministrator(), answer);
        }
        return answer;
    }

    private Optional<Answer> refusal(Route route, Caller caller) {
        if (caller.signedIn().isPresent() && route.template().endsWith("/stream")) {
            return Optional.of(
                    Answer.problem(
                            403, "a session may end before a stream does: ask again instead"));
        }
        if (caller.tier().covers(route.tier())) {
            return Optional.empty();
        }
        if (caller.monitors()) {
            return route.readers().equals(Contract.MONITOR)
                    ? Optional.empty()
                    : Optional.of(Answer.problem(403, "this token reads health and metrics"));
        }
        if (caller.isForeign()) {
            return Optional.of(
                    Answer.problem(
                            401,
                            "you come from another user or mount namespace, such as a container's"));
        }
        if (caller.tier() == Tier.PUBLIC) {
            return Optional.of(
                    Answer.problem(
                                    401,
                                    "this route needs an identity: use the Unix socket agent.sock")
                            .with("WWW-Authenticate", "UnixSocket"));
        }
        try {
            if (!route.readers().isEmpty() && people.isMember(caller, route.readers())) {
                return Optional.empty();
            }
        } catch (NameServiceException e) {
            return Optional.of(unnamed(e));
        }
        return Optional.of(
                Answer.problem(
                        403,
                        caller.uid() == 0 && !caller.via().isEmpty()
                                ? "this route is for root in its own right: " + caller.via()
                                : "this route is not for your user"));
    }

    private Answer admitted(
            Route route, Request request, String path, Connections.Line line, Caller caller) {
        boolean reads = route.method().equals("GET");
        if (Upload.isOne(route, request.getHeaders())) {
            return uploaded(route, request, path, line, caller);
        }
        if (!reads && !isJson(request.getHeaders())) {
            return Answer.problem(415, "send `Content-Type: application/json`").closing();
        }
        if (request.getLength() > most(route)) {
            return tooLarge(route);
        }
        Optional<Map<String, String>> query = query(request);
        if (query.isEmpty()) {
            return Answer.problem(400, "write each query parameter once, percent-encoded UTF-8");
        }
        Call call =
                new Call(
                        caller,
                        route.variables(path),
                        resumed(route, request, query.get()),
                        Map.of());
        Optional<Answer> tooOften = pace(route, caller);
        if (tooOften.isPresent()) {
            return tooOften.get();
        }
        if (route.readsBody()) {
            return withBody(route, request, path, line, call);
        }
        // What everybody may read is told from memory: strangers over TCP, all of them one caller
        // here, must not get in each other's way.
        return route.tier() == Tier.PUBLIC
                ? served(route, path, call)
                : inPlace(call.caller(), () -> served(route, path, call));
    }

    /** A file is written to the disk on its way; only administrators get here. */
    private Answer uploaded(
            Route route, Request request, String path, Connections.Line line, Caller caller) {
        Optional<Map<String, String>> query = query(request);
        if (query.isEmpty()) {
            return Answer.problem(400, "write each query parameter once, percent-encoded UTF-8");
        }
        if (request.getLength() > Upload.MAX_BYTES) {
            return Answer.problem(413, "send at most " + Upload.MAX_BYTES + " bytes").closing();
        }
        // Not the short time of a JSON body; one that stops on its way meets the idle time.
        line.enter(Connections.Phase.WORK);
        try (Upload upload = Upload.read(request)) {
            Map<String, Object> body = Map.of(Upload.FILE, upload.file());
            Call call = new Call(caller, route.variables(path), query.get(), body);
            return inPlace(call.caller(), () -> served(route, path, call));
        } catch (Upload.TooLarge e) {
            return Answer.problem(413, "send at most " + Upload.MAX_BYTES + " bytes").closing();
        } catch (Upload.Busy e) {
            return busy();
        } catch (IOException e) {
            return Answer.problem(400, "the body does not arrive as announced").closing();
        }
    }

    /** What is answered to whom it is not the turn of. */
    private Optional<Answer> pace(Route route, Caller caller) {
        if (route.tier() == Tier.ADMIN && !caller.isAdmin()) {
            OptionalLong after = looks.take(caller.uid());
            return after.isPresent()
                    ? Optional.of(
                            tooOften(
                                    "you looked %d times within a minute, and each look is a record"
                                            .formatted(LookPace.MOST),
                                    after.getAsLong()))
                    : Optional.empty();
        }
        if (route.pace() == Route.Pace.FREE || caller.isAdmin()) {
            return Optional.empty();
        }
        boolean reads = route.pace() == Route.Pace.READING;
        SourceLimits.Source source =
                reads
                        ? new SourceLimits.Source(READER, caller.uid())
                        : SourceLimits.Source.user(caller.uid());
        // Nobody waits here: the places of this door are for all.
        SourceLimits.Turn turn = sources.take(source, caller.session(), Duration.ZERO);
        return turn instanceof SourceLimits.Turn.Refused refused
                ? Optional.of(tooOften(refused.text(), refused.after().toSeconds() + 1))
                : Optional.empty();
    }

    private static Answer tooOften(String why, long seconds) {
        return Answer.problem(429, why).with("Retry-After", Long.toString(seconds)).closing();
    }

    private Answer withBody(
            Route route, Request request, String path, Connections.Line line, Call call) {
        // A body of unknown length counts as the longest. What it takes is held until the answer:
        // what was read of it is in memory so long.
        long length = request.getLength() < 0 ? most(route) : request.getLength();
        Optional<Shares.Share> bytes = bodies.take(call.caller(), length);
        if (bytes.isEmpty()) {
            return busy();
        }
        try {
            line.enter(Connections.Phase.BODY);
            Body.Result read = Body.read(request, most(route));
            line.enter(Connections.Phase.WORK);
            if (read instanceof Body.Result.Whole whole) {
                // Only now: who sends slowly must not hold a place.
                return inPlace(
                        call.caller(),
                        () -> parsed(route, path, call, whole.parsed(route.takesValue())));
            }
            return parsed(route, path, call, read);
        } finally {
            bytes.get().giveBack();
        }
    }

    private Answer parsed(Route route, String path, Call call, Body.Result read) {
        if (read instanceof Body.Result.Json json) {
            return served(
                    route,
                    path,
                    new Call(call.caller(), call.variables(), call.query(), json.object()));
        }
        return read instanceof Body.Result.Unreadable unreadable
                ? Answer.problem(400, unreadable.why()).closing()
                : tooLarge(route);
    }

    private Answer inPlace(Caller caller, Supplier<Answer> work) {
        Optional<Shares.Share> place = places.take(caller, 1);
        if (place.isEmpty()) {
            return busy();
        }
        try {
            return work.get();
        } finally {
            place.get().giveBack();
        }
    }

    private static Answer busy() {
        return Answer.problem(503, "too many requests at once: try again")
                .with("Retry-After", "1")
                .closing();
    }

    private Answer served(Route route, String path, Call call) {
        Answer answer;
        try {
            answer = route.action().answer(call);
        } catch (StorageException e) {
            LOG.warn("{} {}: {}", route.method(), route.template(), e.getMessage());
            answer = Answer.problem(503, "it could not be put on record: see the agent's health");
        } catch (NameServiceException e) {
            answer = unnamed(e);
        } catch (RuntimeException e) {
            LOG.error("{} {} failed", route.method(), route.template(), e);
            answer = Answer.problem(500, "the agent's log says more");
        }
        return route.tier() == Tier.ADMIN ? recorded(route, path, call, answer) : answer;
    }

    /**
     * INVARIANT: no answer of an administrator's route leaves without its record; one that ends
     * before it is served has its record where it is {@link #counted}.
     */
    private Answer recorded(Route route, String path, Call call, Answer answer) {
        AuditDraft.Builder draft =
                AuditDraft.of(AuditType.ADMIN_ACTION, answer.isProblem() ? "FAILED" : "OK")
                        .sessionType("api")
                        .admin(people.info(call.caller()))
                        .reason(shortened(answer.note()))
                        .detail("method", route.method())
                        .detail("route", route.template())
                        .detail("path", shortened(path))
                        .detail("status", Integer.toString(answer.status()));
        if (!call.caller().via().isEmpty()) {
            draft.detail("via", call.caller().via());
        }
        try {
            audit.append(draft.build());
            return answer.onRecord();
        } catch (StorageException e) {
            LOG.warn(
                    "{} {} is not on record: {}", route.method(), route.template(), e.getMessage());
            answer.flow().ifPresent(Outflow::close);
            return Answer.problem(503, "it could not be put on record: see the agent's health")
                    .onRecord();
        }
    }

    /** Who is unknown is refused. */
    private static Answer unnamed(NameServiceException e) {
        LOG.warn("the name service did not answer: {}", e.getMessage());
        return Answer.problem(503, "the name service did not answer: try again later")
                .with("Retry-After", "5");
    }

    private static String shortened(String text) {
        return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) + "…" : text;
    }

    private int most(Route route) {
        return route.tier() == Tier.ADMIN ? limits.bodyBytes() : limits.userBodyBytes();
    }

    private Answer tooLarge(Route route) {
        return Answer.problem(413, "send at most " + most(route) + " bytes").closing();
    }

    private static boolean isJson(HttpFields headers) {
        List<String> types = headers.getValuesList(HttpHeader.CONTENT_TYPE);
        if (types.size() != 1 || headers.contains(HttpHeader.CONTENT_ENCODING)) {
            return false;
        }
        String type = types.get(0);
        return type.equals(JSON)
                || JSON_OTHERWISE.contains(type.toLowerCase(Locale.ROOT).replace(" ", ""));
    }

    /** Where the reader of a stream was, as a parameter beside the others. */
    private static Map<String, String> resumed(
            Route route, Request request, Map<String, String> query) {
        if (!route.template().endsWith("/stream")) {
            return query;
        }
        String last = request.getHeaders().get("Last-Event-ID");
        if (last == null) {
            return query;
        }
        Map<String, String> more = new LinkedHashMap<>(query);
        more.put(AuditFlows.LAST_EVENT_ID, last);
        return more;
    }

    /** GET of routes that list or look something up; others take no parameter. */
    private static Optional<Map<String, String>> query(Request request) {
        String raw = request.getHttpURI().getQuery();
        return raw == null ? Optional.of(Map.of()) : Target.query(raw);
    }
}
