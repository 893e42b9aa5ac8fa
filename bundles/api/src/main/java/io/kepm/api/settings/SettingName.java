package io.kepm.api.settings;

import java.util.List;
import java.util.Map;

/**
 * How a setting is called at the API and on the command line: {@code PLUGIN/NAME}. The parts of the
 * agent are plugins in this respect; members of members are joined by {@code .}.
 *
 * @param plugin id of the plugin, or the part of the agent
 * @param name what it is called there
 */
public record SettingName(String plugin, String name) {

    /** The agent as such. */
    public static final String AGENT = "KeeperPrivilegeManager";

    public static final String POLICY = "KeeperPolicy";
    public static final String LOGGER = "KeeperLogger";

    /** Parts of the agent that have settings, in the order of the reference page. */
    public static final List<String> PARTS = List.of(AGENT, POLICY, LOGGER);

    /** What begins the key of a setting of a plugin. */
    static final String PLUGINS = "Plugins/";

    private static final String ROOT = "Settings/";
    private static final String ENGINE = "Settings/PolicyEngine/";

    /** How clients of the broker ask for it. */
    private static final Map<String, String> GIVEN =
            Map.of(
                    "Settings/MqttBrokerSettings/IpAddress", "broker.host",
                    "Settings/MqttBrokerSettings/Port", "broker.port");

    /** The name of the setting that has this key. */
    static SettingName of(String key) {
        if (key.startsWith(PLUGINS)) {
            int slash = key.indexOf('/', PLUGINS.length());
            return new SettingName(
                    key.substring(PLUGINS.length(), slash), dotted(key.substring(slash + 1)));
        }
        String given = GIVEN.get(key);
        if (given != null) {
            return new SettingName(AGENT, given);
        }
        if (key.startsWith(ENGINE)) {
            return new SettingName(POLICY, dotted(key.substring(ENGINE.length())));
        }
        String name = key.startsWith(ROOT) ? key.substring(ROOT.length()) : key;
        boolean log = name.startsWith("log.") || name.startsWith("system.logging.");
        return new SettingName(log ? LOGGER : AGENT, dotted(name));
    }

    /** The key of a setting of a plugin that is no part of the agent. */
    static String key(String plugin, String name) {
        return PLUGINS + plugin + "/" + name;
    }

    private static String dotted(String path) {
        return path.replace('/', '.');
    }

    @Override
    public String toString() {
        return plugin + "/" + name;
    }
}
