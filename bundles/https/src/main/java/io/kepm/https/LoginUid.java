package io.kepm.https;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Who logged in where a process runs: the kernel keeps it through su and sudo. */
final class LoginUid {

    /** What the kernel says of a process that nobody logged in for (-1 as an unsigned number). */
    private static final long NOBODY = 4_294_967_295L;

    /** Nobody's number: a session that is not known is nobody's own. */
    private static final OptionalLong UNKNOWN = OptionalLong.of(-1);

    private LoginUid() {}

    /**
     * Of a process now; empty when nobody logged in for it. INVARIANT: one that is gone before it
     * could be looked at counts as somebody else's, so that leaving early gains nothing.
     */
    static OptionalLong of(int pid) {
        try {
            String text = Files.readString(Path.of("/proc/" + pid + "/loginuid")).strip();
            long uid = Long.parseLong(text);
            return uid == NOBODY ? OptionalLong.empty() : OptionalLong.of(uid);
        } catch (IOException | NumberFormatException e) {
            return UNKNOWN;
        }
    }
}
