package io.kepm.policy;

import java.util.ArrayDeque;
import java.util.Deque;

/** An absolute, canonical path of a request, with the places where its segments begin. */
final class PathText {

    private static final int FOLDER_HASH = 1;
    private static final int TAIL_HASH = 2;
    private static final int EACH = 3;

    private final String text;
    private final String baseName;

    /**
     * Of each segment: where it begins, and the hashes of what is in front of it and from it on.
     */
    private final int[] segments;

    PathText(String text) {
        this.text = text;
        baseName = text.substring(text.lastIndexOf('/') + 1);
        int count = 0;
        for (int i = 0; i < text.length() - 1; i++) {
            if (text.charAt(i) == '/') {
                count++;
            }
        }
        segments = new int[count * EACH];
        int at = 0;
        int hash = 0;
        for (int i = 0; i < text.length() - 1; i++) {
            hash = 31 * hash + text.charAt(i);
            if (text.charAt(i) == '/') {
                segments[at] = i + 1;
                segments[at + FOLDER_HASH] = hash;
                at += EACH;
            }
        }
        hash = 0;
        for (int i = text.length() - 1; i >= 0 && at > 0; i--) {
            hash = 31 * hash + text.charAt(i);
            if (i == segments[at - EACH] - 1) {
                at -= EACH;
                segments[at + TAIL_HASH] = hash;
            }
        }
    }

    /** The hash of everything in front of a segment, the slash included. */
    int folderHash(int segment) {
        return segments[segment * EACH + FOLDER_HASH];
    }

    /** The hash, from its end, of a segment and everything behind it, with the slash in front. */
    int tailHash(int segment) {
        return segments[segment * EACH + TAIL_HASH];
    }

    String text() {
        return text;
    }

    int segments() {
        return segments.length / EACH;
    }

    int start(int segment) {
        return segments[segment * EACH];
    }

    int end(int segment) {
        return segment + 1 < segments() ? start(segment + 1) - 1 : text.length();
    }

    /** Where the base name begins. */
    int base() {
        return text.length() - baseName.length();
    }

    String baseName() {
        return baseName;
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
        String whole =
                name.startsWith("/") ? name : folder.equals("/") ? "/" + name : folder + "/" + name;
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
