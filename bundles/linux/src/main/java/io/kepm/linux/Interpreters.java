package io.kepm.linux;

import com.sun.jna.Memory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The programs behind a script's {@code #!} line: whoever can change one of them can change what
 * the script does.
 */
final class Interpreters {

    /** As many as the kernel follows. */
    private static final int DEEPEST = 4;

    private static final int LINE = 256;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+-]*");

    /** Where sudo looks for a program, by the drop-in. */
    static final List<String> SEARCHED =
            List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

    private Interpreters() {}

    /** Why others could have changed what reads this script; empty also when it is no script. */
    static List<String> doubts(OpenFile script) throws IOException {
        List<String> unsafe = new ArrayList<>();
        Optional<String> line = line(script);
        for (int depth = 0; line.isPresent() && unsafe.isEmpty(); depth++) {
            if (depth == DEEPEST) {
                return List.of("too many interpreters, one behind the other");
            }
            line = next(line.get(), unsafe);
        }
        return unsafe;
    }

    /**
     * The files that the kernel shows as the program of a script that runs: its interpreter, and
     * what {@code env} finds; empty when it is no script. Only of a script without {@link #doubts}.
     */
    static List<FileStatus> files(OpenFile script) throws IOException {
        List<FileStatus> files = new ArrayList<>();
        Optional<String> line = line(script);
        for (int depth = 0; line.isPresent() && depth < DEEPEST; depth++) {
            String[] words = line.get().strip().split("[ \\t]+", 2);
            PathWalk.Found found = PathWalk.follow(words[0]);
            found.status().ifPresent(files::add);
            if (words[0].endsWith("/env") && words.length > 1) {
                for (String folder : SEARCHED) {
                    PathWalk.follow(folder + "/" + words[1].strip()).status().ifPresent(files::add);
                }
                return files;
            }
            try (OpenFile file = OpenFile.at(found.realPath(), found.status().orElseThrow())) {
                line = line(file);
            }
        }
        return files;
    }

    private static Optional<String> next(String line, List<String> unsafe) throws IOException {
        String[] words = line.strip().split("[ \\t]+", 2);
        String rest = words.length > 1 ? words[1].strip() : "";
        PathWalk.Found found = check(words[0], unsafe);
        if (!unsafe.isEmpty()) {
            return Optional.empty();
        }
        if (words[0].endsWith("/env")) {
            checkSearched(rest, unsafe);
            return Optional.empty();
        }
        try (OpenFile file = OpenFile.at(found.realPath(), found.status().orElseThrow())) {
            return line(file);
        }
    }

    private static PathWalk.Found check(String interpreter, List<String> unsafe) {
        PathWalk.Found found = PathWalk.follow(interpreter);
        found.unsafe().forEach(reason -> unsafe.add("interpreter: " + reason));
        if (found.unsafe().isEmpty() && !found.status().orElseThrow().isRegular()) {
            unsafe.add("interpreter: not a regular file: " + interpreter);
        }
        return found;
    }

    /** {@code #!/usr/bin/env NAME}: the first NAME on the path is the interpreter. */
    private static void checkSearched(String name, List<String> unsafe) throws IOException {
        if (!NAME.matcher(name).matches()) {
            unsafe.add("interpreter: can't be told from `env " + name + "`");
            return;
        }
        for (String folder : SEARCHED) {
            // Whoever can write to a folder that is searched before decides what is found.
            PathWalk.Found searched = PathWalk.follow(folder);
            if (searched.status().isPresent() && !searched.unsafe().isEmpty()) {
                unsafe.add("interpreter: " + searched.unsafe().get(0));
                return;
            }
            if (FileStatus.of(folder + "/" + name).isPresent()) {
                check(folder + "/" + name, unsafe);
                return;
            }
        }
        unsafe.add("interpreter: missing: " + name);
    }

    private static Optional<String> line(OpenFile file) throws IOException {
        try (Memory buffer = new Memory(LINE)) {
            int count = file.read(buffer, LINE, 0);
            String start = new String(buffer.getByteArray(0, count), StandardCharsets.ISO_8859_1);
            if (!start.startsWith("#!")) {
                return Optional.empty();
            }
            int end = start.indexOf('\n');
            return Optional.of(start.substring(2, end < 0 ? start.length() : end));
        }
    }
}
