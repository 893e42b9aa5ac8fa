package io.kepm.elevation;

import io.kepm.api.policy.Control;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.Reason;
import java.util.List;
import java.util.stream.Collectors;

/** What a person reads when a command is not run: which rule and set, and what to do next. */
final class Texts {

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

    static String controlNotHere(Control control) {
        String word =
                switch (control) {
                    case MFA -> "a second factor";
                    case APPROVAL -> "an approval";
                    case OPERATORAPPROVAL -> "a confirmation at the keyboard";
                    default -> control.name();
                };
        return "denied: policy asks for "
                + word
                + " first, and this version of the agent can't ask for it yet\n"
                + "ask an administrator for a policy that asks for a justification instead";
    }

    static String reasonNeeded(List<String> argv) {
        return "denied: policy asks why you need this, and no reason was given\n"
                + "say it when you are asked, or run: kepm run -m \"why you need it\" -- "
                + argv.stream().map(Texts::typed).collect(Collectors.joining(" "));
    }

    /** A word as somebody would type it in a shell. */
    private static String typed(String word) {
        return word.matches("[A-Za-z0-9_./:=@%+,-]+")
                ? word
                : "'" + word.replace("'", "'\\''") + "'";
    }

    static String conditionNotHere(String condition) {
        return "denied: policy asks for "
                + condition
                + ", which sudo can't carry and this version has no other way for\n"
                + "ask an administrator for a policy without it";
    }

    static String limited(String what) {
        return "denied: " + what + "\n`kepm list` shows what you may run";
    }

    static String fault(String what) {
        return "denied: " + what + "\ntry again; `kepm status` shows how the agent is";
    }
}
