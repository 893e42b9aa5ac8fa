package io.kepm.api.plugins;

import java.util.Locale;

/** Where in its life a plugin is. */
public enum PluginState {
    STARTING,
    HEALTHY,
    UNHEALTHY,
    STOPPING,
    STOPPED,
    FAILED;

    /** As people and records write it: {@code Healthy}. */
    public String word() {
        return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
    }
}
