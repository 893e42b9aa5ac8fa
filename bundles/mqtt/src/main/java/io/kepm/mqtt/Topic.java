package io.kepm.mqtt;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** A topic, taken apart. Its text is from outside: {@link #fault} first. */
record Topic(String text, List<String> levels) {

    /** Evaluation requests; heard by the core alone. */
    static final String POLICY = "KeeperPolicy";

    /** The records of the audit; published by the core alone. */
    static final String AUDIT = "AuditMessage";

    /** Lines for the log; heard by the core alone. */
    static final String LOGGER = "KeeperLogger";

    static final String RESPONSES = "Responses";
    static final String COMMANDS = "Commands";

    static Topic of(String text) {
        return new Topic(text, List.of(text.split("/", -1)));
    }

    /** Why this can be no topic to publish to; empty when it can. */
    static Optional<String> fault(String text) {
        return text.indexOf('+') >= 0 || text.indexOf('#') >= 0
                ? Optional.of("a topic holds no wildcards")
                : nameFault(text);
    }

    /** What holds for topics and filters alike. */
    static Optional<String> nameFault(String text) {
        if (text.isEmpty()) {
            return Optional.of("it is empty");
        }
        if (text.length() > Limits.NAME_BYTES
                || text.getBytes(StandardCharsets.UTF_8).length > Limits.NAME_BYTES) {
            return Optional.of("it is longer than " + Limits.NAME_BYTES + " bytes");
        }
        if (text.chars().anyMatch(Topic::isForbidden)) {
            return Optional.of("it holds a control character, or is not UTF-8");
        }
        if (text.chars().filter(c -> c == '/').count() >= Limits.LEVELS) {
            return Optional.of("it has more than " + Limits.LEVELS + " levels");
        }
        return Optional.empty();
    }

    /** U+FFFD is what the decoder makes of bytes that are not UTF-8. */
    private static boolean isForbidden(int c) {
        return Character.isISOControl(c) || c == 0xfffd || c == 0xfffe || c == 0xffff;
    }

    /** Whether it begins with the id of a client: answers to that one, read by nobody else. */
    boolean isPrivate() {
        return isClient(first());
    }

    boolean isOfTheBroker() {
        return text.startsWith("$");
    }

    String first() {
        return levels.get(0);
    }

    static boolean isClient(String level) {
        return level.startsWith("plugin:") || level.startsWith("job:");
    }
}
