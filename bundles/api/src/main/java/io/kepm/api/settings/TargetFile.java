package io.kepm.api.settings;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A file that a {@code SettingsUpdate} policy may replace: a closed list. {@link
 * SettingsDesk#faults} says what its content may be.
 *
 * @param plugin whose file it is; empty for {@code appsettings.json}
 */
public record TargetFile(Optional<String> plugin) {

    /** For the text of an error. */
    public static final String ALLOWED = "`appsettings.json`, `Plugins/ID.json`";

    private static final String AGENT = "appsettings.json";
    private static final Pattern PLUGIN =
            Pattern.compile("Plugins/([A-Za-z0-9][A-Za-z0-9.-]{0,127})\\.json");

    /** Reads {@code TargetFile} of a policy; empty when that is not on the list. */
    public static Optional<TargetFile> of(String text) {
        if (text.equals(AGENT)) {
            return Optional.of(new TargetFile(Optional.empty()));
        }
        var match = PLUGIN.matcher(text);
        return match.matches() ? Optional.of(ofPlugin(match.group(1))) : Optional.empty();
    }

    /** Reads {@code PluginName} of a policy; empty when it can be no plugin's. */
    public static Optional<TargetFile> ofName(String name) {
        return of("Plugins/" + name + ".json");
    }

    private static TargetFile ofPlugin(String id) {
        return new TargetFile(Optional.of(id));
    }

    /** Below the folder of {@code appsettings.json}. */
    public String path() {
        return plugin.map(id -> "Plugins/" + id + ".json").orElse(AGENT);
    }
}
