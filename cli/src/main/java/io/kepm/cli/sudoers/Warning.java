package io.kepm.cli.sudoers;

import io.kepm.cli.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a person has to look at after an import.
 *
 * @param rule the rule as sudoers would write it, or what there is of it
 */
public record Warning(Kind kind, String rule, String message) {

    /** How much of the rule is there. */
    public enum Kind {
        /** All of it, perhaps narrower. */
        NOTE("note"),
        /** Not all of it, or nothing. */
        LOST("lost"),
        /** A setting of sudo itself, which limits no rule. */
        SETTING("setting");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    public boolean isLost() {
        return kind == Kind.LOST;
    }

    /** {@code rule}, {@code message}, {@code kind}. */
    public Json json() {
        Map<String, Json> json = new LinkedHashMap<>();
        json.put("rule", Json.of(rule));
        json.put("message", Json.of(message));
        json.put("kind", Json.of(kind.word()));
        return Json.object(json);
    }
}
