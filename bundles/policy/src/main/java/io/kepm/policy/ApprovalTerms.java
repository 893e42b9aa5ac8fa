package io.kepm.policy;

import java.util.List;

/** The {@code Approval} block of a policy; {@code uses} 0 is any number inside the window. */
record ApprovalTerms(
        boolean stated,
        int requiredApprovers,
        List<String> approvers,
        String escalateTo,
        int pendingMinutes,
        int escalatedMinutes,
        int usableMinutes,
        int uses) {

    private static final int LONGEST = 60 * 24 * 366;

    ApprovalTerms {
        approvers = List.copyOf(approvers);
    }

    static final ApprovalTerms DEFAULT =
            new ApprovalTerms(false, 1, List.of(), "", 30, 240, 1440, 1);

    static ApprovalTerms parse(Members policy) {
        return policy.object("Approval").map(ApprovalTerms::read).orElse(DEFAULT);
    }

    private static ApprovalTerms read(Members block) {
        int required = block.integer("RequiredApprovers", DEFAULT.requiredApprovers, 1, 100);
        List<String> approvers = block.texts("Approvers");
        for (int i = 0; i < approvers.size(); i++) {
            String name = approvers.get(i);
            boolean group = name.length() > 1 && name.startsWith("%") && !Texts.hasControl(name);
            if (!group && !NameSyntax.isUserName(name)) {
                block.place("Approvers").item(i).refuse("a user or a %group is expected");
            }
        }
        ApprovalTerms terms =
                new ApprovalTerms(
                        true,
                        required,
                        approvers,
                        block.text("EscalateTo").orElse(""),
                        block.integer("PendingMinutes", DEFAULT.pendingMinutes, 1, LONGEST),
                        block.integer("EscalatedMinutes", DEFAULT.escalatedMinutes, 1, LONGEST),
                        block.integer("UsableMinutes", DEFAULT.usableMinutes, 1, LONGEST),
                        block.integer("Uses", DEFAULT.uses, 0, 1_000_000));
        block.refuseOthers();
        return terms;
    }
}
