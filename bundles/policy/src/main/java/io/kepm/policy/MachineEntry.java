package io.kepm.policy;

import java.util.Locale;
import java.util.Optional;

/** One entry of {@code MachineCheck}. */
sealed interface MachineEntry {

    String text();

    Fit fit(Facts facts);

    /** Every machine. */
    record Any(String text) implements MachineEntry {
        @Override
        public Fit fit(Facts facts) {
            return Fit.YES;
        }
    }

    /** A host: its first label when the entry has no dot, else its full name. */
    record Host(String text, String host) implements MachineEntry {
        @Override
        public Fit fit(Facts facts) {
            return Fit.of(
                    host.indexOf('.') < 0 ? facts.isFirstLabel(host) : facts.host().equals(host));
        }
    }

    /** A kind of system. */
    record Os(String text, String os) implements MachineEntry {
        @Override
        public Fit fit(Facts facts) {
            return Fit.of(facts.request().machine().os().equalsIgnoreCase(os));
        }
    }

    /** Whatever a collection holds. */
    record Collected(String text, Gathering<MachineEntry> gathering) implements MachineEntry {
        @Override
        public Fit fit(Facts facts) {
            return facts.fit(gathering, entry -> entry.fit(facts));
        }
    }

    /** Lower case, without the dot at the end. */
    static String plainHost(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    /** Empty after the place was told why. */
    static Optional<MachineEntry> parse(String text, Gatherings gatherings, Place place) {
        if (text.equals("*")) {
            return Optional.of(new Any(text));
        }
        Optional<String> collection = Gatherings.reference(text);
        if (collection.isPresent()) {
            return gatherings.machines(collection.get(), place).map(g -> new Collected(text, g));
        }
        if (text.regionMatches(true, 0, "os:", 0, 3) && text.length() > 3) {
            return Optional.of(new Os(text, text.substring(3)));
        }
        String host = plainHost(text);
        boolean valid =
                !host.isEmpty()
                        && host.length() <= 253
                        && host.codePoints()
                                .allMatch(
                                        c -> Character.isLetterOrDigit(c) || "-_.".indexOf(c) >= 0);
        if (!valid) {
            place.refuse(
                    Place.quoted(text)
                            + ": not a host name (known: *, HOST, os:NAME, collection:ID; patterns"
                            + " are not known here)");
            return Optional.empty();
        }
        return Optional.of(new Host(text, host));
    }
}
