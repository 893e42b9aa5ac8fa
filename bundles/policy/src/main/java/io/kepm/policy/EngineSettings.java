package io.kepm.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What the evaluator goes by beside the set.
 *
 * @param unmatchedDenies what an elevation request gets that no policy matches
 * @param approot the value of {@code {approot}}
 */
record EngineSettings(
        boolean unmatchedDenies,
        boolean enforceForAdministrators,
        Set<String> adminGroups,
        String approot) {

    static final EngineSettings DEFAULT =
            new EngineSettings(true, true, Set.of("sudo", "wheel", "admin"), "/opt/keeper/sbin");

    EngineSettings {
        adminGroups = Set.copyOf(adminGroups);
    }

    /**
     * As the root-owned file of an agent states them, which is the only place that can. What it
     * leaves out has its default; what the agent would not take is told to the faults.
     *
     * @param file the whole {@code appsettings.json}
     */
    static EngineSettings ofFile(JsonNode file, Place place) {
        return new EngineSettings(
                value(CoreSettings.UNMATCHED, file, place).equals("deny"),
                value(CoreSettings.ENFORCE_FOR_ADMINISTRATORS, file, place),
                Set.copyOf(value(CoreSettings.ADMIN_GROUPS, file, place)),
                DEFAULT.approot);
    }

    private static <T> T value(Setting<T> setting, JsonNode file, Place place) {
        JsonNode node = file.at("/" + setting.key());
        if (!node.isMissingNode()) {
            try {
                return setting.reader().apply(plain(node));
            } catch (IllegalArgumentException e) {
                place.member(setting.key().replace('/', '.'))
                        .refuse(e.getMessage() + " (known: " + setting.allowed() + ")");
            }
        }
        return setting.defaultValue();
    }

    /** As a reader of settings takes it. */
    private static Object plain(JsonNode node) {
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        if (node.isIntegralNumber() && node.canConvertToLong()) {
            return node.longValue();
        }
        if (node.isArray()) {
            List<Object> items = new ArrayList<>();
            node.forEach(item -> items.add(plain(item)));
            return items;
        }
        return node.isTextual() ? node.textValue() : node.toString();
    }
}
