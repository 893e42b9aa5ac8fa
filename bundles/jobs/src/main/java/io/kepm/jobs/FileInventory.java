package io.kepm.jobs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kepm.api.jobs.Chore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The programs of the system: path, size, owner, mode, time, and a digest of those that run with
 * other rights than their caller's (set-uid, set-gid).
 */
record FileInventory(List<Path> folders, Reports reports, Times times) implements Chore {

    private static final int MOST = 50_000;
    private static final long LARGEST_HASHED = 64L << 20;

    @Override
    public String name() {
        return "inventory-files";
    }

    @Override
    public String run(Map<String, String> arguments) throws IOException {
        ObjectNode report = JsonText.object().put("at", times.now().toString());
        ArrayNode files = report.putArray("files");
        int privileged = 0;
        for (Path folder : folders) {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            try (Stream<Path> found = Files.list(folder)) {
                for (Path file : found.sorted().toList()) {
                    if (files.size() < MOST && add(file, files)) {
                        privileged++;
                    }
                }
            }
        }
        report.put("complete", files.size() < MOST);
        Path written = reports.write("FileInventory", report);
        return files.size() + " programs, " + privileged + " set-uid or set-gid: " + written;
    }

    /** Whether it is a program that runs with other rights. */
    private static boolean add(Path file, ArrayNode files) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        Map<String, Object> facts =
                Files.readAttributes(
                        file, "unix:mode,uid,gid,size,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
        int mode = (Integer) of(facts, "mode") & 07777;
        boolean privileged = (mode & 06000) != 0;
        ObjectNode one =
                files.addObject()
                        .put("path", file.toString())
                        .put("size", (Long) of(facts, "size"))
                        .put("mode", String.format("%04o", mode))
                        .put("uid", ((Number) of(facts, "uid")).longValue())
                        .put("gid", ((Number) of(facts, "gid")).longValue())
                        .put(
                                "modified",
                                ((FileTime) of(facts, "lastModifiedTime")).toInstant().toString());
        if (privileged && (Long) of(facts, "size") <= LARGEST_HASHED) {
            one.put("sha256", ExecCopies.sha256(Files.readAllBytes(file)));
        }
        return privileged;
    }

    private static Object of(Map<String, Object> facts, String name) {
        return Objects.requireNonNull(facts.get(name), name);
    }
}
