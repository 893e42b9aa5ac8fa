package io.kepm.policy;

import java.util.ArrayDeque;
import java.util.Deque;

/** An absolute, canonical path of a request, with the places where its segments begin. */
final class PathText {

    private final String text;
    private final int[] starts;
    private final int[] folderHashes;
    private final int[] tailHashes;

    PathText(String text) {
        this.text = text;
        int count = 0;
        for (int i = 0; i < text.length() - 1; i++) {
            if (text.charAt(i) == '/') {
                count++;
            }
        }
        starts = new int[count];
        folderHashes = new int[count];
        tailHashes = new int[count];
        int at = 0;
        int hash = 0;
        for (int i = 0; i < text.length() - 1; i++) {
            hash = 31 * hash + text.charAt(i);
            if (text.charAt(i) == '/') {
                starts[at] = i + 1;
                folderHashes[at++] = hash;
            }
        }
        hash = 0;
        for (int i = text.length() - 1; i >= 0 && at > 0; i--) {
            hash = 31 * hash + text.charAt(i);
            if (i == starts[at - 1] - 1) {
                tailHashes[--at] = hash;
            }
        }
    }

    /** The hash of everything in front of a segment, the slash included. */
    int folderHash(int segment) {
        return folderHashes[segment];
    }

    /** The hash, from its end, of a segment and everything behind it, with the slash in front. */
    int tailHash(int segment) {
        return tailHashes[segment];
    }

    String text() {
        return text;
    }

    int segments() {
        return starts.length;
    }

    int start(int segment) {
        return starts[segment];
    }

    int end(int segment) {
        return segment + 1 < starts.length ? starts[segment + 1] - 1 : text.length();
    }

    /** Where the base name begins. */
    int base() {
        return text.lastIndexOf('/') + 1;
    }

    String baseName() {
        return text.substring(base());
    }

    /**
     * Absolute, without empty, {@code .} and {@code ..} segments and without a slash at the end.
     */
    static boolean isCanonical(String path) {
        if (path.isEmpty() || path.charAt(0) != '/') {
            return false;
        }
        if (path.length() == 1) {
            return true;
        }
        int from = 1;
        while (from <= path.length()) {
            int to = path.indexOf('/', from);
            to = to < 0 ? path.length() : to;
            int length = to - from;
            if (length == 0
                    || (length == 1 && path.charAt(from) == '.')
                    || (length == 2 && path.startsWith("..", from))) {
                return false;
            }
            from = to + 1;
        }
        return true;
    }

    /**
     * Whether a canonical path lies strictly below a folder; {@code ""} and {@code /} are the root.
     */
    static boolean isBeneath(String path, String folder) {
        if (folder.length() <= 1) {
            return path.length() > 1 && path.charAt(0) == '/';
        }
        return path.length() > folder.length() + 1
                && path.startsWith(folder)
                && path.charAt(folder.length()) == '/';
    }

    /** The canonical path that a name means in a folder, by its text alone. */
    static String normalised(String folder, String name) {
        String whole = name.startsWith("/") ? name : folder + "/" + name;
        if (isCanonical(whole)) {
            return whole;
        }
        Deque<String> kept = new ArrayDeque<>();
        for (String segment : whole.split("/", -1)) {
            if (segment.equals("..")) {
                kept.pollLast();
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                kept.addLast(segment);
            }
        }
        return "/" + String.join("/", kept);
    }
}
