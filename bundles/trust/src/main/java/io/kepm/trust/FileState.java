package io.kepm.trust;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * One watched file at one moment.
 *
 * @param sha256 of its content; {@code not a file} for a pipe, socket or device
 * @param link where it leads, for a link: then the rest is about what is there; else empty
 * @param keys digest of each value by its key, for files that have keys: enough to tell which
 *     changed, not what they are; empty when its content is as it was
 * @param stamp of the kernel: another one whenever somebody wrote to it
 */
record FileState(
        String path,
        String sha256,
        int uid,
        int gid,
        int mode,
        String link,
        Map<String, String> keys,
        String stamp) {

    FileState {
        keys = Map.copyOf(keys);
    }

    /** Whether that is the same file to whoever reads it. */
    boolean isAs(FileState other) {
        return sha256.equals(other.sha256)
                && uid == other.uid
                && gid == other.gid
                && mode == other.mode
                && link.equals(other.link);
    }

    /** Keys that one of the two has and the other has not, or with another value. */
    Set<String> changedFrom(FileState before) {
        Set<String> changed = new TreeSet<>(keys.keySet());
        changed.addAll(before.keys.keySet());
        changed.removeIf(
                key ->
                        keys.getOrDefault(key, "").equals(before.keys.getOrDefault(key, ""))
                                && keys.containsKey(key) == before.keys.containsKey(key));
        return changed;
    }

    /** The same without its keys, which only a record of a change needs. */
    FileState withoutKeys() {
        return with(Map.of());
    }

    FileState with(Map<String, String> others) {
        return new FileState(path, sha256, uid, gid, mode, link, others, stamp);
    }

    String octal() {
        return "%04o".formatted(mode & 07777);
    }
}
