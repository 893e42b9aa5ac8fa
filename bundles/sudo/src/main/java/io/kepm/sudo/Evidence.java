package io.kepm.sudo;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * How a file looked at a moment: what it is, whose, and when it changed; or that it is absent. Two
 * looks differ when something about it changed. They are taken every second, so nothing of them is
 * made a text.
 */
record Evidence(Map<String, Object> status) {

    private static final String LOOKED_AT = "unix:dev,ino,mode,uid,gid,size,ctime,lastModifiedTime";
    private static final Evidence ABSENT = new Evidence(Map.of());
    private static final Evidence UNREADABLE = new Evidence(Map.of("unreadable", true));

    /** One file, not followed. */
    static Evidence of(Path file) {
        try {
            return new Evidence(Files.readAttributes(file, LOOKED_AT, LinkOption.NOFOLLOW_LINKS));
        } catch (IOException e) {
            return ABSENT;
        }
    }

    static Map<Path, Evidence> of(Collection<Path> files) {
        Map<Path, Evidence> seen = new HashMap<>();
        files.forEach(file -> seen.put(file, of(file)));
        return seen;
    }

    /** What lies in a folder, each entry by itself. */
    static Map<Path, Evidence> in(Path folder) {
        Map<Path, Evidence> seen = new HashMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            entries.forEach(entry -> seen.put(entry, of(entry)));
        } catch (IOException | DirectoryIteratorException e) {
            seen.put(folder, UNREADABLE);
        }
        return seen;
    }
}
