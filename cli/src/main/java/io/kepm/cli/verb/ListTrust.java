package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.json.Json;
import java.util.Map;
import java.util.Set;

/** {@code kepm trust list}: whose code may run here, and what was taken back. */
public final class ListTrust implements Verb {

    @Override
    public void declare(Usage usage) {}

    @Override
    public int run(Call call) throws Fault {
        Trusted trusted = Trusted.read(call);
        if (call.given().json()) {
            call.console()
                    .json(
                            Json.object(
                                    Map.of(
                                            "builtIn", Json.list(texts(trusted.builtIn())),
                                            "alternative", Json.list(texts(trusted.alternative())),
                                            "revoked", Json.list(texts(trusted.revoked())))));
            return Exit.OK;
        }
        trusted.builtIn().forEach(each -> call.console().line(call.say("trust.builtin", each)));
        trusted.alternative()
                .forEach(
                        each ->
                                call.console()
                                        .line(
                                                call.say(
                                                        each.length() == 64
                                                                ? "trust.alternative"
                                                                : "trust.sha1",
                                                        each)));
        Set<String> revoked = trusted.revoked();
        revoked.forEach(each -> call.console().line(call.say("trust.revoked", each)));
        return Exit.OK;
    }

    private static java.util.List<Json> texts(java.util.Collection<String> all) {
        return all.stream().map(Json::of).toList();
    }
}
