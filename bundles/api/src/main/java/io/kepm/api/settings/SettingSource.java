package io.kepm.api.settings;

/** Where a value comes from; each one wins over those after it. */
public enum SettingSource {
    POLICY("set by a policy"),
    STORED("set by the API"),
    PLUGIN_FILE("the plugin's own file"),
    APPSETTINGS("appsettings.json"),
    BUILT_IN("built in");

    private final String sentence;

    SettingSource(String sentence) {
        this.sentence = sentence;
    }

    /** The word on the wire. */
    public String word() {
        return switch (this) {
            case POLICY -> "policy";
            case STORED -> "stored";
            case PLUGIN_FILE -> "plugin";
            case APPSETTINGS -> "appsettings";
            case BUILT_IN -> "default";
        };
    }

    public String sentence() {
        return sentence;
    }
}
