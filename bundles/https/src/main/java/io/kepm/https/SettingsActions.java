package io.kepm.https;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.Secrets;
import io.kepm.api.settings.EffectiveSetting;
import io.kepm.api.settings.Setting;
import io.kepm.api.settings.SettingName;
import io.kepm.api.settings.SettingsDesk;
import io.kepm.api.settings.SettingsDesk.Author;
import io.kepm.api.settings.SettingsDesk.Outcome;
import io.kepm.api.storage.StorageException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Settings: the values in force and where each comes from, and what changes them. A value that is a
 * secret is shown to the plugin whose it is, and to nobody else.
 */
final class SettingsActions {

    /** What the client ids of plugins begin with. */
    private static final String PLUGIN = "plugin:";

    private static final String HIDDEN = Secrets.HIDDEN;

    private final SettingsDesk desk;
    private final AuditLog audit;
    private final People people;

    SettingsActions(SettingsDesk desk, AuditLog audit, People people) {
        this.desk = desk;
        this.audit = audit;
        this.people = people;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/api/pluginsettings", Tier.PLUGIN, this::all),
                Route.get("/api/pluginsettings/{p}", Tier.PLUGIN, this::list),
                Route.get("/api/pluginsettings/{p}/{s}", Tier.PLUGIN, this::show),
                Route.put("/api/pluginsettings/{p}/{s}", Tier.ADMIN, this::put).ofValue(),
                Route.post("/api/pluginsettings/{p}/revert", Tier.ADMIN, this::revert),
                Route.post("/api/pluginsettings/revert-all", Tier.ADMIN, this::revertAll));
    }

    private Answer all(Call call) {
        List<Object> items = new ArrayList<>();
        for (String plugin : desk.plugins()) {
            visible(plugin, call).ifPresent(settings -> items.add(json(plugin, settings, call)));
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("items", items);
        body.put("next", Optional.empty());
        body.put("limit", 1000L);
        return Answer.ok(body);
    }

    private Answer list(Call call) {
        String plugin = plugin(call);
        return visible(plugin, call)
                .map(settings -> Answer.ok(json(plugin, settings, call)))
                .orElseGet(() -> noPlugin(plugin));
    }

    private Answer show(Call call) {
        String plugin = plugin(call);
        String name = call.variables().getOrDefault("s", "");
        Optional<List<EffectiveSetting>> settings = visible(plugin, call);
        if (settings.isEmpty()) {
            return noPlugin(plugin);
        }
        return settings.get().stream()
                .filter(one -> one.setting().name().name().equals(name))
                .findFirst()
                .map(one -> Answer.ok(json(one, call)))
                .orElseGet(
                        () ->
                                Answer.problem(
                                        404,
                                        "there is no such setting: see GET /api/PluginSettings/"
                                                + plugin));
    }

    private Answer put(Call call) throws StorageException {
        Object value = call.body().get("value");
        if (call.body().size() != 1 || value == null) {
            return Answer.invalid("", "send the value alone, or `{\"value\": …}`");
        }
        if (value instanceof Optional<?>) {
            return Answer.invalid("", "null is no value: use `revert`");
        }
        return answer(
                call,
                desk.put(
                        plugin(call),
                        call.variables().getOrDefault("s", ""),
                        value,
                        author(call),
                        audit));
    }

    private Answer revert(Call call) throws StorageException {
        return answer(call, desk.revert(plugin(call), author(call), audit));
    }

    private Answer revertAll(Call call) throws StorageException {
        return answer(call, desk.revertAll(author(call), audit));
    }

    private Answer answer(Call call, Outcome outcome) {
        if (outcome instanceof Outcome.Done done) {
            return Answer.ok(
                    Map.of(
                            "changed",
                            done.changed().stream().<Object>map(one -> json(one, call)).toList()));
        }
        return outcome instanceof Outcome.Refused refused
                ? Answer.invalid("", refused.why()).noted(refused.why())
                : Answer.problem(404, ((Outcome.NoPlugin) outcome).why());
    }

    /**
     * A plugin sees its own settings and those of the agent; of other plugins it learns nothing.
     */
    private Optional<List<EffectiveSetting>> visible(String plugin, Call call) {
        String via = call.caller().via();
        boolean others =
                via.startsWith(PLUGIN)
                        && !SettingName.PARTS.stream().anyMatch(plugin::equalsIgnoreCase)
                        && !via.equals(PLUGIN + plugin);
        return others ? Optional.empty() : desk.list(plugin);
    }

    private Author author(Call call) {
        String via = call.caller().via();
        return new Author(people.info(call.caller()), via.isEmpty() ? "api" : "api, " + via);
    }

    private Answer noPlugin(String plugin) {
        return Answer.problem(
                404,
                desk.near(plugin)
                        .map(
                                near ->
                                        "no plugin of that id has settings: did you mean `"
                                                + near
                                                + "`?")
                        .orElse("no plugin of that id has settings"));
    }

    private static String plugin(Call call) {
        return call.variables().getOrDefault("p", "");
    }

    private static Map<String, Object> json(
            String plugin, List<EffectiveSetting> settings, Call call) {
        Map<String, Object> members = new LinkedHashMap<>();
        settings.forEach(one -> members.put(one.setting().name().name(), json(one, call)));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("plugin", settings.isEmpty() ? plugin : settings.get(0).setting().name().plugin());
        json.put("settings", members);
        return json;
    }

    private static Map<String, Object> json(EffectiveSetting one, Call call) {
        Setting<?> setting = one.setting();
        boolean hidden =
                setting.isSecret() && !call.caller().via().equals(PLUGIN + setting.name().plugin());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("plugin", setting.name().plugin());
        json.put("name", setting.name().name());
        json.put("value", hidden ? HIDDEN : plain(one.value()));
        json.put("source", one.source().word());
        if (!one.setBy().isEmpty()) {
            json.put("setBy", one.setBy());
        }
        one.next().ifPresent(next -> json.put("next", hidden ? HIDDEN : plain(next)));
        json.put("default", hidden ? HIDDEN : plain(setting.defaultValue()));
        json.put("type", setting.type());
        json.put("unit", setting.unit());
        json.put("allowed", setting.allowed());
        json.put("from", setting.reach().from());
        json.put("takesEffect", setting.reach().when());
        json.put("says", setting.sentence());
        return json;
    }

    private static Object plain(Object value) {
        return value instanceof Integer number ? (Object) number.longValue() : value;
    }
}
