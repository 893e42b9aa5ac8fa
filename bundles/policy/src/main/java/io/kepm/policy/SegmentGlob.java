package io.kepm.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A pattern whose variables have their values. Matching goes back to the last star only, in a
 * segment and among segments alike, so its cost is bounded by the product of the two lengths.
 */
final class SegmentGlob {

    static final int STAR = -1;
    static final int ONE = -2;

    private static final int[] DEEP = {STAR, STAR};

    private final int[][] segments;
    private final boolean everything;

    private SegmentGlob(int[][] segments, boolean everything) {
        this.segments = segments;
        this.everything = everything;
    }

    /** From code points and the two marks above; it begins with a slash. */
    static SegmentGlob ofPath(int[] codes) {
        List<int[]> segments = new ArrayList<>();
        int from = 1;
        for (int i = 1; i <= codes.length && codes.length > 1; i++) {
            if (i == codes.length || codes[i] == '/') {
                int[] segment = Arrays.copyOfRange(codes, from, i);
                segments.add(Arrays.equals(segment, DEEP) ? DEEP : segment);
                from = i + 1;
            }
        }
        boolean everything = !segments.isEmpty() && segments.stream().allMatch(s -> s == DEEP);
        if (!segments.isEmpty() && segments.get(segments.size() - 1) == DEEP) {
            // At the end it stands for at least one segment.
            segments.add(new int[] {STAR});
        }
        return new SegmentGlob(segments.toArray(int[][]::new), everything);
    }

    boolean matches(PathText path) {
        if (everything) {
            return true;
        }
        int pattern = 0;
        int at = 0;
        int deep = -1;
        int deepAt = 0;
        while (at < path.segments()) {
            if (pattern < segments.length
                    && segments[pattern] != DEEP
                    && fits(segments[pattern], path.text(), path.start(at), path.end(at))) {
                pattern++;
                at++;
            } else if (pattern < segments.length && segments[pattern] == DEEP) {
                deep = pattern++;
                deepAt = at;
            } else if (deep >= 0) {
                pattern = deep + 1;
                at = ++deepAt;
            } else {
                return false;
            }
        }
        while (pattern < segments.length && segments[pattern] == DEEP) {
            pattern++;
        }
        return pattern == segments.length;
    }

    /** Whether one segment, the given part of a text, fits. */
    static boolean fits(int[] glob, String text, int from, int to) {
        int g = 0;
        int t = from;
        int star = -1;
        int starAt = from;
        while (t < to) {
            int code = text.codePointAt(t);
            if (g < glob.length && (glob[g] == ONE || glob[g] == code)) {
                g++;
                t += Character.charCount(code);
            } else if (g < glob.length && glob[g] == STAR) {
                star = g++;
                starAt = t;
            } else if (star >= 0) {
                starAt += Character.charCount(text.codePointAt(starAt));
                t = starAt;
                g = star + 1;
            } else {
                return false;
            }
        }
        while (g < glob.length && glob[g] == STAR) {
            g++;
        }
        return g == glob.length;
    }
}
