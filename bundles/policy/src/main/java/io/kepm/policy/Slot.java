package io.kepm.policy;

import com.google.re2j.Pattern;
import java.util.Optional;
import java.util.Set;

/** What may stand in one place of an argument vector. */
sealed interface Slot {

    /** Judges one argument; {@code real}: its resolved form, when nobody else can swap it. */
    Fit fit(String argument, Optional<String> real, Facts facts);

    /** As a person would read it. */
    String text();

    /** Exactly this text. */
    record Literal(String value) implements Slot {
        @Override
        public Fit fit(String argument, Optional<String> real, Facts facts) {
            return Fit.of(argument.equals(value));
        }

        @Override
        public String text() {
            return value.isEmpty() ? "''" : value;
        }
    }

    /** One of these texts. */
    record OneOf(Set<String> values) implements Slot {
        public OneOf {
            values = Set.copyOf(values);
        }

        @Override
        public Fit fit(String argument, Optional<String> real, Facts facts) {
            return Fit.of(values.contains(argument));
        }

        @Override
        public String text() {
            return "(" + String.join("|", values.stream().sorted().toList()) + ")";
        }
    }

    /** A text that an expression describes from its first to its last character. */
    record Regex(Pattern pattern) implements Slot {

        /** The kernel takes no longer argument, so a longer one is not from a real command. */
        static final int MAX_ARGUMENT = 128 * 1024;

        @Override
        public Fit fit(String argument, Optional<String> real, Facts facts) {
            return argument.length() > MAX_ARGUMENT ? Fit.HOLE : Fit.of(pattern.matches(argument));
        }

        @Override
        public String text() {
            return "/" + pattern.pattern() + "/";
        }
    }

    /**
     * A path below a folder, by its text and by what it resolves to, so that nothing below the
     * folder can be swapped after the check.
     */
    record PathUnder(PathPrefix folder) implements Slot {
        @Override
        public Fit fit(String argument, Optional<String> real, Facts facts) {
            Fit fit = folder.fit("/", facts.variables());
            if (fit == Fit.HOLE) {
                return fit;
            }
            boolean beneath =
                    PathText.isCanonical(argument)
                            && real.isPresent()
                            && folder.fit(argument, facts.variables()) == Fit.YES
                            && folder.fit(real.get(), facts.variables()) == Fit.YES;
            return Fit.of(beneath);
        }

        @Override
        public String text() {
            return folder.text() + "/…";
        }
    }

    /** A word that is no path and no option. */
    record Word() implements Slot {
        @Override
        public Fit fit(String argument, Optional<String> real, Facts facts) {
            return Fit.of(
                    !argument.isEmpty()
                            && !argument.startsWith("-")
                            && !argument.equals(".")
                            && !argument.equals("..")
                            && argument.codePoints()
                                    .noneMatch(
                                            c ->
                                                    c == '/'
                                                            || Texts.isSpace(c)
                                                            || Character.isISOControl(c)));
        }

        @Override
        public String text() {
            return "WORD";
        }
    }

    /** One argument, whatever it is. */
    record Any() implements Slot {
        @Override
        public Fit fit(String argument, Optional<String> real, Facts facts) {
            return Fit.YES;
        }

        @Override
        public String text() {
            return "ANY";
        }
    }
}
