package io.kepm.linux;

import java.util.regex.Pattern;

/** What may be asked of the name service, and the narrower form that may be given to a program. */
final class AccountName {

    private static final int LONGEST = 256;

    /** Names of directories may hold a space or a backslash; nothing that files or rules parse. */
    private static final Pattern ASKABLE =
            Pattern.compile("[^\\p{Cntrl}\\p{Z}/:,%#+-][^\\p{Cntrl}/:,\\u2028\\u2029]*");

    private static final Pattern LOCAL = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.@\\\\-]*\\$?");

    private AccountName() {}

    static boolean isAskable(String name) {
        return name.length() <= LONGEST && ASKABLE.matcher(name).matches();
    }

    /** Fit to be a word on the command line of a system program. */
    static boolean isLocal(String name) {
        return name.length() <= LONGEST && LOCAL.matcher(name).matches();
    }
}
