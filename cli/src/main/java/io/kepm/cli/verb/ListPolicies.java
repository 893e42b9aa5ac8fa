package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Table;
import io.kepm.cli.text.Table.Cell;
import io.kepm.cli.text.Tone;
import java.util.List;

/** {@code kepm policy list}: the set in force, and whether the last load was refused. */
public final class ListPolicies implements Verb {

    @Override
    public void declare(Usage usage) {}

    @Override
    public int run(Call call) throws Fault {
        Json policies = call.agent().list("/api/policies");
        if (!call.printed(policies)) {
            print(call, policies);
        }
        return Exit.OK;
    }

    private static void print(Call call, Json policies) {
        List<Json> items = policies.at("items").items();
        call.console()
                .line(
                        call.messages().count("policies.count", items.size())
                                + ", "
                                + call.say(
                                        "policies.revision",
                                        policies.at("revision").text(),
                                        policies.at("folder").text()));
        failure(call, policies);
        if (items.isEmpty()) {
            return;
        }
        call.console().blank();
        Table table =
                new Table(
                                call.screen(),
                                List.of(
                                        call.say("column.policy"),
                                        call.say("column.version"),
                                        call.say("column.status"),
                                        call.say("column.type"),
                                        call.say("column.controls"),
                                        call.say("column.name")))
                        .number(1);
        for (Json item : items) {
            String status = item.at("status").text();
            table.row(
                    Cell.of(item.at("id").text()),
                    Cell.of(item.at("version").text()),
                    new Cell(status, status.equals("enforce") ? Tone.STRONG : Tone.QUIET),
                    Cell.of(item.at("type").text()),
                    Cell.of(String.join(", ", item.at("controls").texts())),
                    Cell.of(item.at("name").text()));
        }
        table.print(call.console());
    }

    /** Why the last load was refused, if it was; also what a reload prints. */
    static void failure(Call call, Json status) {
        List<String> failure = status.at("failure").texts();
        if (failure.isEmpty()) {
            return;
        }
        call.console().line(call.screen().paint(Tone.BAD, call.say("policies.refused")));
        for (String line : failure) {
            call.console().line("  " + call.screen().escape(line));
        }
    }
}
