package io.kepm.sudo;

import java.util.List;

/**
 * A file of ours in {@code /etc/sudoers.d}: its name and its whole text. Users outside of our
 * groups are not named in any of them.
 */
record DropIn(String name, String text) {

    /** The longest that a governed command may run, should the agent be dead by then. */
    private static final String LONGEST = "60m";

    private static final String PATH =
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /** What holds for whoever the drop-ins name. */
    static final List<String> DEFAULTS =
            List.of(
                    "env_reset",
                    "!setenv",
                    "use_pty",
                    "pam_acct_mgmt",
                    "secure_path=\"" + PATH + "\"",
                    "fdexec=always",
                    "intercept_type=trace",
                    "command_timeout=" + LONGEST);

    private static final String HEAD =
            "# Written by KEPM, which writes it anew when it is changed.\n";

    private static final String INSIDE = "INTERCEPT: ";

    /** The one of governed users when nothing is traced. */
    static final DropIn GOVERNED = governed(List.of());

    /**
     * Lets governed users reach the plugin, which asks the agent. Runas is {@code (ALL)}: no group
     * can be asked for. {@code intercept_type=trace}, since {@code fdexec=always} with the other
     * one hangs sudo.
     *
     * @param traced programs of which sudo asks about every command that they start; the last rule
     *     that fits is the one that counts
     */
    static DropIn governed(List<String> traced) {
        String inside = traced.isEmpty() ? "" : rules(INSIDE.strip(), String.join(", ", traced));
        return new DropIn(
                "kepm",
                HEAD
                        + defaults("%kepm-users")
                        + defaults("%kepm-users-passwd")
                        + rules("", "ALL")
                        + inside);
    }

    /** Whether it is a text of ours for governed users, whatever it has traced. */
    static boolean isGoverned(String text) {
        if (text.equals(GOVERNED.text())) {
            return true;
        }
        int start = text.indexOf(INSIDE) + INSIDE.length();
        int end = text.indexOf('\n', start);
        if (start < INSIDE.length() || end < 0) {
            return false;
        }
        List<String> traced = List.of(text.substring(start, end).split(", ", -1));
        return traced.stream().allMatch(TracedPrograms::isPlain)
                && text.equals(governed(traced).text());
    }

    private static String rules(String tag, String commands) {
        return "%kepm-users ALL=(ALL) NOPASSWD:NOSETENV:"
                + tag
                + " "
                + commands
                + "\n%kepm-users-passwd ALL=(ALL) NOSETENV:"
                + tag
                + " "
                + commands
                + "\n";
    }

    /**
     * The canary's one right, which is denied whenever it is used; with the same Defaults, so that
     * sudo can be asked what becomes of them.
     */
    static final DropIn CANARY =
            new DropIn(
                    "kepm-canary",
                    HEAD
                            + defaults(Nonces.USER)
                            + Nonces.USER
                            + " ALL=(root) NOPASSWD:NOSETENV: "
                            + Nonces.COMMAND
                            + "\n");

    /** For the day when nothing else works; who is in the group is the site's to say. */
    static final DropIn BREAK_GLASS =
            new DropIn(
                    "kepm-breakglass",
                    "# Written by KEPM once; it is yours to change.\n"
                            + "%kepm-breakglass ALL=(ALL) ALL\n");

    static List<DropIn> all() {
        return List.of(GOVERNED, CANARY, BREAK_GLASS);
    }

    private static String defaults(String who) {
        return "Defaults:" + who + " " + String.join(", ", DEFAULTS) + "\n";
    }
}
