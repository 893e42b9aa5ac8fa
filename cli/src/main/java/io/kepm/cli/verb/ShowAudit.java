package io.kepm.cli.verb;

import io.kepm.api.audit.AuditType;
import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Route;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Facts;
import io.kepm.cli.text.Tone;
import java.util.Map;
import java.util.Set;

/** {@code kepm audit show}: one record, all of it. */
public final class ShowAudit implements Verb {

    private static final Set<String> SHOWN =
            Set.of(
                    "seq",
                    "event_time",
                    "audit_event_type",
                    "outcome",
                    "user_info",
                    "admin_info",
                    "target_info",
                    "reason",
                    "details",
                    "prev_hash",
                    "hash");

    @Override
    public void declare(Usage usage) {
        usage.operand("SEQ");
    }

    @Override
    public int run(Call call) throws Fault {
        String given = call.given().operands().get(0);
        if (!given.matches("[1-9][0-9]{0,17}")) {
            throw call.usage("audit.seq", given);
        }
        long seq = Long.parseLong(given);
        Route route = new Route("/api/audit");
        if (seq > 1) {
            route.with("after", seq - 1);
        }
        Json page = call.agent().get(route.with("limit", 1).with("order", "asc"));
        Json record =
                page.at("items").items().isEmpty() ? Json.MISSING : page.at("items").items().get(0);
        if (record.at("seq").number(-1) != seq) {
            throw call.failed("audit.missing", seq);
        }
        if (!call.printed(record)) {
            print(call, record);
        }
        return Exit.OK;
    }

    private static void print(Call call, Json record) {
        Json target = record.at("target_info");
        String type = record.at("audit_event_type").text();
        String outcome = record.at("outcome").text();
        call.console()
                .line(
                        call.screen()
                                .paint(
                                        Tone.STRONG,
                                        call.say("audit.record", record.at("seq").text())));
        Facts facts =
                new Facts(call.screen())
                        .add(
                                call.say("fact.time"),
                                call.times().exact(record.at("event_time").text()))
                        .add(call.say("fact.type"), type + sentence(type))
                        .add(call.say("fact.outcome"), outcome, States.outcome(outcome))
                        .add(call.say("fact.user"), person(record.at("user_info")))
                        .add(call.say("fact.admin"), person(record.at("admin_info")))
                        .add(
                                call.say("fact.command"),
                                Grants.command(target.at("path").text(), target.at("argv").texts()))
                        .add(call.say("fact.as"), target.at("run_as").text())
                        .add(call.say("fact.cwd"), target.at("cwd").text())
                        .add(call.say("fact.sha256"), target.at("sha256").text())
                        .add(call.say("fact.reason"), record.at("reason").text());
        for (Map.Entry<String, Json> member : record.members().entrySet()) {
            if (!SHOWN.contains(member.getKey())) {
                facts.add(call.screen().escape(member.getKey()), plain(member.getValue()));
            }
        }
        for (Map.Entry<String, Json> detail : record.at("details").members().entrySet()) {
            facts.add(call.screen().escape(detail.getKey()), plain(detail.getValue()));
        }
        facts.add("prev_hash", record.at("prev_hash").text(), Tone.QUIET)
                .add("hash", record.at("hash").text(), Tone.QUIET)
                .print(call.console());
    }

    private static String plain(Json value) {
        return value.isScalar() ? value.text() : value.toString();
    }

    private static String sentence(String type) {
        for (AuditType known : AuditType.values()) {
            if (known.name().equals(type)) {
                return " (" + known.sentence() + ")";
            }
        }
        return "";
    }

    private static String person(Json person) {
        if (person.isEmpty()) {
            return "";
        }
        StringBuilder out = new StringBuilder(person.at("name").text());
        for (String part : new String[] {"uid", "tty", "session", "pid", "exe"}) {
            String value = person.at(part).text();
            if (!value.isEmpty()) {
                out.append(out.isEmpty() ? "" : ", ").append(part).append(' ').append(value);
            }
        }
        return out.toString();
    }
}
