package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Table;
import io.kepm.cli.text.Table.Cell;
import java.util.List;

/** {@code kepm token list}: the tokens that are good now, by their ids. */
public final class ListTokens implements Verb {

    @Override
    public void declare(Usage usage) {}

    @Override
    public int run(Call call) throws Fault {
        Json tokens = call.agent().list("/api/tokens");
        if (call.printed(tokens)) {
            return Exit.OK;
        }
        List<Json> items = tokens.at("items").items();
        if (items.isEmpty()) {
            call.console().line(call.say("token.none"));
            return Exit.OK;
        }
        Table table =
                new Table(
                        call.screen(),
                        List.of(
                                call.say("column.token"),
                                call.say("column.kind"),
                                call.say("column.made"),
                                call.say("column.until")));
        for (Json item : items) {
            table.row(
                    Cell.of(item.at("id").text()),
                    Cell.of(item.at("kind").text()),
                    Cell.of(item.at("made").text()),
                    Cell.of(item.at("until").text(call.say("token.until.revoked"))));
        }
        table.print(call.console());
        return Exit.OK;
    }
}
