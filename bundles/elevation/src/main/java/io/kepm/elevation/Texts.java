package io.kepm.elevation;

import io.kepm.api.audit.Secrets;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.elevation.RequestState;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.Reason;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** What a person reads when a command is not run: which rule and set, and what to do next. */
final class Texts {

    private static final int LONGEST_COMMAND = 60;

    private Texts() {}

    static String refusal(Decision decision, Evaluation.Revision revision) {
        Reason first = decision.reasons().get(0);
        String set = "policy set " + revision.label();
        if (first.code().equals(Reason.UNMATCHED) || decision instanceof Decision.NotGoverned) {
            return "denied: no policy allows this ("
                    + set
                    + ")\n`kepm list` shows what you may run";
        }
        if (first.isGuard()) {
            return "denied by the guard `"
                    + first.code().substring(Reason.GUARD_PREFIX.length())
                    + "`: "
                    + first.text()
                    + " ("
                    + set
                    + ")\nask an administrator if you need this";
        }
        String why =
                decision.reasons().stream()
                        .filter(Reason::forUser)
                        .map(Reason::text)
                        .distinct()
                        .collect(Collectors.joining("; "));
        return "denied: "
                + (why.isEmpty() ? "a policy of this machine denies it" : why)
                + " ("
                + set
                + ")\nask an administrator if you need this";
    }

    static final String NO_FACTOR =
            "denied: policy asks for a second factor, and none is enrolled for you\n"
                    + "enrol one: kepm mfa enroll";
    static final String FACTOR_NEEDS_TERMINAL =
            "denied: policy asks for a second factor, and there is no terminal to ask for it\n"
                    + "run the command from a terminal";
    static final String NO_CODE =
            "denied: the second factor was not given\nrun the command again; `kepm mfa status`";
    static final String NOT_CONFIRMED =
            "denied: policy asks that you confirm it at the keyboard, and you did not\n"
                    + "run the command again from a terminal and answer y";

    /** Enough of an id to name it. */
    static String shortId(StoredRequest request) {
        return request.id().substring(0, 8);
    }

    private static String needs(StoredRequest request) {
        String needs = request.needs().stream().map(Need::text).collect(Collectors.joining("; "));
        return needs.isEmpty() ? "1 of the administrators" : needs;
    }

    static String waiting(StoredRequest request) {
        String so =
                request.approvals().isEmpty()
                        ? ""
                        : ", approved so far: "
                                + request.approvals().stream()
                                        .map(StoredRequest.Approved::user)
                                        .collect(Collectors.joining(", "));
        return "request "
                + shortId(request)
                + (request.state() == RequestState.ESCALATED ? " (escalated)" : "")
                + " waits for an approval by "
                + needs(request)
                + so
                + "; ^C stops waiting and keeps the request";
    }

    static String codesTaken(StoredRequest request) {
        return "\nnobody can be reached? `kepm offline-code challenge "
                + shortId(request)
                + "` in another terminal gives what to read to an approver";
    }

    static String asked(StoredRequest request) {
        return "denied: it needs an approval by "
                + needs(request)
                + "; request "
                + shortId(request)
                + " waits for it\nrun the same command again once it is approved; `kepm requests`"
                + " shows it";
    }

    static String decided(StoredRequest request) {
        return "denied: request "
                + shortId(request)
                + " is "
                + request.state().word().toLowerCase(java.util.Locale.ROOT)
                + (request.decidedBy().isEmpty() ? "" : " by " + request.decidedBy())
                + "\n`kepm requests` shows it; run the command again to ask once more";
    }

    /** For who asked and does not wait; empty for what is no news to that person. */
    static String outcome(StoredRequest from, StoredRequest to) {
        String what = "`" + shortened(to.argv()) + "` as " + to.runAs();
        String by = to.decidedBy().isEmpty() ? "" : " by " + to.decidedBy();
        String news =
                switch (to.state()) {
                    case APPROVED ->
                            what
                                    + " is approved by "
                                    + to.approvals().stream()
                                            .map(StoredRequest.Approved::user)
                                            .collect(Collectors.joining(", "))
                                    + ": run it again within "
                                    + span(to.usableMinutes());
                    case DENIED -> what + " is denied" + by;
                    case REVOKED -> "the approval of " + what + " is taken back" + by;
                    case ESCALATED -> what + " waits still: others are asked now";
                    case EXPIRED ->
                            from.state() == RequestState.APPROVED
                                    ? "the approval of " + what + " is over"
                                    : "nobody decided in time about " + what;
                    default -> "";
                };
        return news.isEmpty() ? "" : news + " (request " + shortId(to) + ")";
    }

    private static String span(int minutes) {
        return minutes % 60 == 0 && minutes > 60 ? minutes / 60 + " h" : minutes + " min";
    }

    /** What policy gives, and this site lets nobody have. */
    static String cutShort(Duration most, Duration given) {
        return "it is ended after "
                + span((int) most.toMinutes())
                + " (policy gives "
                + span((int) given.toMinutes())
                + "): no right lasts longer here";
    }

    static String endsSoon(StoredGrant stored, Duration left) {
        return "the time for `"
                + shortened(stored.grant().argv())
                + "` is over in "
                + Math.max(1, left.toSeconds())
                + " s: it will be ended then, with all that it started";
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
        return "denied: policy asks why you need this, and no reason was given\n"
                + (ahead ? "run: kepm request" : "say it when you are asked, or run: kepm run")
                + " -m \"why you need it\" -- "
                + command(launch.argv());
    }

    /** A word as somebody would type it in a shell. */
    private static String typed(String word) {
        return word.matches("[A-Za-z0-9_./:=@%+,-]+")
                ? word
                : "'" + word.replace("'", "'\\''") + "'";
    }

    /** What neither sudo nor a unit can carry. */
    static String conditionNotHere(String condition) {
        return "denied: policy asks for "
                + condition
                + ", which sudo can't carry and this version has no other way for\n"
                + "ask an administrator for a policy without it";
    }

    /** What sudo does only where it knows of it before it asks. */
    static String notJudgedInside(String condition) {
        return "denied: policy asks for "
                + condition
                + ", and this sudo does not ask about what it starts\n"
                + "ask an administrator: the policy has to name the program by its path, for"
                + " governed users; `kepm doctor` shows what sudo does so for";
    }

    /** What a unit can't carry. */
    static String conditionNotInUnit(String condition) {
        if (condition.equals(Carriage.JUDGED_INSIDE)) {
            return "denied: policy asks for "
                    + condition
                    + ", which only sudo does\n"
                    + "run it by sudo; where there is none, ask an administrator for a policy"
                    + " without it";
        }
        return condition.equals(Carriage.NO_MANAGER)
                ? "denied: `kepm run` needs "
                        + condition
                        + ", which it is not, to start a command without sudo\n"
                        + "run it by sudo; `kepm doctor` says why that was not done"
                : "denied: policy asks for "
                        + condition
                        + ", which `kepm run` can't carry yet\n"
                        + "ask an administrator for a policy without it";
    }

    /** What sudo can't carry, and a unit can. */
    static String conditionElsewhere(String condition, String runAs, List<String> argv) {
        return "denied: policy asks for "
                + condition
                + ", which sudo can't carry\nrun: kepm run "
                + (runAs.equals("root") ? "" : "-u " + typed(runAs) + " ")
                + "-- "
                + command(argv);
    }

    static String substituteRefused(String target, String why) {
        return "denied: `"
                + target
                + "` would run in place of this, and may not: "
                + why
                + "\nask an administrator to look at the redirect rules";
    }

    /** Why a grant ends before its command does; empty when it does not. */
    static String ending(StoredGrant stored, boolean over) {
        String grant = "grant " + stored.id().substring(0, Math.min(8, stored.id().length()));
        return switch (stored.life().ending()) {
            case RELEASED -> "the command was ended: " + grant + " was given back";
            case REVOKED -> "the command was ended: " + grant + " was taken back";
            case EXPIRED -> "the command was ended: the time of " + grant + " is over";
            case FINISHING -> "";
            case NONE -> over ? "the command was ended: the time of " + grant + " is over" : "";
        };
    }

    static String limited(String what) {
        return "denied: " + what + "\n`kepm list` shows what you may run";
    }

    static String fault(String what) {
        return "denied: " + what + "\ntry again; `kepm status` shows how the agent is";
    }
}
