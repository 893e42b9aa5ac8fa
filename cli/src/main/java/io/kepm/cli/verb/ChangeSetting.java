package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.json.Json;
import io.kepm.cli.json.JsonReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** {@code kepm settings set}: the value is read as the setting's own type. */
public final class ChangeSetting implements Verb {

    @Override
    public void declare(Usage usage) {
        usage.operands("NAME", 2);
    }

    @Override
    public int run(Call call) throws Fault {
        List<String> words = call.given().operands();
        Json setting = KnownSettings.of(call).find(call, words.get(0));
        Json value = value(call, setting, words.subList(1, words.size()));
        Json done = call.agent().put(KnownSettings.route(setting), value);
        if (call.printed(done)) {
            return Exit.OK;
        }
        for (Json one : done.at("changed").items()) {
            boolean waits = !one.at("next").isMissing();
            call.console()
                    .line(
                            call.say(
                                    waits ? "settings.set.next" : "settings.set.done",
                                    KnownSettings.full(one),
                                    KnownSettings.shown(one.at(waits ? "next" : "value"))));
        }
        return Exit.OK;
    }

    private static Json value(Call call, Json setting, List<String> words) throws Fault {
        String type = setting.at("type").text();
        if (type.equals("list of texts")) {
            return words.size() == 1
                    ? list(words.get(0)).orElse(Json.texts(words))
                    : Json.texts(words);
        }
        if (words.size() != 1) {
            throw call.usage("settings.set.operands");
        }
        String word = words.get(0);
        if (type.equals("list of objects")) {
            return list(word).orElseThrow(() -> unfit(call, setting));
        }
        if (type.equals("integer") && word.matches("-?[0-9]{1,18}")) {
            return Json.of(Long.parseLong(word));
        }
        if (type.equals("true or false") && (word.equals("true") || word.equals("false"))) {
            return Json.of(word.equals("true"));
        }
        if (type.equals("integer") || type.equals("true or false")) {
            throw unfit(call, setting);
        }
        return Json.of(word);
    }

    private static Fault unfit(Call call, Json setting) {
        return new Fault(
                Exit.FAILED,
                call.say(
                        "settings.set.value",
                        KnownSettings.full(setting),
                        setting.at("type").text(),
                        setting.at("allowed").text()));
    }

    private static Optional<Json> list(String word) {
        if (!word.startsWith("[")) {
            return Optional.empty();
        }
        try {
            return Optional.of(JsonReader.read(word.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
