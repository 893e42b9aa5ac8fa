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
        return name.codePoints().allMatch(NameSyntax::isNameCharacter);
    }

    private static boolean isNameCharacter(int c) {
        return c != '/'
                && c != ':'
                && !Texts.isSpace(c)
                && !Character.isISOControl(c)
                && Character.getType(c) != Character.SURROGATE;
    }

    static boolean isDigits(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
