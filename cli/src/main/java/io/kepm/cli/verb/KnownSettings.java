package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Fault;
import io.kepm.cli.agent.Route;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The settings that the agent knows, and the one that somebody means by a name. */
record KnownSettings(List<Json> all) {

    static final String PATH = "/api/PluginSettings";

    private static final int FAR = 8;

    KnownSettings {
        all = List.copyOf(all);
    }

    static KnownSettings of(Call call) throws Fault {
        List<Json> all = new ArrayList<>();
        for (Json plugin : call.agent().get(new Route(PATH)).at("items").items()) {
            all.addAll(plugin.at("settings").members().values());
        }
        return new KnownSettings(all);
    }

    /** {@code PLUGIN/NAME}. */
    static String full(Json setting) {
        return setting.at("plugin").text() + "/" + setting.at("name").text();
    }

    /** The route of one setting. */
    static Route route(Json setting) {
        return new Route(PATH)
                .segment(setting.at("plugin").text())
                .segment(setting.at("name").text());
    }

    /**
     * By {@code PLUGIN/NAME}; or by {@code NAME} or its last word when that is one setting alone.
     */
    Json find(Call call, String name) throws Fault {
        List<Json> found = matching(KnownSettings::full, name);
        if (found.isEmpty()) {
            found = matching(one -> one.at("name").text(), name);
        }
        if (found.isEmpty()) {
            found = matching(KnownSettings::lastWord, name);
        }
        if (found.size() == 1) {
            return found.get(0);
        }
        if (found.size() > 1) {
            throw call.usage(
                    "settings.several",
                    name,
                    String.join(", ", found.stream().map(KnownSettings::full).toList()));
        }
        Optional<String> near = near(name);
        throw near.isPresent()
                ? call.usage("settings.unknown.near", name, near.get())
                : call.usage("settings.unknown", name);
    }

    private List<Json> matching(Function<Json, String> as, String name) {
        return all.stream().filter(one -> as.apply(one).equalsIgnoreCase(name)).toList();
    }

    private static String lastWord(Json setting) {
        String name = setting.at("name").text();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private Optional<String> near(String name) {
        List<String> names = new ArrayList<>();
        for (Json one : all) {
            names.add(name.indexOf('/') < 0 ? one.at("name").text() : full(one));
            if (name.indexOf('.') < 0) {
                names.add(lastWord(one));
            }
        }
        return Nearest.of(name, names, Math.max(3, Math.min(FAR, name.length() / 2)));
    }

    /** A value on one line, as it would be typed. */
    static String shown(Json value) {
        return value.isText() ? value.text() : value.isMissing() ? "" : value.toString();
    }
}
