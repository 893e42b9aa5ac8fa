package io.kepm.api.policy;

/** A token of {@code Actions.OnSuccess.Controls}; the order is the order in which they are met. */
public enum Control {
    ALLOW,
    DENY,
    MFA,
    JUSTIFY,
    OPERATORAPPROVAL,
    APPROVAL,
    NOTIFY,
    AUDIT,
    RECORD;

    /** True for a control that a person has to meet before an allow takes effect. */
    public boolean isRequired() {
        return this == MFA || this == JUSTIFY || this == OPERATORAPPROVAL || this == APPROVAL;
    }
}
