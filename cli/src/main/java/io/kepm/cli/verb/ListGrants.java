package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Table;

/** {@code kepm grants}: the rights that live now; a user's own, or all for an administrator. */
public final class ListGrants implements Verb {

    @Override
    public void declare(Usage usage) {}

    @Override
    public int run(Call call) throws Fault {
        Json grants = call.agent().list("/api/grants");
        if (call.printed(grants)) {
            return Exit.OK;
        }
        Table table = Grants.table(call, grants);
        if (table.isEmpty()) {
            call.console().line(call.say("grants.none"));
        } else {
            table.print(call.console());
        }
        return Exit.OK;
    }
}
