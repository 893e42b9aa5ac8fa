package io.kepm.mqtt;

import java.util.Optional;
import java.util.regex.Pattern;

/** The form of client ids: {@code plugin:ID} or {@code job:ID:RUN}. */
final class ClientIds {

    static final String PLUGIN = "plugin:";
    private static final String WORD = "[A-Za-z0-9][A-Za-z0-9._-]{0,127}";
    private static final Pattern FORM =
            Pattern.compile("plugin:" + WORD + "|job:" + WORD + ":" + WORD);

    private ClientIds() {}

    /** Why this can be no client id; so no wildcard, slash or NUL can ever be in one. */
    static Optional<String> fault(String id) {
        return FORM.matcher(id).matches()
                ? Optional.empty()
                : Optional.of("a client id is `plugin:ID` or `job:ID:RUN`");
    }

    /** The plugin that has that id; empty for any other client. */
    static String plugin(String id) {
        return id.startsWith(PLUGIN) ? id.substring(PLUGIN.length()) : "";
    }

    /** The component's own name: that of the plugin or the job. */
    static String component(String id) {
        return id.split(":", -1)[1];
    }
}
