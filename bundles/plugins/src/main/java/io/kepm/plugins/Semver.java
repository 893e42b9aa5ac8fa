package io.kepm.plugins;

import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version as semver.org 2.0.0 §2 and §9 have it; build words do not count. */
record Semver(BigInteger major, BigInteger minor, BigInteger patch, String pre)
        implements Comparable<Semver> {

    static final Semver ZERO = new Semver(BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO, "");

    private static final Pattern FORM =
            Pattern.compile(
                    "(\\d{1,9})\\.(\\d{1,9})\\.(\\d{1,9})(?:-([0-9A-Za-z.-]{1,64}))?"
                            + "(?:\\+[0-9A-Za-z.-]{1,64})?");
    private static final Pattern OSGI =
            Pattern.compile("(\\d{1,9})(?:\\.(\\d{1,9}))?(?:\\.(\\d{1,9}))?(?:\\..*)?");

    static Optional<Semver> read(String text) {
        Matcher form = FORM.matcher(text);
        return form.matches()
                ? Optional.of(of(form.group(1), form.group(2), form.group(3), form.group(4)))
                : Optional.empty();
    }

    /** Of a bundle: what its qualifier says does not count. */
    static Semver ofBundle(String text) {
        Matcher form = OSGI.matcher(text.strip());
        return form.matches() ? of(form.group(1), form.group(2), form.group(3), null) : ZERO;
    }

    private static Semver of(
            String major,
            @org.jspecify.annotations.Nullable String minor,
            @org.jspecify.annotations.Nullable String patch,
            @org.jspecify.annotations.Nullable String pre) {
        return new Semver(
                new BigInteger(major),
                new BigInteger(minor == null ? "0" : minor),
                new BigInteger(patch == null ? "0" : patch),
                pre == null ? "" : pre);
    }

    @Override
    public int compareTo(Semver other) {
        int order = major.compareTo(other.major);
        order = order != 0 ? order : minor.compareTo(other.minor);
        order = order != 0 ? order : patch.compareTo(other.patch);
        return order != 0 ? order : comparePre(pre, other.pre);
    }

    /** One without such a word is the later one; §11. */
    private static int comparePre(String mine, String its) {
        if (mine.isEmpty() || its.isEmpty()) {
            return Boolean.compare(mine.isEmpty(), its.isEmpty());
        }
        String[] a = mine.split("\\.", -1);
        String[] b = its.split("\\.", -1);
        for (int i = 0; i < Math.min(a.length, b.length); i++) {
            boolean left = a[i].matches("\\d+");
            boolean right = b[i].matches("\\d+");
            int order =
                    left && right
                            ? new BigInteger(a[i]).compareTo(new BigInteger(b[i]))
                            : left != right ? (left ? -1 : 1) : a[i].compareTo(b[i]);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.length, b.length);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch + (pre.isEmpty() ? "" : "-" + pre);
    }
}
