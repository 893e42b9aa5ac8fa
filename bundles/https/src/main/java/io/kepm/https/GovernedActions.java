package io.kepm.https;

import io.kepm.api.elevation.Governance;
import io.kepm.api.json.Fields;
import java.util.LinkedHashMap;
import java.util.Map;

/** Who is under policy, and changing that. */
final class GovernedActions {

    private final Governance governance;

    GovernedActions(Governance governance) {
        this.governance = governance;
    }

    Answer list(Call call) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("users", governance.governed());
        return Answer.ok(body);
    }

    Answer change(Call call) {
        Fields fields = new Fields(call.body());
        String subject = fields.requiredText("subject", 257);
        String action = fields.requiredText("action", 16);
        if (!action.equals("plan") && !action.equals("govern") && !action.equals("ungovern")) {
            fields.fault("action", "none of plan, govern, ungovern");
        }
        if (!fields.faults().isEmpty()) {
            return Answer.invalid(fields.faults());
        }
        String admin = call.caller().info().name();
        Governance.Plan plan =
                switch (action) {
                    case "govern" -> governance.govern(subject, admin);
                    case "ungovern" -> governance.ungovern(subject, admin);
                    default -> governance.plan(subject);
                };
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("subject", plan.subject());
        body.put("users", plan.users());
        body.put("steps", plan.steps());
        body.put("warnings", plan.warnings());
        body.put("fault", plan.fault());
        String result = plan.fault().isEmpty() ? "done" : plan.fault();
        return Answer.ok(body).noted(action + " " + subject + ": " + result);
    }
}
