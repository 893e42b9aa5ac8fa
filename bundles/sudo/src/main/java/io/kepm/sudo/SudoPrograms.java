package io.kepm.sudo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every set-uid-root program that reads sudoers, whatever it is called: sudo, sudo-rs, a renamed
 * copy. Told by its content, each file once. For use by one thread.
 */
final class SudoPrograms {

    private static final Logger LOG = LoggerFactory.getLogger(SudoPrograms.class);
    private static final byte[] WORD = {'s', 'u', 'd', 'o', 'e', 'r', 's'};

    private final List<Path> folders;
    private Map<Evidence, Boolean> judged = new HashMap<>();

    SudoPrograms(List<Path> folders) {
        this.folders = List.copyOf(folders);
    }

    /** In order of their path; of several names for one file the first one found. */
    List<Path> find() {
        Map<Evidence, Boolean> now = new HashMap<>();
        Set<String> seen = new HashSet<>();
        TreeMap<String, Path> found = new TreeMap<>();
        for (Path folder : realFolders()) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                for (Path entry : entries) {
                    consider(entry, now, seen, found);
                }
            } catch (IOException | DirectoryIteratorException e) {
                LOG.warn("the programs of {} can't be listed: {}", folder, e.getMessage());
            }
        }
        judged = now;
        return List.copyOf(found.values());
    }

    /** Most machines have only some of them, and some are another name of others. */
    private Set<Path> realFolders() {
        Set<Path> real = new LinkedHashSet<>();
        for (Path folder : folders) {
            try {
                if (Files.isDirectory(folder)) {
                    real.add(folder.toRealPath());
                }
            } catch (IOException e) {
                LOG.debug("no folder of programs: {}", folder, e);
            }
        }
        return real;
    }

    private void consider(
            Path entry, Map<Evidence, Boolean> now, Set<String> seen, Map<String, Path> found) {
        try {
            // Named one by one: all of them would look up the names of owner and group.
            Map<String, Object> status = Files.readAttributes(entry, "unix:mode,uid,dev,ino");
            if (!isSetUidRoot(status) || !seen.add(status.get("dev") + ":" + status.get("ino"))) {
                return;
            }
            Path real = entry.toRealPath();
            Evidence identity = Evidence.of(real);
            Boolean known = judged.get(identity);
            boolean reads = known == null ? holdsWord(real) : known;
            now.put(identity, reads);
            if (reads) {
                found.put(real.toString(), real);
            }
        } catch (IOException e) {
            // A link that leads nowhere, or a file that went away: no program.
            return;
        }
    }

    private static boolean isSetUidRoot(Map<String, Object> status) {
        return status.get("mode") instanceof Integer mode
                && (mode & 0170000) == 0100000
                && (mode & 04000) != 0
                && Integer.valueOf(0).equals(status.get("uid"));
    }

    private static boolean holdsWord(Path file) throws IOException {
        byte[] chunk = new byte[1 << 16];
        int matched = 0;
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            for (int count; (count = in.read(chunk)) > 0; ) {
                for (int i = 0; i < count; i++) {
                    // Of the word's letters only the first and the last are the same.
                    matched = chunk[i] == WORD[matched] ? matched + 1 : chunk[i] == WORD[0] ? 1 : 0;
                    if (matched == WORD.length) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
