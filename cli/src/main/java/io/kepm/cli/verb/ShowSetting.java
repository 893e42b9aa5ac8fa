package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Facts;
import java.util.List;

/** {@code kepm settings get}: one setting and everything about it. */
public final class ShowSetting implements Verb {

    @Override
    public void declare(Usage usage) {
        usage.operand("NAME");
    }

    @Override
    public int run(Call call) throws Fault {
        Json one = KnownSettings.of(call).find(call, call.given().operands().get(0));
        if (call.printed(one)) {
            return Exit.OK;
        }
        call.console().line(call.screen().escape(KnownSettings.full(one)));
        Facts facts = new Facts(call.screen());
        facts.add(call.say("settings.value"), KnownSettings.shown(one.at("value")));
        facts.add(
                call.say("settings.source"),
                call.say("settings.source." + source(one.at("source").text())));
        facts.add(call.say("settings.by"), one.at("setBy").text());
        facts.add(call.say("settings.next"), KnownSettings.shown(one.at("next")));
        facts.add(call.say("settings.default"), KnownSettings.shown(one.at("default")));
        for (String fact : List.of("unit", "allowed", "from")) {
            facts.add(call.say("settings." + fact), one.at(fact).text());
        }
        facts.add(call.say("settings.effect"), one.at("takesEffect").text());
        facts.add(call.say("settings.says"), one.at("says").text());
        facts.print(call.console());
        return Exit.OK;
    }

    /** A word of a later agent has no sentence here. */
    private static String source(String word) {
        return switch (word) {
            case "policy", "stored", "plugin", "appsettings" -> word;
            default -> "default";
        };
    }
}
