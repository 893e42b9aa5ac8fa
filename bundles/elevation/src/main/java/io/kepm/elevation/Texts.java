package io.kepm.elevation;

import io.kepm.api.audit.Secrets;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.elevation.RequestState;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.Reason;
import io.kepm.api.text.Sentences;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a person reads when a command is not run: which rule and set, and what to do next. Every
 * sentence is in {@code sentences.properties}; what is put into one (the text of a rule, the cause
 * of a fault) is as it is on record.
 */
final class Texts {

    static final Sentences SENTENCES = Sentences.beside(Texts.class);

    private static final int LONGEST_COMMAND = 60;

    private Texts() {}

    /** A sentence without more to it. */
    static String say(String key, Object... values) {
        return SENTENCES.say(key, values);
    }

    static String refusal(Decision decision, Evaluation.Revision revision) {
        Reason first = decision.reasons().get(0);
        if (first.code().equals(Reason.UNMATCHED) || decision instanceof Decision.NotGoverned) {
            return say("refused.unmatched", revision.label());
        }
        if (first.isGuard()) {
            String guard = first.code().substring(Reason.GUARD_PREFIX.length());
            return say("refused.guard", guard, first.text(), revision.label());
        }
        String why =
                decision.reasons().stream()
                        .filter(Reason::forUser)
                        .map(Reason::text)
                        .distinct()
                        .collect(Collectors.joining("; "));
        return say(
                "refused.policy",
                why.isEmpty() ? say("refused.policy.unnamed") : why,
                revision.label());
    }

    /** Enough of an id to name it. */
    static String shortId(StoredRequest request) {
        return request.id().substring(0, 8);
    }

    private static String needs(StoredRequest request) {
        String needs = request.needs().stream().map(Need::text).collect(Collectors.joining("; "));
        return needs.isEmpty() ? say("approval.need", 1, say("approval.administrators")) : needs;
    }

    /**
     * @param now to tell how long it waits at most
     */
    static String waiting(StoredRequest request, Instant now) {
        String key =
                "approval.waiting"
                        + (request.state() == RequestState.ESCALATED ? ".escalated" : "")
                        + (request.approvals().isEmpty() ? "" : ".so_far");
        return say(key, shortId(request), needs(request), approvers(request), left(request, now));
    }

    private static String approvers(StoredRequest request) {
        return String.join(", ", request.approvers());
    }

    static String codesTaken(StoredRequest request) {
        return "\n" + say("approval.codes", shortId(request));
    }

    static String asked(StoredRequest request, Instant now) {
        return say("approval.asked", needs(request), shortId(request), left(request, now));
    }

    private static String left(StoredRequest request, Instant now) {
        long seconds = Math.max(1, Duration.between(now, request.until()).toSeconds());
        return span((int) Math.min(Integer.MAX_VALUE, (seconds + 59) / 60));
    }

    static String decided(StoredRequest request) {
        String state = request.state().word().toLowerCase(Locale.ROOT);
        return request.decidedBy().isEmpty()
                ? say("approval.decided", shortId(request), state)
                : say("approval.decided.by", shortId(request), state, request.decidedBy());
    }

    /** For who decides, and comes too late. */
    static String late(StoredRequest request) {
        return say("desk.late", request.state().word().toLowerCase(Locale.ROOT));
    }

    /** For who decided while somebody else did. */
    static String overtaken(StoredRequest request) {
        return say("desk.overtaken", request.id());
    }

    /** For who asked and does not wait; empty for what is no news to that person. */
    static String outcome(StoredRequest from, StoredRequest to) {
        return switch (to.state()) {
            case APPROVED -> news("news.approved", to, approvers(to), span(to.usableMinutes()));
            case DENIED -> byWhom("news.denied", to);
            case REVOKED -> byWhom("news.revoked", to);
            case ESCALATED -> news("news.escalated", to);
            case EXPIRED ->
                    news(
                            from.state() == RequestState.APPROVED
                                    ? "news.approval_over"
                                    : "news.expired",
                            to);
            default -> "";
        };
    }

    private static String byWhom(String key, StoredRequest to) {
        return to.decidedBy().isEmpty() ? news(key, to) : news(key + ".by", to, to.decidedBy());
    }

    private static String news(String key, StoredRequest to, String... more) {
        Object[] values = new Object[more.length + 2];
        values[0] = shortId(to);
        values[1] = say("news.what", shortened(to.argv()), to.runAs());
        System.arraycopy(more, 0, values, 2, more.length);
        return say(key, values);
    }

    private static String span(int minutes) {
        return minutes % 60 == 0 && minutes > 60
                ? say("time.hours", minutes / 60)
                : say("time.minutes", minutes);
    }

    /** What policy gives, and this site lets nobody have. */
    static String cutShort(Duration most, Duration given) {
        return say("grant.cut", span((int) most.toMinutes()), span((int) given.toMinutes()));
    }

    static String endsSoon(StoredGrant stored, Duration left) {
        return say(
                "grant.ends_soon", shortened(stored.grant().argv()), Math.max(1, left.toSeconds()));
    }

    private static String shortened(List<String> argv) {
        // It is shown by programs whose words everybody can read.
        String command = command(Secrets.hiddenInArgv(argv));
        return command.length() > LONGEST_COMMAND
                ? command.substring(0, LONGEST_COMMAND) + "…"
                : command;
    }

    static String command(List<String> argv) {
        return argv.stream().map(Texts::typed).collect(Collectors.joining(" "));
    }

    static String reasonNeeded(LaunchRequest launch) {
        boolean ahead = launch.door().equals(LaunchRequest.AHEAD);
        return say(ahead ? "reason.needed.ahead" : "reason.needed", command(launch.argv()));
    }

    /** A word as somebody would type it in a shell. */
    private static String typed(String word) {
        return word.matches("[A-Za-z0-9_./:=@%+,-]+")
                ? word
                : "'" + word.replace("'", "'\\''") + "'";
    }

    /** What neither sudo nor a unit can carry. */
    static String conditionNotHere(String condition) {
        return say("condition.here", condition);
    }

    /** What sudo does only where it knows of it before it asks. */
    static String notJudgedInside(String condition) {
        return say("condition.inside", condition);
    }

    /** What a unit can't carry. */
    static String conditionNotInUnit(String condition) {
        if (condition.equals(Carriage.JUDGED_INSIDE)) {
            return say("condition.unit.inside", condition);
        }
        return condition.equals(Carriage.NO_MANAGER)
                ? say("condition.unit.manager", condition)
                : say("condition.unit", condition);
    }

    /** What sudo can't carry, and a unit can. */
    static String conditionElsewhere(String condition, String runAs, List<String> argv) {
        return runAs.equals("root")
                ? say("condition.elsewhere", condition, command(argv))
                : say("condition.elsewhere.as", condition, command(argv), typed(runAs));
    }

    static String substituteRefused(String target, String why) {
        return say("refused.substitute", target, why);
    }

    /** Why a grant ends before its command does; empty when it does not. */
    static String ending(StoredGrant stored, boolean over) {
        String grant = stored.id().substring(0, Math.min(8, stored.id().length()));
        return switch (stored.life().ending()) {
            case RELEASED -> say("grant.released", grant);
            case REVOKED -> say("grant.revoked", grant);
            case EXPIRED -> say("grant.expired", grant);
            case FINISHING -> "";
            case NONE -> over ? say("grant.expired", grant) : "";
        };
    }

    static String limited(String what) {
        return say("refused.limited", what);
    }

    static String fault(String what) {
        return say("refused.fault", what);
    }
}
