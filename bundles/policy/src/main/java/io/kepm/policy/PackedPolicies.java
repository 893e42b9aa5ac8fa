package io.kepm.policy;

import io.kepm.api.policy.EvaluationRequest;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * What most policies compare, side by side in one run of bytes: users and groups, programs, literal
 * words. Among very many policies a decision waits for memory more than for anything else, and the
 * same things as objects lie in a dozen places. A policy that says anything beyond has no packed
 * form; {@link Matcher} judges it, and every request that this does not judge. Immutable.
 *
 * <p>The form: users, programs and commands, each a number of entries and the entries. An entry is
 * its kind, its length and its ASCII characters; a command is a program, whether further words may
 * follow, and a number of words.
 */
final class PackedPolicies {

    private static final byte ANY = 0;
    private static final byte NAME = 1;
    private static final byte GROUP = 2;
    private static final byte PATH = 3;
    private static final byte GLOB = 4;
    private static final byte WORD = 5;

    /** An entry has two bytes at least: so no number of entries is larger than a byte holds. */
    private static final int LONGEST = 2 * Byte.MAX_VALUE;

    private static final int NONE = -1;

    private final byte[] code;
    private final int[] offsets;

    PackedPolicies(List<PolicyDocument> policies) {
        offsets = new int[policies.size()];
        Packing packing = new Packing();
        for (int i = 0; i < offsets.length; i++) {
            int from = packing.size;
            boolean packs = isPlain(policies.get(i)) && packing.policy(policies.get(i));
            offsets[i] = packs ? from : NONE;
            packing.size = packs ? packing.size : from;
        }
        code = Arrays.copyOf(packing.code, packing.size);
    }

    private static boolean isPlain(PolicyDocument policy) {
        Filters filters = policy.filters();
        Extension extension = policy.extension();
        return policy.type().isElevation()
                && filters.machines().isEmpty()
                && filters.certificates().isEmpty()
                && filters.dates().isEmpty()
                && filters.times().isEmpty()
                && filters.days().isEmpty()
                && extension.folders().isEmpty()
                && extension.denied().isEmpty()
                && extension.runAs().isEmpty()
                && extension.minAiLikelihood() == 0;
    }

    /** A program that is called by the path where it lies, to be run as root. */
    static boolean judges(Facts facts) {
        return facts.real() == facts.named()
                && facts.named().segments() > 0
                && facts.request().runAs().equals(Matcher.ROOT);
    }

    /** Whether a policy has a packed form. */
    boolean has(int number) {
        return offsets[number] != NONE;
    }

    /** Whether such a policy applies to a request that this {@link #judges}. */
    boolean matches(int number, Facts facts) {
        Reading reading = new Reading(code, offsets[number], facts);
        boolean concerns = reading.anyOf();
        return concerns && reading.anyOf() && reading.commands();
    }

    /** Writes the form. For one thread. */
    private static final class Packing {

        private byte[] code = {};
        private int size;
        private int begin;

        /** False when something does not fit; what was written is of no use then. */
        boolean policy(PolicyDocument policy) {
            begin = size;
            Filters filters = policy.filters();
            return all(filters.users(), this::user)
                    && all(filters.applications(), this::application)
                    && all(policy.extension().commands(), this::command);
        }

        private <E> boolean all(List<E> entries, Predicate<E> packs) {
            write(entries.size());
            for (int i = 0; i < entries.size(); i++) {
                if (!packs.test(entries.get(i))) {
                    return false;
                }
            }
            return true;
        }

        private void write(int value) {
            if (size == code.length) {
                code = Arrays.copyOf(code, Math.max(128, 2 * size));
            }
            code[size++] = (byte) value;
        }

        private boolean user(UserEntry entry) {
            if (entry instanceof UserEntry.Anyone) {
                return text(ANY, "");
            }
            if (entry instanceof UserEntry.Name name) {
                return text(NAME, name.name());
            }
            return entry instanceof UserEntry.Group group && text(GROUP, group.group());
        }

        private boolean application(AppEntry entry) {
            if (entry instanceof AppEntry.Any) {
                return text(ANY, "");
            }
            return entry instanceof AppEntry.Located located && program(located.pattern());
        }

        private boolean program(PathPattern pattern) {
            boolean packs =
                    !pattern.isBare() && !pattern.hasVariables() && !pattern.text().contains("**");
            return packs && text(pattern.literal().isPresent() ? PATH : GLOB, pattern.text());
        }

        private boolean command(CommandRule rule) {
            if (!program(rule.program())) {
                return false;
            }
            write(rule.open() ? 1 : 0);
            return all(
                    rule.slots(),
                    slot -> slot instanceof Slot.Literal word && text(WORD, word.value()));
        }

        private boolean text(byte kind, String text) {
            write(kind);
            write(text.length());
            if (text.length() > Byte.MAX_VALUE || size - begin + text.length() > LONGEST) {
                return false;
            }
            for (int i = 0; i < text.length(); i++) {
                if (text.charAt(i) > Byte.MAX_VALUE) {
                    return false;
                }
                write(text.charAt(i));
            }
            return true;
        }
    }

    /** Reads the form once, from its beginning. For one thread. */
    private static final class Reading {

        private final byte[] code;
        private final Facts facts;
        private int at;

        Reading(byte[] code, int offset, Facts facts) {
            this.code = code;
            this.facts = facts;
            at = offset;
        }

        /** Users or programs: any of them, or none are named. */
        boolean anyOf() {
            int entries = code[at++];
            boolean fits = entries == 0;
            for (int i = 0; i < entries; i++) {
                fits = entry() || fits;
            }
            return fits;
        }

        boolean commands() {
            int commands = code[at++];
            boolean fits = commands == 0;
            for (int i = 0; i < commands && !fits; i++) {
                fits = command();
            }
            return fits;
        }

        private boolean command() {
            boolean fits = entry();
            boolean open = code[at++] == 1;
            int words = code[at++];
            List<String> arguments = facts.arguments();
            fits = fits && (open ? arguments.size() >= words : arguments.size() == words);
            for (int i = 0; i < words; i++) {
                int length = code[at + 1];
                fits = fits && isText(at + 2, length, arguments.get(i));
                at += 2 + length;
            }
            return fits;
        }

        private boolean entry() {
            byte kind = code[at];
            int length = code[at + 1];
            int from = at + 2;
            at = from + length;
            return switch (kind) {
                case ANY -> true;
                case NAME -> isUser(from, length);
                case GROUP -> isGroup(from, length);
                case PATH -> isText(from, length, facts.named().text());
                case GLOB -> covers(from, length, facts.named().text());
                default -> throw new IllegalStateException("unknown kind " + kind);
            };
        }

        private boolean isUser(int from, int length) {
            EvaluationRequest.User user = facts.request().user();
            return user.domain().isEmpty() && isText(from, length, user.name());
        }

        private boolean isGroup(int from, int length) {
            List<String> groups = facts.request().user().groups();
            for (int i = 0; i < groups.size(); i++) {
                if (isText(from, length, groups.get(i))) {
                    return true;
                }
            }
            return false;
        }

        private boolean isText(int from, int length, String text) {
            if (text.length() != length) {
                return false;
            }
            // From behind: names in one folder, or of one kind, differ at their ends.
            for (int i = length - 1; i >= 0; i--) {
                if (text.charAt(i) != code[from + i]) {
                    return false;
                }
            }
            return true;
        }

        /**
         * As {@link SegmentGlob}. No star reaches beyond its segment, so when the last one can't be
         * stretched further, none in front of it helps.
         */
        private boolean covers(int from, int length, String path) {
            int end = from + length;
            int glob = from;
            int to = 0;
            int star = -1;
            int starTo = 0;
            while (to < path.length()) {
                int c = path.codePointAt(to);
                if (glob < end && code[glob] == '*') {
                    star = glob++;
                    starTo = to;
                } else if (glob < end && (code[glob] == c || (code[glob] == '?' && c != '/'))) {
                    glob++;
                    to += Character.charCount(c);
                } else if (star >= 0 && path.charAt(starTo) != '/') {
                    starTo += Character.charCount(path.codePointAt(starTo));
                    to = starTo;
                    glob = star + 1;
                } else {
                    return false;
                }
            }
            while (glob < end && code[glob] == '*') {
                glob++;
            }
            return glob == end;
        }
    }
}
