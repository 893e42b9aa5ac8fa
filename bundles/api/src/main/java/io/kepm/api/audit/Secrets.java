package io.kepm.api.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The redaction list: what looks like a secret on a command line or in a text, and is written as
 * {@value #HIDDEN} wherever it would be kept or shown. Pure. A net for what people type, no
 * promise: a secret that stands there without a word that says so is not known as one.
 */
public final class Secrets {

    /** What stands in the place of a secret. */
    public static final String HIDDEN = "***";

    /** Parts of a name, in lower case and without {@code -} and {@code _}. */
    private static final List<String> NAMES =
            List.of(
                    "password",
                    "passwd",
                    "passphrase",
                    "passin",
                    "passout",
                    "secret",
                    "token",
                    "apikey",
                    "accesskey",
                    "credential",
                    "authorization",
                    "privatekey");

    /** Characters of a name that is looked at. */
    private static final int SHORTEST = 5;

    private static final int LONGEST = 64;

    /** Ends of names that say where a secret is, not what it is. */
    private static final List<String> PLACES = List.of("file", "path", "stdin", "env", "dir", "fd");

    /** Programs whose {@code -p} is a password, joined to it or the next word. */
    private static final Set<String> SHORT_PASSWORD =
            Set.of("mysql", "mysqldump", "mysqladmin", "mariadb", "mariadb-dump", "sshpass");

    /** Programs whose {@code -u} is {@code USER:PASSWORD}. */
    private static final Set<String> USER_AND_PASSWORD = Set.of("curl");

    /** User and password in an address. */
    private static final Pattern USER_INFO =
            Pattern.compile("(://[^/\\s@:]{0,64}:)[^/\\s@]{1,256}@");

    private static final Pattern HEADER =
            Pattern.compile(
                    "((?:proxy-)?authorization[\"']?\\s{0,4}[:=]\\s{0,4}[\"']?)(?:\\w{1,20} )?[^\\s\"']+",
                    Pattern.CASE_INSENSITIVE);

    private static final Pattern BEARER =
            Pattern.compile("(\\bbearer\\s{1,4})[\\w.~+/=-]{8,}", Pattern.CASE_INSENSITIVE);

    private static final Pattern NAMED =
            Pattern.compile(
                    "((?:pass-?word|passwd|pass-?phrase|secret|token|api[-_]?key|access[-_]?key|credential|private[-_]?key)"
                            + "[\\w-]{0,32}(?:[\"']\\s{0,4}:|[\"']?\\s{0,1}=|(?<=word|phrase):)\\s{0,4})"
                            + "(?:\"[^\"$`;&|]*\"|'[^']*'|[^\\s,;&|]+)",
                    Pattern.CASE_INSENSITIVE);

    private static final Pattern OPTION =
            Pattern.compile(
                    "(\\s--?[\\w-]{0,32}(?:password|passwd|passphrase|secret|token|api-?key)\\s{1,4})(?!-)\\S+",
                    Pattern.CASE_INSENSITIVE);

    private static final Pattern PEM =
            Pattern.compile(
                    "(-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----)(?:.{0,8192}?-----END|[A-Za-z0-9+/=\\s]*)",
                    Pattern.DOTALL);

    /** {@code host:deploymentUid:base64url(private key)}. */
    private static final Pattern DEPLOYMENT =
            Pattern.compile("\\b([\\w.-]{1,64}:[\\w-]{16,24}:)[\\w-]{40,}");

    private Secrets() {}

    /** The vector with secrets hidden; the same one when it holds none. */
    public static List<String> hiddenInArgv(List<String> argv) {
        List<String> shown = argv;
        for (int i = 1; i < argv.size(); i++) {
            String word = argv.get(i);
            String safe = isAfterName(argv, i) ? HIDDEN : word(argv, i);
            if (!safe.equals(word)) {
                if (shown == argv) {
                    shown = new ArrayList<>(argv);
                }
                shown.set(i, safe);
            }
        }
        return shown;
    }

    /** A text with secrets hidden: a log line, a command as it was typed. */
    public static String hiddenInText(String text) {
        String shown = text;
        if (mayHold(text)) {
            shown = HEADER.matcher(shown).replaceAll("$1" + HIDDEN);
            shown = BEARER.matcher(shown).replaceAll("$1" + HIDDEN);
            shown = NAMED.matcher(shown).replaceAll("$1" + HIDDEN);
            shown = OPTION.matcher(shown).replaceAll("$1" + HIDDEN);
            shown = PEM.matcher(shown).replaceAll("$1" + HIDDEN);
        }
        if (shown.indexOf(':') >= 0) {
            shown = USER_INFO.matcher(shown).replaceAll("$1" + HIDDEN + "@");
            shown = DEPLOYMENT.matcher(shown).replaceAll("$1" + HIDDEN);
        }
        return shown;
    }

    /** Most lines say nothing of the kind: one look instead of many searches. */
    private static boolean mayHold(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.contains("pass")
                || lower.contains("secret")
                || lower.contains("token")
                || lower.contains("key")
                || lower.contains("credential")
                || lower.contains("authorization")
                || lower.contains("bearer");
    }

    /** Whether the word before it is an option whose value is a secret. */
    private static boolean isAfterName(List<String> argv, int i) {
        String before = argv.get(i - 1);
        if (!before.startsWith("-") || before.indexOf('=') >= 0 || argv.get(i).startsWith("-")) {
            return false;
        }
        return names(before) || (before.equals("-p") && SHORT_PASSWORD.contains(program(argv)));
    }

    private static String word(List<String> argv, int i) {
        String word = argv.get(i);
        int equals = word.indexOf('=');
        if (equals > 0 && names(word.substring(0, equals))) {
            // A script may begin with an assignment; what follows it is evidence.
            int end = word.startsWith("-") ? word.length() : endOfValue(word, equals + 1);
            return word.substring(0, equals + 1) + HIDDEN + hiddenInText(word.substring(end));
        }
        if (word.startsWith("-p") && word.length() > 2 && SHORT_PASSWORD.contains(program(argv))) {
            return "-p" + HIDDEN;
        }
        int colon = word.indexOf(':');
        if (colon < 0) {
            return word;
        }
        if (USER_AND_PASSWORD.contains(program(argv)) && isUser(argv.get(i - 1), word)) {
            return word.substring(0, colon + 1) + HIDDEN;
        }
        return word.startsWith("pass:") ? "pass:" + HIDDEN : hiddenInText(word);
    }

    /** Where a shell would see the end of a value without quotes. */
    private static int endOfValue(String word, int start) {
        int end = start;
        while (end < word.length()
                && !Character.isWhitespace(word.charAt(end))
                && ";&|".indexOf(word.charAt(end)) < 0) {
            end++;
        }
        return end;
    }

    private static boolean isUser(String before, String word) {
        return before.equals("-u") || before.equals("--user") || word.startsWith("-u");
    }

    private static String program(List<String> argv) {
        return argv.get(0).substring(argv.get(0).lastIndexOf('/') + 1);
    }

    /** Whether what has this name is a secret by it: {@code db-password}, {@code ApiKey}. */
    public static boolean isNameOfSecret(String name) {
        return names(name);
    }

    private static boolean names(String name) {
        if (name.length() < SHORTEST || name.length() > LONGEST) {
            return false;
        }
        String plain = name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
        return NAMES.stream().anyMatch(plain::contains)
                && PLACES.stream().noneMatch(plain::endsWith);
    }
}
