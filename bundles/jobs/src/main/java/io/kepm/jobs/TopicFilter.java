package io.kepm.jobs;

/** Topic filters of a document (MQTT 3.1.1 §4.7). */
final class TopicFilter {

    private static final int LEVELS = 16;
    private static final int LONGEST = 1024;

    private TopicFilter() {}

    /** Why it is none that a job may declare; empty when it is one. */
    static String fault(String filter) {
        String[] levels = filter.split("/", -1);
        if (filter.isEmpty() || filter.length() > LONGEST || levels.length > LEVELS) {
            return "1 to 1,024 characters and at most 16 levels are needed";
        }
        if (filter.startsWith("$") || filter.equals("#") || filter.equals("+")) {
            return "`$…` and wildcards alone are never granted";
        }
        for (int i = 0; i < levels.length; i++) {
            boolean wild = levels[i].indexOf('#') >= 0 || levels[i].indexOf('+') >= 0;
            if (wild && levels[i].length() > 1) {
                return "a wildcard stands alone in its level";
            }
            if (levels[i].equals("#") && i < levels.length - 1) {
                return "`#` stands at the end";
            }
        }
        return filter.chars().anyMatch(c -> c < 0x20) ? "control characters are not allowed" : "";
    }

    static boolean matches(String filter, String topic) {
        String[] wanted = filter.split("/", -1);
        String[] given = topic.split("/", -1);
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].equals("#")) {
                return true;
            }
            if (i >= given.length || !(wanted[i].equals("+") || wanted[i].equals(given[i]))) {
                return false;
            }
        }
        return wanted.length == given.length;
    }
}
