package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Agent;
import io.kepm.cli.agent.Route;
import io.kepm.cli.json.Json;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** {@code kepm audit report}: what somebody who looks once a week has to know. */
public final class ReportAudit implements Verb {

    private static final Duration PERIOD = Duration.ofDays(7);
    private static final int PAGE = 500;

    private int limit = PAGE;
    private long last;
    private long count;

    @Override
    public void declare(Usage usage) {
        usage.value("TIME", "--from").value("TIME", "--to");
    }

    @Override
    public int run(Call call) throws Fault {
        Instant now = call.times().now().truncatedTo(ChronoUnit.MILLIS);
        Instant to = time(call, "--to").orElse(now);
        Instant from = time(call, "--from").orElse(to.minus(PERIOD));
        if (!from.isBefore(to)) {
            throw call.usage("report.empty", from.toString(), to.toString());
        }
        AuditSummary summary = new AuditSummary();
        try {
            boolean more = true;
            while (more) {
                more = page(call, from, to, summary);
                call.console().progress(call.say("report.working", count));
            }
        } finally {
            call.console().progress("");
        }
        Json json = summary.json(from.toString(), to.toString());
        if (!call.printed(json)) {
            new ReportPage(call).print(json);
        }
        return Exit.OK;
    }

    /** Adds one page; records that are too large together come in smaller pages. */
    private boolean page(Call call, Instant from, Instant to, AuditSummary summary) throws Fault {
        Route route =
                new Route("/api/audit").with("from", from.toString()).with("to", to.toString());
        if (last > 0) {
            route.with("after", last);
        }
        Json page;
        try {
            page = call.agent().inTurn(route.with("limit", limit).with("order", "asc"), Agent.LONG);
        } catch (Fault.TooLarge fault) {
            if (limit == 1) {
                throw fault;
            }
            limit = limit / 2;
            return true;
        }
        long asked = last;
        List<Json> records = page.at("items").items();
        for (Json record : records) {
            long seq = record.at("seq").number(-1);
            if (seq <= last) {
                throw call.failed("report.order", last, seq);
            }
            last = seq;
            count++;
            summary.add(record);
        }
        long next = page.at("next").number(0);
        if (next > 0 && next <= asked) {
            throw call.failed("report.order", asked, next);
        }
        last = Math.max(last, next);
        return next > 0;
    }

    private static Optional<Instant> time(Call call, String option) throws Fault {
        Optional<String> given = call.given().value(option);
        if (given.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(call.times().parse(given.get()));
        } catch (DateTimeException | ArithmeticException e) {
            throw call.usage("error.time", option, given.get());
        }
    }
}
