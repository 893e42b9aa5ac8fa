package io.kepm.linux;

import java.util.regex.Pattern;

/** What a scope may be called, and whether a process is the one that was meant. */
final class ScopeId {

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{1,64}");

    private ScopeId() {}

    static String checked(String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("not the id of a scope: `" + id + "`");
        }
        return id;
    }

    static boolean isSame(int pid, long startTicks) {
        return ProcStat.of(pid)
                .filter(stat -> stat.startTicks() == startTicks && !stat.isZombie())
                .isPresent();
    }
}
