package io.kepm.itests;

/**
 * The rows of the outcome table (elevation.md §2) as commands: one that policy allows, one for
 * which it asks a reason, one that it denies, one of which it says nothing, and one that a guard
 * stops.
 */
final class Rows {

    static final String EFFECT = "/usr/local/sbin/effect";

    private static final String THEIRS = "/usr/local/bin/theirs";
    private static final String SCRIPT = "/usr/local/bin/rows";

    private Rows() {}

    /** Makes the commands; {@link Policies#table} has the policies. */
    static void write(Trial trial) {
        trial.write(EFFECT, "#!/bin/sh\necho \"$(id -u) $(id -g) $*\" >> /root/effects\n", "0755");
        trial.write(THEIRS, "#!/bin/sh\nexec " + EFFECT + " \"$@\"\n", "0777");
        trial.write(
                SCRIPT,
                """
                #!/bin/bash
                # How each row ends by the command that is given.
                export KEPM_REASON="the printer is stuck again"
                for row in allow ask never silent guard; do
                    [ $row = guard ] && program=THEIRS || program=EFFECT
                    "$@" $program $row </dev/null >/dev/null 2>&1
                    printf '%s %s\n' $row $?
                done
                """
                        .replace("THEIRS", THEIRS)
                        .replace("EFFECT", EFFECT),
                "0755");
    }

    /** How each row ends for a user, in one line. */
    static String of(Trial trial, String user, String... by) {
        String[] words = new String[by.length + 1];
        words[0] = SCRIPT;
        System.arraycopy(by, 0, words, 1, by.length);
        Trial.Result result = user.equals("root") ? trial.exec(words) : trial.as(user, words);
        return result.out().strip().replace("\n", ", ");
    }

    static String bySudo(Trial trial, String user) {
        return of(trial, user, "sudo", "-n");
    }
}
