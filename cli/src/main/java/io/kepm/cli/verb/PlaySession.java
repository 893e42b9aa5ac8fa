package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Agent;
import io.kepm.cli.agent.Route;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Replayed;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code kepm session play}: what a recorded command showed, as it was shown; {@code kepm session
 * export}: the same in the form of asciinema (asciicast 2), for other players.
 */
public final class PlaySession implements Verb {

    private static final long MICROS = 1_000_000;

    private final boolean exports;

    /** What takes the time between two events. */
    @FunctionalInterface
    interface Pause {
        void millis(long millis) throws InterruptedException;
    }

    private final Pause pause;

    public PlaySession(boolean exports) {
        this(exports, Thread::sleep);
    }

    PlaySession(boolean exports, Pause pause) {
        this.exports = exports;
        this.pause = pause;
    }

    @Override
    public void declare(Usage usage) {
        if (!exports) {
            usage.value("FACTOR", "--speed", "-s").value("SECONDS", "--idle", "-i");
        }
        usage.operand("ID");
    }

    @Override
    public int run(Call call) throws Fault {
        String id = call.given().operands().get(0);
        if (!id.matches("[A-Za-z0-9-]{6,64}")) {
            throw call.usage("session.id", id);
        }
        Json session = call.agent().get(new Route("/api/sessions").segment(id));
        if (exports) {
            export(call, session);
        } else {
            play(call, session);
        }
        return Exit.OK;
    }

    /** Hears of one event after another. */
    private interface Ear {
        void hear(long micros, String kind, String text);
    }

    private void each(Call call, Json session, Ear ear) throws Fault {
        String from = "0-0";
        while (!from.isEmpty() && call.console().broken().isEmpty()) {
            Json part =
                    call.agent()
                            .inTurn(
                                    new Route("/api/sessions")
                                            .segment(session.at("id").text())
                                            .segment("events")
                                            .with("from", from),
                                    Agent.SHORT);
            for (Json event : part.at("items").items()) {
                ear.hear(
                        event.at("micros").number(0),
                        event.at("kind").text(),
                        event.at("text").text());
            }
            from = part.at("next").text("");
        }
    }

    private void play(Call call, Json session) throws Fault {
        double speed = number(call, "--speed", "1", 0.1, 100);
        long idle = (long) (number(call, "--idle", "2", 0, 3600) * MICROS);
        Replayed screen = new Replayed();
        long[] last = {0};
        each(
                call,
                session,
                (micros, kind, text) -> {
                    if (!kind.equals("o")) {
                        return;
                    }
                    await(call, (long) (Math.min(idle, micros - last[0]) / speed / 1_000));
                    last[0] = micros;
                    call.console().shown(screen.of(text));
                });
        if (call.screen().terminal()) {
            call.console().shown(Replayed.restored());
        }
        call.console().error(call.say("session.over." + session.at("state").text("WHOLE")));
    }

    private void await(Call call, long millis) {
        // On a pipe nobody watches.
        if (millis <= 0 || !call.screen().terminal()) {
            return;
        }
        call.console().flush();
        try {
            pause.millis(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static double number(
            Call call, String option, String otherwise, double least, double most) throws Fault {
        String text = call.given().value(option).orElse(otherwise);
        if (!text.matches("\\d{1,6}(\\.\\d{1,3})?")) {
            throw call.usage("session.number", option, text);
        }
        double value = Double.parseDouble(text);
        if (value < least || value > most) {
            throw call.usage("session.number", option, text);
        }
        return value;
    }

    private void export(Call call, Json session) throws Fault {
        boolean[] headed = {false};
        each(
                call,
                session,
                (micros, kind, text) -> {
                    if (!headed[0]) {
                        call.console().json(head(session, kind.equals("r") ? text : "80x24"));
                        headed[0] = true;
                    }
                    call.console()
                            .json(
                                    Json.list(
                                            List.of(
                                                    Json.of(BigDecimal.valueOf(micros, 6)),
                                                    Json.of(kind),
                                                    Json.of(text))));
                });
    }

    private static Json head(Json session, String size) {
        String[] parts = size.split("x", 2);
        Map<String, Json> head = new LinkedHashMap<>();
        head.put("version", Json.of(2));
        head.put("width", Json.of(Long.parseLong(parts[0])));
        head.put("height", Json.of(Long.parseLong(parts[1])));
        head.put("timestamp", Json.of(Instant.parse(session.at("begun").text()).getEpochSecond()));
        head.put("command", Json.of(String.join(" ", session.at("argv").texts())));
        head.put("title", Json.of(session.at("user").text() + " " + session.at("id").text()));
        return Json.object(head);
    }
}
