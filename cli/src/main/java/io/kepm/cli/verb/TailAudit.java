package io.kepm.cli.verb;

import io.kepm.api.audit.AuditFilter;
import io.kepm.api.audit.FilterSearch;
import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Agent;
import io.kepm.cli.agent.Route;
import io.kepm.cli.json.Exported;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Rows;
import io.kepm.cli.text.Table.Cell;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * {@code kepm audit tail}: the last records, the oldest of them first, and with {@code -f} those
 * that come, until the reader or the person goes away.
 *
 * <p>While it follows, it takes every new record and picks here: whoever asks again and again must
 * not have the agent search each time.
 */
public final class TailAudit implements Verb {

    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** How long the agent may keep a question, in seconds: each is a record. */
    private static final int WAIT = 20;

    /** Records of one look; the last ones are as many as somebody wants to see. */
    private static final int PAGE = 100;

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
        AuditFilter wanted = question.whole();
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
            follow(call, rows, wanted);
        }
        return Exit.OK;
    }

    /** The last ones that match, oldest first. */
    private static List<Json> newest(Call call, AuditQuestion question) throws Fault {
        long lines = question.number("--lines", 10, MOST_LINES);
        List<Json> records = new ArrayList<>();
        long after = 0;
        do {
            int missing = (int) lines - records.size();
            Json page = call.agent().get(question.page(after, missing, "desc"), Agent.LONG);
            records.addAll(page.at("items").items());
            after = page.at("next").number(0);
        } while (question.hasFilter() && records.size() < lines && after > 0);
        Collections.reverse(records);
        return records;
    }

    private void follow(Call call, Rows rows, AuditFilter wanted) throws Fault {
        boolean away = false;
        boolean full = false;
        while (call.console().broken().isEmpty() && (full || paused())) {
            String route = away ? page(0, 1, "desc") : page(last, PAGE, "asc") + "&wait=" + WAIT;
            Optional<Json> page = answer(call, route, away);
            full = !away && page.orElse(Json.MISSING).at("items").items().size() == PAGE;
            if (page.isPresent() && away) {
                back(call, page.get());
            } else if (page.isPresent()) {
                show(call, rows, wanted, page.get());
            }
            away = page.isEmpty();
        }
    }

    private void show(Call call, Rows rows, AuditFilter wanted, Json page) {
        FilterSearch search = wanted.at(call.times().now(), call.times().zone());
        for (Json record : page.at("items").items()) {
            long seq = record.at("seq").number(0);
            if (seq > last) {
                last = seq;
                if (!isOurs(record) && search.test(Exported.plainMembers(record))) {
                    print(call, rows, record);
                }
            }
        }
        call.console().flush();
    }

    /** What the agent answers; empty while it is away, which is said once. */
    private static Optional<Json> answer(Call call, String route, boolean away) throws Fault {
        try {
            Agent.Reply reply = call.agent().ask("GET", route, "", Agent.SHORT.plusSeconds(WAIT));
            if (reply.status() != BUSY) {
                return Optional.of(call.agent().good(reply));
            }
        } catch (Fault fault) {
            if (fault.exit() != Exit.UNREACHABLE) {
                throw fault;
            }
        }
        if (!away) {
            call.console().error(call.say("tail.away"));
        }
        return Optional.empty();
    }

    /** After a restart the audit goes on where it was, or somebody has put an older one there. */
    private void back(Call call, Json newest) {
        long head = seq(newest);
        call.console().error(call.say(head < last ? "tail.older" : "tail.back", last, head));
        last = Math.min(last, head);
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
                && record.at("details").at("route").text().equals("/api/audit")
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
