package io.kepm.policy;

import io.kepm.api.policy.EvaluationRequest.User;
import java.util.Optional;

/** One entry of {@code UserCheck}. */
sealed interface UserEntry {

    long MAX_UID = 4_294_967_294L;

    /** As the policy writes it. */
    String text();

    Fit fit(Facts facts);

    /** Everybody. */
    record Anyone(String text) implements UserEntry {
        @Override
        public Fit fit(Facts facts) {
            return Fit.YES;
        }
    }

    /** A user without a domain. */
    record Name(String text, String name) implements UserEntry {
        @Override
        public Fit fit(Facts facts) {
            User user = facts.request().user();
            return Fit.of(user.domain().isEmpty() && user.name().equals(name));
        }
    }

    /**
     * A user of a domain.
     *
     * @param whole a name without a domain that the entry means too, since the name service of a
     *     machine may write a domain's user with an {@code @} or a {@code \\}
     */
    record InDomain(String text, String domain, String name, String whole) implements UserEntry {
        @Override
        public Fit fit(Facts facts) {
            User user = facts.request().user();
            return Fit.of(
                    user.domain().isEmpty()
                            ? isWhole(user.name())
                            : user.domain().get().equalsIgnoreCase(domain)
                                    && user.name().equals(name));
        }

        /** Its domain without regard to case, like any domain. */
        private boolean isWhole(String written) {
            int domainAt = whole.startsWith(domain + "\\") ? 0 : name.length() + 1;
            int nameAt = domainAt == 0 ? domain.length() + 1 : 0;
            int mark = Math.max(domainAt, nameAt) - 1;
            return written.length() == whole.length()
                    && written.regionMatches(true, domainAt, domain, 0, domain.length())
                    && written.charAt(mark) == whole.charAt(mark)
                    && written.startsWith(name, nameAt);
        }

        /** What all have in common that {@code whole} means: the same without regard to case. */
        static String folded(String written) {
            char[] folded = written.toCharArray();
            for (int i = 0; i < folded.length; i++) {
                folded[i] = Character.toLowerCase(Character.toUpperCase(folded[i]));
            }
            return new String(folded);
        }

        /** Whether a name service writes a domain's user so. */
        static boolean isWritten(String name) {
            return name.indexOf('\\') >= 0 || name.indexOf('@') >= 0;
        }
    }

    /** Members of a group. */
    record Group(String text, String group) implements UserEntry {
        @Override
        public Fit fit(Facts facts) {
            return Fit.of(facts.request().user().groups().contains(group));
        }
    }

    /** The user with a number. */
    record Uid(String text, long uid) implements UserEntry {
        @Override
        public Fit fit(Facts facts) {
            return Fit.of(facts.request().user().uid() == uid);
        }
    }

    /** Whoever a collection holds. */
    record Collected(String text, Gathering<UserEntry> gathering) implements UserEntry {
        @Override
        public Fit fit(Facts facts) {
            return facts.fit(gathering, entry -> entry.fit(facts));
        }
    }

    /** Empty after the place was told why. */
    static Optional<UserEntry> parse(String text, Gatherings gatherings, Place place) {
        if (text.isEmpty() || Texts.length(text) > PatternText.MAX_LENGTH) {
            place.refuse("1 to " + PatternText.MAX_LENGTH + " characters are expected");
            return Optional.empty();
        }
        if (Texts.hasControl(text)) {
            place.refuse("control characters in " + Place.quoted(text));
            return Optional.empty();
        }
        if (text.equals("*")) {
            return Optional.of(new Anyone(text));
        }
        Optional<String> collection = Gatherings.reference(text);
        if (collection.isPresent()) {
            return gatherings.users(collection.get(), place).map(g -> new Collected(text, g));
        }
        if (text.startsWith("%")) {
            return named(text.substring(1), place).map(group -> new Group(text, group));
        }
        int colon = text.indexOf(':');
        return colon < 0
                ? Optional.of(name(text))
                : prefixed(text, text.substring(0, colon), text.substring(colon + 1), place);
    }

    private static Optional<UserEntry> prefixed(
            String text, String kind, String rest, Place place) {
        switch (kind) {
            case "group":
                return named(rest, place).map(group -> new Group(text, group));
            case "user":
                return named(rest, place).map(name -> new Name(text, name));
            case "uid":
                if (NameSyntax.isDigits(rest)
                        && rest.length() <= 10
                        && Long.parseLong(rest) <= MAX_UID) {
                    return Optional.of(new Uid(text, Long.parseLong(rest)));
                }
                place.refuse(Place.quoted(text) + ": a uid is a number up to " + MAX_UID);
                return Optional.empty();
            default:
                place.refuse(
                        Place.quoted(text)
                                + ": unknown kind of entry (known: *, NAME, DOMAIN\\NAME,"
                                + " NAME@DOMAIN, %GROUP, group:, uid:, user:, collection:)");
                return Optional.empty();
        }
    }

    private static Optional<String> named(String name, Place place) {
        if (name.isEmpty()) {
            place.refuse("a name is missing");
            return Optional.empty();
        }
        return Optional.of(name);
    }

    private static UserEntry name(String text) {
        int slash = text.indexOf('\\');
        if (slash > 0 && slash < text.length() - 1) {
            return new InDomain(text, text.substring(0, slash), text.substring(slash + 1), text);
        }
        int at = text.lastIndexOf('@');
        if (at > 0 && at < text.length() - 1) {
            return new InDomain(text, text.substring(at + 1), text.substring(0, at), text);
        }
        return new Name(text, text);
    }
}
