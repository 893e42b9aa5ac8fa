package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Route;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Table;
import io.kepm.cli.text.Table.Cell;
import io.kepm.cli.text.Tone;
import java.util.List;
import java.util.Optional;

/** {@code kepm list}: what a user may run here, as whom, and what has to be met first. */
public final class ListRights implements Verb {

    @Override
    public void declare(Usage usage) {
        usage.value("USER", "--user", "-u");
    }

    @Override
    public int run(Call call) throws Fault {
        Optional<String> user = call.given().value("--user");
        Json rights = call.agent().list(() -> new Route("/api/entitlements").withAny("user", user));
        if (call.printed(rights)) {
            return Exit.OK;
        }
        String whose = rights.at("user").text();
        call.console()
                .line(
                        rights.at("governed").isTrue()
                                ? call.say("list.governed", whose)
                                : call.say("list.free", whose));
        if (rights.at("items").items().isEmpty()) {
            call.console().line(call.say("list.none", whose));
            return Exit.OK;
        }
        call.console().blank();
        table(call, rights).print(call.console());
        return Exit.OK;
    }

    private static Table table(Call call, Json rights) {
        Table table =
                new Table(
                        call.screen(),
                        List.of(
                                call.say("column.command"),
                                call.say("column.as"),
                                call.say("column.needs"),
                                call.say("column.policy")));
        for (Json right : rights.at("items").items()) {
            Cell needs = needs(call, right.at("controls").texts());
            List<String> commands = right.at("commands").texts();
            for (String command : commands.isEmpty() ? List.of(call.say("list.any")) : commands) {
                table.row(
                        Cell.of(command),
                        Cell.of(String.join(", ", right.at("runAs").texts())),
                        needs,
                        Cell.of(right.at("policyName").text(right.at("policyId").text())));
            }
        }
        return table;
    }

    private static Cell needs(Call call, List<String> controls) {
        if (controls.contains("DENY")) {
            return new Cell(call.say("list.denied"), Tone.BAD);
        }
        StringBuilder words = new StringBuilder();
        for (String control : controls) {
            if (!List.of("ALLOW", "AUDIT", "NOTIFY", "RECORD").contains(control)) {
                words.append(words.isEmpty() ? "" : ", ")
                        .append(call.messages().find("control." + control).orElse(control));
            }
        }
        return words.isEmpty()
                ? new Cell(call.say("list.nothing"), Tone.GOOD)
                : new Cell(words.toString(), Tone.WARNING);
    }
}
