package io.kepm.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The folder in which records wait that were written down while there was no audit. Only what root
 * alone could have put there counts. Writers write to another name first and then rename.
 */
class SpoolFolder {

    static final long LARGEST = 1 << 20;

    /** Counted refusals, as the plugin names them and as they are named to be read. */
    private static final String COUNTING = "refused.more";

    static final String LEFT_OUT = "refused.taken";
    private static final String UNFINISHED = "sudo-*.new";
    private static final int MOST = 1_000;
    private static final int MOST_TOLD = 20;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,150}\\.jsonl");

    private final Path folder;

    SpoolFolder(Path folder) {
        this.folder = folder;
    }

    /** Names of the files that wait, in order; at most a thousand, the rest waits for a restart. */
    List<String> waiting() throws IOException {
        List<String> names = new ArrayList<>();
        if (!isThere()) {
            return names;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.jsonl")) {
            for (Path file : files) {
                if (names.size() == MOST) {
                    break;
                }
                names.add(String.valueOf(file.getFileName()));
            }
        }
        names.sort(null);
        return names;
    }

    /**
     * The lines of a file.
     *
     * @throws IOException when it is not one that may be adopted, or can't be read
     */
    List<String> lines(String name) throws IOException {
        if (!NAME.matcher(name).matches()) {
            throw new IOException("not a name of a spool file");
        }
        Path file = folder.resolve(name);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("not a regular file");
        }
        ownedByRoot(file);
        if (Files.size(file) > LARGEST) {
            throw new IOException("larger than 1 MiB");
        }
        // Bytes that are no UTF-8 become replacement characters: the record is kept all the same.
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        return text.lines().filter(line -> !line.isBlank()).toList();
    }

    void remove(String name) throws IOException {
        Files.deleteIfExists(folder.resolve(name));
    }

    /**
     * How many refusals of the sudo plugin found no room for a record each: one byte stands for
     * one. A plugin may have the file open when it gets its name here; so it is read at the next
     * look, a minute later, when nobody writes there any more.
     *
     * @throws IOException when it is not one that may be adopted
     */
    long leftOut() throws IOException {
        if (!isThere()) {
            return 0;
        }
        Path taken = folder.resolve(LEFT_OUT);
        Path counting = folder.resolve(COUNTING);
        if (Files.exists(taken, LinkOption.NOFOLLOW_LINKS)) {
            if (!Files.isRegularFile(taken, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException("not a regular file");
            }
            ownedByRoot(taken);
            long count = Files.size(taken);
            if (count > 0) {
                return count;
            }
            Files.delete(taken);
        }
        if (Files.exists(counting, LinkOption.NOFOLLOW_LINKS)) {
            Files.move(counting, taken);
        }
        return 0;
    }

    /** Removes what a sudo that was killed left half written: its command never ran. */
    void removeUnfinished(Instant before) throws IOException {
        if (!isThere()) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, UNFINISHED)) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
                        .toInstant()
                        .isBefore(before)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** Puts a file where a person finds it and no start looks at it again. */
    void setAside(String name) throws IOException {
        Path file = folder.resolve(name);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            Path aside = folder.resolve(name + ".bad");
            for (int i = 2; Files.exists(aside, LinkOption.NOFOLLOW_LINKS); i++) {
                aside = folder.resolve(name + "." + i + ".bad");
            }
            Files.move(file, aside);
        }
    }

    /** What was put aside and still lies there, each in a few words. */
    List<String> setAside() {
        List<String> told = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.bad")) {
            for (Path file : files) {
                if (told.size() < MOST_TOLD) {
                    told.add("`" + file.getFileName() + "` was set aside");
                }
            }
        } catch (IOException e) {
            // There is no folder, and nothing in it.
        }
        return told;
    }

    private boolean isThere() throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        ownedByRoot(folder);
        return true;
    }

    private static void ownedByRoot(Path path) throws IOException {
        Map<String, Object> attributes =
                Files.readAttributes(path, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
        int uid = (Integer) attributes.getOrDefault("uid", -1);
        int mode = (Integer) attributes.getOrDefault("mode", 0);
        int own = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        if ((uid != 0 && uid != own) || (mode & 0022) != 0) {
            throw new IOException(
                    "`%s` (uid %d, mode %04o) could have been written by others"
                            .formatted(path, uid, mode & 07777));
        }
    }
}
