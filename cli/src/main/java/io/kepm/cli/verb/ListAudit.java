package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Agent;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Table;
import io.kepm.cli.text.Table.Cell;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code kepm audit list}: records as a table, the newest first. */
public final class ListAudit implements Verb {

    private static final int ROOMY = 110;

    @Override
    public void declare(Usage usage) {
        AuditQuestion.declare(usage);
        AuditQuestion.declareFilter(usage);
        usage.value("N", "--limit", "-n").value("SEQ", "--after").value("ORDER", "--order");
    }

    @Override
    public int run(Call call) throws Fault {
        String order = call.given().value("--order").orElse("desc");
        if (!order.equals("desc") && !order.equals("asc")) {
            throw call.usage("audit.order", order);
        }
        AuditQuestion question = new AuditQuestion(call);
        question.filter();
        long after = question.number("--after", 0, Long.MAX_VALUE);
        int limit = (int) question.number("--limit", 50, 1000);
        Json page =
                filled(
                        call,
                        question,
                        order,
                        call.agent().inTurn(question.page(after, limit, order), Agent.LONG));
        if (!call.printed(page)) {
            print(call, page);
        }
        return Exit.OK;
    }

    /** The agent looks for so long for each page; the others are asked for until it is full. */
    private static Json filled(Call call, AuditQuestion question, String order, Json first)
            throws Fault {
        List<Json> items = new ArrayList<>(first.at("items").items());
        long limit = first.at("limit").number(0);
        long scanned = first.at("scanned").number(0);
        Json next = first.at("next");
        long place = 0;
        try {
            while (items.size() < limit && next.number(0) > 0 && next.number(0) != place) {
                place = next.number(0);
                call.console().progress(call.say("audit.looking", next.text()));
                Json page =
                        call.agent()
                                .inTurn(
                                        question.page(place, (int) limit - items.size(), order),
                                        Agent.LONG);
                items.addAll(page.at("items").items());
                scanned += page.at("scanned").number(0);
                next = page.at("next");
            }
        } finally {
            call.console().progress("");
        }
        Map<String, Json> whole = new LinkedHashMap<>();
        whole.put("items", Json.list(items));
        whole.put("next", next);
        whole.put("limit", Json.of(limit));
        if (!first.at("scanned").isMissing()) {
            whole.put("scanned", Json.of(scanned));
        }
        return Json.object(whole);
    }

    private static void print(Call call, Json page) {
        if (page.at("items").items().isEmpty()) {
            call.console().line(call.say("audit.none"));
            return;
        }
        boolean roomy = call.screen().columns() >= ROOMY;
        Table table =
                new Table(
                                call.screen(),
                                List.of(
                                        call.say("column.seq"),
                                        call.say("column.time"),
                                        call.say("column.type"),
                                        call.say("column.outcome"),
                                        call.say("column.user"),
                                        call.say("column.what")))
                        .number(0);
        for (Json record : page.at("items").items()) {
            String time = record.at("event_time").text();
            String outcome = record.at("outcome").text();
            table.row(
                    Cell.of(record.at("seq").text()),
                    Cell.of(roomy ? call.times().local(time) : call.times().brief(time)),
                    Cell.of(record.at("audit_event_type").text()),
                    new Cell(outcome, States.outcome(outcome)),
                    Cell.of(RecordWords.who(record)),
                    Cell.of(RecordWords.what(record)));
        }
        table.print(call.console());
        if (call.screen().terminal() && !page.at("next").isEmpty()) {
            call.console().line(call.say("audit.more", page.at("next").text()));
        }
    }
}
