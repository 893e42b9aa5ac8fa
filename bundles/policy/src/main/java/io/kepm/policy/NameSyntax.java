package io.kepm.policy;

/** What a user name may look like before policy looks at it (policy.md §2). */
final class NameSyntax {

    private static final int MAX_LENGTH = 256;

    private NameSyntax() {}

    static boolean isUserName(String name) {
        if (name.isEmpty() || name.length() > 2 * MAX_LENGTH || Texts.length(name) > MAX_LENGTH) {
            return false;
        }
        if ("-+%#".indexOf(name.charAt(0)) >= 0 || name.equals("ALL") || isDigits(name)) {
            return false;
        }
        for (int i = 0; i < name.length(); i += Character.charCount(name.codePointAt(i))) {
            if (!isNameCharacter(name.codePointAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNameCharacter(int c) {
        return c != '/'
                && c != ':'
                && !Texts.isSpace(c)
                && !Character.isISOControl(c)
                && Character.getType(c) != Character.SURROGATE;
    }

    static boolean isDigits(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty();
    }
}
