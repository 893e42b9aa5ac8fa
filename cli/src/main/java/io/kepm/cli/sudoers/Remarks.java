package io.kepm.cli.sudoers;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what is to be said about one rule, each sentence once. Not for use by two threads. */
final class Remarks {

    private final String rule;
    private final Set<Warning> warnings = new LinkedHashSet<>();

    Remarks(String rule) {
        this.rule = rule;
    }

    String rule() {
        return rule;
    }

    /** It is translated, and this is worth knowing. */
    void note(String message) {
        warnings.add(new Warning(Warning.Kind.NOTE, rule, message));
    }

    /** This part of it is not translated. */
    void lost(String message) {
        warnings.add(new Warning(Warning.Kind.LOST, rule, message));
    }

    /** How many parts of the rule are not translated. */
    long losses() {
        return warnings.stream().filter(Warning::isLost).count();
    }

    List<Warning> all() {
        return new ArrayList<>(warnings);
    }
}
