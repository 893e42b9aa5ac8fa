package io.kepm.linux;

import io.kepm.api.linux.Targets.Facts;
import io.kepm.api.linux.UnixSockets.Descriptor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A look at a program that is to be run. INVARIANT: a digest is given only for the very file that
 * will be executed, and only when nobody but root can write to it, since what is overwritten in
 * place after the look is what runs.
 */
final class Inspection {

    private static final byte[] CAPABILITIES = Libc.text("security.capability");

    private final Digests digests;

    Inspection(Digests digests) {
        this.digests = digests;
    }

    Facts inspect(String path, Optional<Descriptor> descriptor) {
        PathWalk.Found found = PathWalk.follow(path);
        List<String> unsafe = new ArrayList<>(found.unsafe());
        if (path.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
            unsafe.add("control characters in the path");
        }
        found.status()
                .filter(status -> !status.isRegular())
                .ifPresent(status -> unsafe.add("not a regular file: " + found.realPath()));
        descriptor.ifPresent(passed -> compare(passed, found, unsafe));
        if (unsafe.isEmpty()) {
            // Opened only now: nobody but root could have put a device or a pipe in its place.
            look(found, unsafe);
        }
        boolean setUid = found.status().map(status -> raisesRights(found, status)).orElse(false);
        return digest(found.realPath(), descriptor, unsafe, setUid);
    }

    /** What is at a path now, for a question about a run that may come later. */
    Facts foresee(String path) {
        Facts found = inspect(path, Optional.empty());
        if (!found.unsafe().isEmpty()) {
            return found;
        }
        PathWalk.Found again = PathWalk.follow(path);
        try (OpenFile file = OpenFile.at(again.realPath(), again.status().orElseThrow())) {
            return new Facts(
                    found.realPath(),
                    Optional.of(digests.of(file)),
                    found.unsafe(),
                    found.setuid(),
                    "");
        } catch (IOException e) {
            return without(
                    found.realPath(),
                    found.unsafe(),
                    found.setuid(),
                    String.valueOf(e.getMessage()));
        }
    }

    private static void compare(Descriptor passed, PathWalk.Found found, List<String> unsafe) {
        try {
            FileStatus held = FileStatus.of(passed.number());
            if (found.status().filter(held::isSameFile).isEmpty()) {
                unsafe.add("the file at this path is not the one that will run");
            }
        } catch (IOException e) {
            unsafe.add("the file that will run can't be looked at: " + e.getMessage());
        }
    }

    private static void look(PathWalk.Found found, List<String> unsafe) {
        try (OpenFile file = OpenFile.at(found.realPath(), found.status().orElseThrow())) {
            unsafe.addAll(Interpreters.doubts(file));
        } catch (IOException e) {
            unsafe.add("can't be looked at: " + e.getMessage());
        }
    }

    /** File capabilities give a program rights of its own just as the set-uid bit does. */
    private static boolean raisesRights(PathWalk.Found found, FileStatus status) {
        return status.isSetUid()
                || Libc.lgetxattr(Libc.text(found.realPath()), CAPABILITIES, null, 0) > 0;
    }

    private Facts digest(
            String realPath, Optional<Descriptor> descriptor, List<String> unsafe, boolean setUid) {
        if (descriptor.isEmpty()) {
            return without(realPath, unsafe, setUid, "the file that will run was not shown to us");
        }
        if (!unsafe.isEmpty()) {
            return without(realPath, unsafe, setUid, unsafe.get(0));
        }
        try (OpenFile file = OpenFile.of(descriptor.get().number())) {
            return new Facts(realPath, Optional.of(digests.of(file)), unsafe, setUid, "");
        } catch (IOException e) {
            return without(realPath, unsafe, setUid, String.valueOf(e.getMessage()));
        }
    }

    private static Facts without(
            String realPath, List<String> unsafe, boolean setUid, String note) {
        return new Facts(realPath, Optional.empty(), unsafe, setUid, note);
    }
}
