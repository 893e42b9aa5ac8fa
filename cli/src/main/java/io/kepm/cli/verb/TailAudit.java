package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Agent;
import io.kepm.cli.agent.Route;
import io.kepm.cli.agent.Transport;
import io.kepm.cli.json.Json;
import io.kepm.cli.json.JsonReader;
import io.kepm.cli.text.Rows;
import io.kepm.cli.text.Table.Cell;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * {@code kepm audit tail}: the last records, the oldest of them first, and with {@code -f} those
 * that come, until the reader or the person goes away.
 *
 * <p>While it follows, it reads the agent's stream and comes back to it where it was.
 */
public final class TailAudit implements Verb {

    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** The agent gives a sign of life every ten seconds. */
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private static final int MOST_LINES = 1000;
    private static final int BUSY = 503;

    private long last;

    @Override
    public void declare(Usage usage) {
        AuditQuestion.declare(usage);
        AuditQuestion.declareFilter(usage);
        usage.value("N", "--lines", "-n").flag("--follow", "-f");
    }

    @Override
    public int run(Call call) throws Fault {
        AuditQuestion question = new AuditQuestion(call);
        // Asked for first, so that nothing falls between the last records and the new ones.
        long head =
                seq(
                        call.agent()
                                .good(
                                        call.agent()
                                                .ask("GET", page(0, 1, "desc"), "", Agent.SHORT)));
        Rows rows = new Rows(call.console(), 4, 8, 17, 7, 5);
        for (Json record : newest(call, question)) {
            last = Math.max(last, record.at("seq").number(0));
            print(call, rows, record);
        }
        last = Math.max(last, head);
        call.console().flush();
        if (call.given().flag("--follow")) {
            follow(call, question, rows);
        }
        return Exit.OK;
    }

    /** The last ones that match, oldest first. */
    private static List<Json> newest(Call call, AuditQuestion question) throws Fault {
        long lines = question.number("--lines", 10, MOST_LINES);
        List<Json> records = new ArrayList<>();
        long after = 0;
        long place;
        do {
            place = after;
            int missing = (int) lines - records.size();
            Json page = call.agent().inTurn(question.page(after, missing, "desc"), Agent.LONG);
            records.addAll(page.at("items").items());
            after = page.at("next").number(0);
        } while (records.size() < lines && after > 0 && after != place);
        Collections.reverse(records);
        return records;
    }

    private void follow(Call call, AuditQuestion question, Rows rows) throws Fault {
        Follower follower = new Follower(call, rows);
        while (call.console().broken().isEmpty()) {
            Route route = question.route("/api/audit/stream").with("after", follower.last);
            try {
                Agent.Reply reply = call.agent().follow(route, SILENCE, follower);
                if (reply.status() == BUSY) {
                    follower.away();
                } else {
                    // After its time a stream ends, and the next one goes on where it was.
                    call.agent().good(reply);
                }
            } catch (Fault fault) {
                if (fault.exit() != Exit.UNREACHABLE) {
                    throw fault;
                }
                follower.away();
            }
            if (call.console().broken().isPresent() || !paused()) {
                return;
            }
        }
    }

    /** Shows what comes, and remembers how far it has come. */
    private final class Follower implements Transport.Events {
        private final Call call;
        private final Rows rows;
        private long last = TailAudit.this.last;
        private boolean away;

        Follower(Call call, Rows rows) {
            this.call = call;
            this.rows = rows;
        }

        /** Said once. */
        private void away() {
            if (!away) {
                call.console().error(call.say("tail.away"));
            }
            away = true;
        }

        @Override
        public void begun() {
            if (away) {
                call.console().error(call.say("tail.back", last, last));
            }
            away = false;
        }

        @Override
        public void event(String name, String data) {
            Json json = read(data);
            switch (name) {
                case "" -> record(json);
                case "older" -> {
                    long head = json.at("head").number(0);
                    call.console().error(call.say("tail.older", last, head));
                    last = Math.min(last, head);
                }
                case "gap" ->
                        call.console()
                                .error(
                                        call.say(
                                                "tail.gap",
                                                json.at("from").text(),
                                                json.at("to").text()));
                default -> call.console().error(call.say("tail.other"));
            }
            call.console().flush();
        }

        private void record(Json record) {
            long seq = record.at("seq").number(0);
            if (seq > last) {
                last = seq;
                if (!isOurs(record)) {
                    print(call, rows, record);
                }
            }
        }

        @Override
        public boolean wanted() {
            return call.console().broken().isEmpty();
        }

        private Json read(String data) {
            try {
                return JsonReader.read(data.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                return Json.MISSING;
            }
        }
    }

    /** The place of the one record of a page; 0 when there is none. */
    private static long seq(Json page) {
        List<Json> items = page.at("items").items();
        return items.isEmpty() ? 0 : items.get(0).at("seq").number(0);
    }

    private static String page(long after, int limit, String order) {
        Route route = new Route("/api/audit");
        if (after > 0) {
            route.with("after", after);
        }
        return route.with("limit", limit).with("order", order).toString();
    }

    /** Every look at the audit is on record; our own would call for the next one. */
    private static boolean isOurs(Json record) {
        return record.at("audit_event_type").text().equals("ADMIN_ACTION")
                && record.at("details").at("route").text().startsWith("/api/audit")
                && record.at("admin_info").at("pid").number(0) == ProcessHandle.current().pid();
    }

    private static void print(Call call, Rows rows, Json record) {
        if (call.printed(record)) {
            return;
        }
        String outcome = record.at("outcome").text();
        rows.row(
                List.of(
                        Cell.of(record.at("seq").text()),
                        Cell.of(call.times().brief(record.at("event_time").text())),
                        Cell.of(record.at("audit_event_type").text()),
                        new Cell(outcome, States.outcome(outcome)),
                        Cell.of(RecordWords.who(record)),
                        Cell.of(RecordWords.what(record))));
    }

    private static boolean paused() {
        try {
            Thread.sleep(PAUSE.toMillis());
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
