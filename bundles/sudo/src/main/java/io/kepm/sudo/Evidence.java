package io.kepm.sudo;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** How files looked at a moment; two looks differ when something about one of them changed. */
final class Evidence {

    private Evidence() {}

    /** One file, not followed: what it is, whose, and when it changed; or that it is absent. */
    static String of(Path file) {
        try {
            Map<String, Object> status =
                    Files.readAttributes(
                            file,
                            "unix:dev,ino,mode,uid,gid,size,ctime,lastModifiedTime",
                            LinkOption.NOFOLLOW_LINKS);
            return new TreeMap<>(status).toString();
        } catch (IOException e) {
            return "absent";
        }
    }

    static Map<Path, String> of(Collection<Path> files) {
        Map<Path, String> seen = new TreeMap<>();
        files.forEach(file -> seen.put(file, of(file)));
        return seen;
    }

    /** What lies in a folder, each entry by itself; empty when it can't be read. */
    static Map<Path, String> in(Path folder) {
        Map<Path, String> seen = new TreeMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            entries.forEach(entry -> seen.put(entry, of(entry)));
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            seen.put(folder, "unreadable");
        }
        return seen;
    }
}
