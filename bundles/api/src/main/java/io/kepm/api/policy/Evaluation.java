package io.kepm.api.policy;

import java.util.List;

/**
 * A decision together with what monitor policies would have said and the set that was asked.
 *
 * @param wouldHave one entry for each matching policy that watches only
 * @param revision the set that decided
 * @param notices one entry for each deciding policy that has something to say
 */
public record Evaluation(
        Decision decision, List<WouldHave> wouldHave, Revision revision, List<Notice> notices) {

    public Evaluation {
        wouldHave = List.copyOf(wouldHave);
        notices = List.copyOf(notices);
    }

    /** No policy in force has anything to say. */
    public Evaluation(Decision decision, List<WouldHave> wouldHave, Revision revision) {
        this(decision, wouldHave, revision, List.of());
    }

    /** Another decision of the same set, with the same notices. */
    public Evaluation with(Decision other) {
        return new Evaluation(other, wouldHave, revision, notices);
    }

    /**
     * What a policy in force with NOTIFY tells whoever asks.
     *
     * @param acknowledge the user is to confirm the message; nothing hangs on it
     */
    public record Notice(PolicyRef policy, String message, boolean acknowledge) {}

    /**
     * The outcome a watching policy alone would have had.
     *
     * @param noticeUser tell the user
     * @param acknowledge the user is to confirm the message; nothing hangs on it
     */
    public record WouldHave(
            PolicyRef policy,
            String outcome,
            boolean noticeUser,
            String message,
            boolean acknowledge) {

        /** Nothing is to be confirmed. */
        public WouldHave(PolicyRef policy, String outcome, boolean noticeUser, String message) {
            this(policy, outcome, noticeUser, message, false);
        }
    }

    /** A loaded set: a counter and the SHA-256 of its canonical content, lower-case hex. */
    public record Revision(long number, String sha256) {
        /** Short form for people: {@code 3-1a2b3c4d}. */
        public String label() {
            return number + "-" + (sha256.length() > 8 ? sha256.substring(0, 8) : sha256);
        }
    }
}
