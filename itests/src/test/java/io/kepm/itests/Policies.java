package io.kepm.itests;

/** Policy files as texts, short enough to read beside the claim they are for. */
final class Policies {

    private Policies() {}

    /** alice may run one command with one argument. */
    static String allow(String id, String user, String path, String slots) {
        return commands(id, user, path, slots, "ALLOW");
    }

    static String commands(String id, String user, String path, String slots, String control) {
        return """
            {"PolicyId":"%s","PolicyName":"%s","PolicyType":"CommandLine","Status":"enforce",
             "UserCheck":["%s"],
             "Actions":{"OnSuccess":{"Controls":["%s"]}},
             "Extension":{"Commands":[{"Path":"%s","Args":[%s]}]}}
            """
                .formatted(id, id, user, control, path, slots);
    }

    /**
     * Everything is allowed to a user: what the guards and the sudoers options must stop all the
     * same.
     */
    static String everything(String id, String user) {
        return """
            {"PolicyId":"%s","PolicyName":"everything","PolicyType":"CommandLine","Status":"enforce",
             "UserCheck":["%s"],"ApplicationCheck":["*"],
             "Actions":{"OnSuccess":{"Controls":["ALLOW"]}}}
            """
                .formatted(id, user);
    }

    /**
     * One command with a policy for each of three first arguments; of any other none says anything.
     */
    static String table(String path, String... users) {
        String all = String.join("\",\"", users);
        return "["
                + commands("t1", all, path, "\"allow\"", "ALLOW")
                + ","
                + commands("t2", all, path, "\"ask\"", "JUSTIFY")
                + ","
                + commands("t3", all, path, "\"never\"", "DENY")
                + "]";
    }

    static String deny(String id, String user, String path) {
        return """
            {"PolicyId":"%s","PolicyName":"never %s","PolicyType":"CommandLine","Status":"enforce",
             "UserCheck":["%s"],"ApplicationCheck":["%s"],
             "Actions":{"OnSuccess":{"Controls":["DENY"]}}}
            """
                .formatted(id, id, user, path);
    }

    /** What one signer signed, below a folder. */
    static String signed(String id, String user, String path, String control, String signer) {
        return deny(id, user, path)
                .replace("DENY", control)
                .replace("\"Actions\"", "\"CertificationCheck\":[\"" + signer + "\"],\"Actions\"");
    }
}
