package io.kepm.policy;

/** What a policy must say before it may govern, so that an emptied list never opens a machine. */
record Safety(PolicyDocument policy, Place place) {

    void check() {
        if (policy.status() != PolicyStatus.ENFORCE || policy.type().isStanding()) {
            return;
        }
        if (policy.controls().isEmpty() && policy.extension().denied().isEmpty()) {
            place.member("Actions.OnSuccess.Controls")
                    .refuse("a policy in enforce needs a control, such as ALLOW or DENY");
            return;
        }
        if (!policy.opens()) {
            return;
        }
        if (policy.filters().users().isEmpty()) {
            place.member(FilterParser.USERS)
                    .refuse(
                            "a policy in enforce that allows must say for whom: fill the list, with"
                                    + " `*` if everybody is meant");
        }
        if (!limitsWhat()) {
            place.member(FilterParser.APPLICATIONS)
                    .refuse(
                            "a policy in enforce that allows must say what: fill the list, with `*`"
                                    + " if everything is meant, or name commands in Extension");
        }
    }

    private boolean limitsWhat() {
        Extension extension = policy.extension();
        return !policy.filters().applications().isEmpty()
                || !extension.commands().isEmpty()
                || !extension.paths().isEmpty()
                || !extension.urls().isEmpty();
    }
}
