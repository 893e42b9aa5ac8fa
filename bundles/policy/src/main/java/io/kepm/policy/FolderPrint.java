package io.kepm.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A number that changes when a policy file comes, goes or changes, or when somebody else gets at
 * the folder. Compares names, inodes, sizes and times; reads no content. Taken every second:
 * nothing is made a text for it.
 */
final class FolderPrint {

    private static final long ABSENT = -1;

    // Times of a parent change with every file in it: only its rights count.
    private static final List<String> OF_PARENTS = List.of("mode", "uid", "gid");
    private static final List<String> OF_FOLDER = List.of("ino", "ctime");

    // The change time moves with content, times and rights alike.
    private static final List<String> OF_FILES =
            List.of("ino", "size", "ctime", "lastModifiedTime");

    private long print = 17;

    private FolderPrint() {}

    static long of(Path folder) {
        FolderPrint print = new FolderPrint();
        try {
            print.addOutline(folder);
            for (Path file : PolicyFiles.in(folder)) {
                print.mix(file.getFileName().toString().hashCode());
                print.add(file, OF_FILES);
            }
        } catch (IOException e) {
            return ABSENT ^ e.toString().hashCode();
        }
        return print.print;
    }

    /** The same of the folder and those above it alone, which costs next to nothing. */
    static long outline(Path folder) {
        FolderPrint print = new FolderPrint();
        try {
            print.addOutline(folder);
        } catch (IOException e) {
            return ABSENT ^ e.toString().hashCode();
        }
        return print.print;
    }

    /** Whether a file may change where a watch of the folder hears nothing of it. */
    static boolean leadsElsewhere(Path folder) {
        try {
            return PolicyFiles.in(folder).stream().anyMatch(Files::isSymbolicLink);
        } catch (IOException e) {
            return true;
        }
    }

    private void addOutline(Path folder) throws IOException {
        for (Path up = folder; up != null; up = up.getParent()) {
            add(up, OF_PARENTS);
        }
        add(folder, OF_FOLDER);
    }

    private void add(Path file, List<String> names) throws IOException {
        Map<String, Object> values = Files.readAttributes(file, "unix:" + String.join(",", names));
        for (String name : names) {
            mix(Objects.hashCode(values.get(name)));
        }
    }

    private void mix(int value) {
        print = (print ^ value) * 0x9E3779B97F4A7C15L;
        print ^= print >>> 29;
    }
}
