package io.kepm.mqtt;

import java.util.List;
import java.util.Optional;

/** A topic filter (MQTT 3.1.1 §4.7), taken apart; well-formed by construction. */
record TopicFilter(String text, List<String> levels) {

    private static final String ONE = "+";
    private static final String REST = "#";

    /** Why this can be no filter; empty when it can. */
    static Optional<String> fault(String text) {
        Optional<String> fault = Topic.nameFault(text);
        if (fault.isPresent()) {
            return fault;
        }
        String[] levels = text.split("/", -1);
        for (int i = 0; i < levels.length; i++) {
            boolean wild = levels[i].indexOf('+') >= 0 || levels[i].indexOf('#') >= 0;
            if (wild && levels[i].length() > 1) {
                return Optional.of("a wildcard has to be a level of its own");
            }
            if (levels[i].equals(REST) && i < levels.length - 1) {
                return Optional.of("`#` has to be the last level");
            }
        }
        return Optional.empty();
    }

    /**
     * A filter.
     *
     * @throws IllegalArgumentException when it is none, see {@link #fault}
     */
    static TopicFilter of(String text) {
        fault(text)
                .ifPresent(
                        fault -> {
                            throw new IllegalArgumentException("`" + text + "`: " + fault);
                        });
        return new TopicFilter(text, List.of(text.split("/", -1)));
    }

    boolean isPlain() {
        return text.indexOf('+') < 0 && text.indexOf('#') < 0;
    }

    boolean isOnlyWildcards() {
        return levels.stream().allMatch(level -> level.equals(ONE) || level.equals(REST));
    }

    boolean matches(Topic topic) {
        List<String> names = topic.levels();
        if (topic.isOfTheBroker() && !levels.get(0).equals(names.get(0))) {
            return false;
        }
        for (int i = 0; i < levels.size(); i++) {
            String level = levels.get(i);
            if (level.equals(REST)) {
                return true;
            }
            if (i >= names.size() || (!level.equals(ONE) && !level.equals(names.get(i)))) {
                return false;
            }
        }
        return names.size() == levels.size();
    }

    /** Whether every topic that the other matches is matched by this one too. */
    boolean covers(TopicFilter other) {
        for (int i = 0; i < levels.size(); i++) {
            String level = levels.get(i);
            if (level.equals(REST)) {
                return true;
            }
            if (i >= other.levels.size()) {
                return false;
            }
            String theirs = other.levels.get(i);
            if (theirs.equals(REST) || (!level.equals(ONE) && !level.equals(theirs))) {
                return false;
            }
        }
        return other.levels.size() == levels.size();
    }
}
