package io.kepm.cli.replay;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The groups of users as they are now, whatever they were then. Not for use by two threads. */
public final class Groups {

    private static final String ID = "/usr/bin/id";
    private static final long SECONDS = 10;

    private final boolean fromFile;
    private final Map<String, Optional<List<String>>> known = new HashMap<>();

    private Groups(boolean fromFile) {
        this.fromFile = fromFile;
    }

    /** As this machine knows them today. */
    public static Groups ofThisMachine() {
        return new Groups(false);
    }

    /**
     * From lines {@code user:group,group}; blank ones and those that begin with {@code #} are
     * skipped.
     *
     * @throws IOException when the file can't be read or holds another line
     */
    public static Groups ofFile(Path file) throws IOException {
        Groups groups = new Groups(true);
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new IOException("line " + (i + 1) + ": user:group,group is expected");
            }
            String user = line.substring(0, colon);
            Optional<List<String>> list = Optional.of(names(line.substring(colon + 1), ","));
            if (groups.known.put(user, list) != null) {
                throw new IOException("line " + (i + 1) + ": a second line of that user");
            }
        }
        return groups;
    }

    public boolean fromFile() {
        return fromFile;
    }

    /** Empty when nothing is known of the user. */
    Optional<List<String>> of(String user) {
        return fromFile
                ? known.getOrDefault(user, Optional.empty())
                : known.computeIfAbsent(user, Groups::lookUp);
    }

    private static List<String> names(String text, String separator) {
        return Arrays.stream(text.split(separator, -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private static Optional<List<String>> lookUp(String user) {
        ProcessBuilder builder = new ProcessBuilder(ID, "-Gnz", "--", user);
        builder.environment().clear();
        builder.environment().put("LC_ALL", "C");
        builder.redirectInput(new File("/dev/null"));
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        try {
            Process process = builder.start();
            try {
                // A user is in a few thousand groups at most: it fits into the pipe, or ends here.
                if (!process.waitFor(SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                    return Optional.empty();
                }
                byte[] out = process.getInputStream().readAllBytes();
                return Optional.of(names(new String(out, StandardCharsets.UTF_8), "\0"));
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
