package io.kepm.linux;

import com.sun.jna.Native;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A path followed component by component, as the kernel does, with a look at everything that is
 * passed: who could make it lead elsewhere.
 */
final class PathWalk {

    private static final int MOST_LINKS = 40;

    /**
     * Where a path leads.
     *
     * @param realPath with links resolved; the path itself when it leads nowhere
     * @param status of the file at its end
     * @param unsafe reasons why others could have changed what is there, the way's first
     */
    record Found(String realPath, Optional<FileStatus> status, List<String> unsafe) {
        Found {
            unsafe = List.copyOf(unsafe);
        }
    }

    private final String path;
    private final Deque<String> ahead = new ArrayDeque<>();
    private final Set<String> unsafe = new LinkedHashSet<>();
    private String reached = "/";
    private FileStatus status;
    private int links;

    private PathWalk(String path, FileStatus root) {
        this.path = path;
        this.status = root;
        root.doubt("/").ifPresent(unsafe::add);
        push(path);
    }

    static Found follow(String path) {
        try {
            if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
                return new Found(path, Optional.empty(), List.of("not an absolute path: " + path));
            }
            FileStatus root =
                    FileStatus.of("/").orElseThrow(() -> new IOException("there is no `/`"));
            return new PathWalk(path, root).walk();
        } catch (IOException e) {
            return new Found(
                    path, Optional.empty(), List.of("can't be looked at: " + e.getMessage()));
        }
    }

    private Found walk() throws IOException {
        while (!ahead.isEmpty()) {
            String name = ahead.pop();
            if (!status.isDirectory()) {
                return lost("not a directory: " + reached);
            }
            if (name.equals("..")) {
                moveTo(parentOf(reached));
            } else if (!name.equals(".")) {
                String next = reached.equals("/") ? "/" + name : reached + "/" + name;
                if (next.equals("/proc")) {
                    // Its links are no texts: they lead into other roots and namespaces.
                    unsafe.add("inside /proc, where others decide what a path means: " + path);
                }
                Optional<FileStatus> found = FileStatus.of(next);
                if (found.isEmpty()) {
                    return lost("missing: " + next);
                }
                if (found.get().isLink()) {
                    followLink(next, found.get());
                } else {
                    found.get().doubt(next).ifPresent(unsafe::add);
                    reached = next;
                    status = found.get();
                }
            }
        }
        return new Found(reached, Optional.of(status), new ArrayList<>(unsafe));
    }

    private void followLink(String link, FileStatus found) throws IOException {
        if (!found.isOurs()) {
            unsafe.add("not owned by root: " + link + " (a link of uid " + found.uid() + ")");
        }
        if (++links > MOST_LINKS) {
            throw new IOException("`" + path + "`: too many links");
        }
        String target = readLink(link);
        if (target.startsWith("/")) {
            moveTo("/");
        }
        push(target);
    }

    private void moveTo(String directory) throws IOException {
        reached = directory;
        status =
                FileStatus.of(directory)
                        .orElseThrow(() -> new IOException("`" + directory + "` is gone"));
    }

    private void push(String text) {
        String[] names = text.split("/", -1);
        for (int i = names.length - 1; i >= 0; i--) {
            // A slash at the end asks for a directory, as `.` does.
            boolean last = i == names.length - 1;
            if (!names[i].isEmpty()) {
                ahead.push(names[i]);
            } else if (last && names.length > 1) {
                ahead.push(".");
            }
        }
    }

    private Found lost(String reason) {
        unsafe.add(reason);
        return new Found(path, Optional.empty(), new ArrayList<>(unsafe));
    }

    private static String parentOf(String directory) {
        int slash = directory.lastIndexOf('/');
        return slash <= 0 ? "/" : directory.substring(0, slash);
    }

    static String readLink(String link) throws IOException {
        byte[] target = new byte[4096];
        long length = Libc.readlink(Libc.text(link), target, target.length);
        if (length <= 0 || length == target.length) {
            throw new IOException("link `" + link + "`: " + Libc.words(Native.getLastError()));
        }
        return new String(target, 0, (int) length, StandardCharsets.UTF_8);
    }
}
