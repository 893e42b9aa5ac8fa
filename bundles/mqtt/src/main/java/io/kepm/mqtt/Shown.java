package io.kepm.mqtt;

/** Text from outside, cut to what records and people need of it. */
final class Shown {

    private static final int LONGEST = 200;

    private Shown() {}

    static String cut(String text) {
        if (text.length() <= LONGEST) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
        return text.substring(0, end) + "…";
    }
}
