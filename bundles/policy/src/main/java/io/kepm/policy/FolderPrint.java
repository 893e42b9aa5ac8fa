package io.kepm.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A number that changes when a policy file comes, goes or changes, or when somebody else gets at
 * the folder. Compares names, inodes, sizes and times; reads no content.
 */
final class FolderPrint {

    private static final long ABSENT = -1;

    private long print = 17;

    private FolderPrint() {}

    static long of(Path folder) {
        FolderPrint print = new FolderPrint();
        try {
            for (Path up = folder; up != null; up = up.getParent()) {
                // Times of a parent change with every file in it: only its rights count.
                print.add(up, "mode", "uid", "gid");
            }
            print.add(folder, "ino", "ctime");
            for (Path file : PolicyFiles.in(folder)) {
                print.mix(file.getFileName().toString().hashCode());
                // The change time moves with content, times and rights alike.
                print.add(file, "ino", "size", "ctime", "lastModifiedTime");
            }
        } catch (IOException e) {
            return ABSENT ^ e.toString().hashCode();
        }
        return print.print;
    }

    private void add(Path file, String... names) throws IOException {
        Map<String, Object> values = Files.readAttributes(file, "unix:" + String.join(",", names));
        for (String name : names) {
            mix(String.valueOf(values.get(name)).hashCode());
        }
    }

    private void mix(int value) {
        print = (print ^ value) * 0x9E3779B97F4A7C15L;
        print ^= print >>> 29;
    }
}
