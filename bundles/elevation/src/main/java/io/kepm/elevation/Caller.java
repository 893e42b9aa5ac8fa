package io.kepm.elevation;

import io.kepm.api.elevation.Governance;
import java.util.List;

/** The columns of the outcome table: by which right, and through which door, somebody asks. */
enum Caller {
    /** Member of a group that the sudoers drop-in names: has nothing but what policy gives. */
    GOVERNED,
    /** Came through sudo by a rule of the site's own. */
    OTHER_BY_SUDO,
    /** Came through {@code kepm run}'s own way: has no other right to fall back on. */
    OTHER_BY_RUN,
    /** Uid 0. */
    ROOT;

    static Caller of(String door, long uid, List<String> groups) {
        if (uid == 0) {
            return ROOT;
        }
        if (groups.stream().anyMatch(Governance.GROUPS::contains)) {
            return GOVERNED;
        }
        return door.equals("sudo") ? OTHER_BY_SUDO : OTHER_BY_RUN;
    }
}
