package io.kepm.cli.agent;

import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.json.Json;
import io.kepm.cli.json.JsonReader;
import io.kepm.cli.text.Messages;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The agent as the verbs see it: questions with JSON answers, and faults as one line. */
public final class Agent {

    /** For questions that are answered from memory. */
    public static final Duration SHORT = Duration.ofSeconds(5);

    /** For work that reads the whole audit, or the name service. */
    public static final Duration LONG = Duration.ofMinutes(10);

    private static final int DETAIL_LIMIT = 500;
    private static final int MOST_PAGES = 1000;
    private static final int LIST_TRIES = 3;

    /** Within two minutes it is the turn of everybody. */
    private static final Duration TURN = Duration.ofSeconds(2);

    private static final int MOST_TURNS = 60;
    private static final int TOO_OFTEN = 429;

    /** What the agent answers when what a page goes on after is not in the list any more. */
    private static final int GONE_ON = 422;

    private final Transport transport;
    private final Messages messages;

    public Agent(Transport transport, Messages messages) {
        this.transport = transport;
        this.messages = messages;
    }

    /** An answer as it came: an outcome can be a body of its own whatever the status says. */
    public record Reply(int status, Json body) {}

    public Json get(Route route) throws Fault {
        return get(route, SHORT);
    }

    public Json get(Route route, Duration limit) throws Fault {
        return good(ask("GET", route.toString(), "", limit));
    }

    /**
     * Asks as often as the agent lets this user: an auditor's pages are so many a minute.
     *
     * @throws Fault also when it is not this user's turn for some minutes
     */
    public Json inTurn(Route route, Duration limit) throws Fault {
        Reply reply = ask("GET", route.toString(), "", limit);
        for (int i = 0; i < MOST_TURNS && reply.status() == TOO_OFTEN && paused(); i++) {
            reply = ask("GET", route.toString(), "", limit);
        }
        return good(reply);
    }

    private static boolean paused() {
        try {
            Thread.sleep(TURN.toMillis());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * A list, whole: what does not fit into one answer is asked for page by page. Where what a page
     * goes on after is gone by then, it begins anew.
     *
     * @throws Fault also when it can't be had whole: a part of it is never taken for all
     */
    public Json list(String path) throws Fault {
        return list(() -> new Route(path));
    }

    /** The same, of a list with parameters of its own. */
    public Json list(Supplier<Route> list) throws Fault {
        for (int i = 0; i < LIST_TRIES; i++) {
            Optional<Json> whole = pages(list);
            if (whole.isPresent()) {
                return whole.get();
            }
        }
        throw new Fault(
                Exit.FAILED, messages.get("error.list.moves", list.get().toString(), LIST_TRIES));
    }

    /** All of them; empty when the place to go on after is gone. */
    private Optional<Json> pages(Supplier<Route> list) throws Fault {
        Json page = get(list.get());
        List<Json> items = new ArrayList<>(page.at("items").items());
        Set<String> places = new HashSet<>();
        String next = page.at("next").text("");
        while (!next.isEmpty()) {
            if (!places.add(next) || places.size() > MOST_PAGES) {
                throw new Fault(
                        Exit.FAILED,
                        messages.get("error.list.circle", list.get().toString(), next));
            }
            Reply reply = ask("GET", list.get().with("after", next).toString(), "", SHORT);
            if (reply.status() == GONE_ON) {
                return Optional.empty();
            }
            page = good(reply);
            if (page.at("items").isEmpty()) {
                throw new Fault(
                        Exit.FAILED,
                        messages.get("error.list.circle", list.get().toString(), next));
            }
            items.addAll(page.at("items").items());
            next = page.at("next").text("");
        }
        Map<String, Json> whole = new LinkedHashMap<>(page.members());
        whole.put("items", Json.list(items));
        return Optional.of(Json.object(whole));
    }

    public Json post(String path, Json body, Duration limit) throws Fault {
        return good(ask("POST", path, body.toString(), limit));
    }

    /** Sends a file; only a success comes back. */
    public Json upload(String target, String type, Path file) throws Fault {
        return good(reply(() -> transport.upload(target, type, file, LONG)));
    }

    public Json put(Route route, Json body) throws Fault {
        return good(ask("PUT", route.toString(), body.toString(), SHORT));
    }

    /**
     * Asks for what may be an answer although its status is none of success, such as a health that
     * is bad; {@link #good} tells the others.
     */
    public Reply ask(String method, String target, String body, Duration limit) throws Fault {
        return reply(() -> transport.send(method, target, body, limit));
    }

    private Reply reply(Exchange exchange) throws Fault {
        Answer answer = send(exchange);
        return new Reply(answer.status(), json(answer));
    }

    private interface Exchange {
        Answer make() throws IOException;
    }

    /**
     * Sends a request.
     *
     * @throws Fault of {@link Exit#UNREACHABLE} when there was no usable answer
     */
    private Answer send(Exchange exchange) throws Fault {
        try {
            return exchange.make();
        } catch (IOException e) {
            if (e instanceof TooLargeException) {
                throw new Fault.TooLarge(
                        messages.get("error.large", String.valueOf(e.getMessage())));
            }
            throw new Fault(
                    Exit.UNREACHABLE,
                    messages.get(
                            "error.unreachable",
                            transport.place(),
                            String.valueOf(e.getMessage())));
        }
    }

    /**
     * Reads server-sent events; see {@link Transport#follow}.
     *
     * @throws Fault of {@link Exit#UNREACHABLE} when there was no usable answer, or it broke off
     */
    public Reply follow(Route route, Duration silence, Transport.Events events) throws Fault {
        try {
            Answer answer = transport.follow(route.toString(), silence, events);
            return new Reply(answer.status(), json(answer));
        } catch (IOException e) {
            throw new Fault(
                    Exit.UNREACHABLE,
                    messages.get(
                            "error.unreachable",
                            transport.place(),
                            String.valueOf(e.getMessage())));
        }
    }

    /** The body of a success; anything else is a fault. */
    public Json good(Reply reply) throws Fault {
        int status = reply.status();
        if (status >= 200 && status < 300) {
            return reply.body();
        }
        String detail = detail(reply.body());
        if (status == 401 || status == 403) {
            throw new Fault(
                    Exit.REFUSED,
                    detail.isEmpty()
                            ? messages.get("error.refused.silent")
                            : messages.get("error.refused", detail));
        }
        throw new Fault(
                Exit.FAILED,
                detail.isEmpty()
                        ? messages.get("error.answer.silent", status)
                        : messages.get("error.answer", detail));
    }

    private Json json(Answer answer) throws Fault {
        if (answer.body().length == 0) {
            return Json.MISSING;
        }
        try {
            return JsonReader.read(answer.body());
        } catch (IOException e) {
            if (answer.status() >= 400) {
                return Json.MISSING;
            }
            throw new Fault(
                    Exit.UNREACHABLE,
                    messages.get("error.unreadable", String.valueOf(e.getMessage())));
        }
    }

    /** What an {@code application/problem+json} body says, on one line. */
    private static String detail(Json problem) {
        StringBuilder line = new StringBuilder();
        for (Json error : problem.at("errors").items()) {
            String place = error.at("pointer").text(error.at("parameter").text());
            line.append(line.isEmpty() ? "" : "; ")
                    .append(place.isEmpty() ? "" : "`" + place + "`: ")
                    .append(error.at("detail").text());
        }
        if (line.isEmpty()) {
            line.append(problem.at("detail").text(problem.at("title").text()));
        }
        return line.length() > DETAIL_LIMIT
                ? line.substring(0, DETAIL_LIMIT) + "…"
                : line.toString();
    }
}
