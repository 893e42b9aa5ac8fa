package io.kepm.jobs;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The variables of a task's process: all of them are made here, none is inherited. */
final class Environment {

    /** Root-owned on every system of ours; nothing a user could add to. */
    static final String PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

    static final String MAY =
            "LANG, LANGUAGE, LC_*, TZ, TERM, NO_COLOR, DEBIAN_FRONTEND, *_PROXY, JOB_*";

    private static final Pattern ALLOWED =
            Pattern.compile(
                    "LANG|LANGUAGE|LC_[A-Z]{1,20}|TZ|TERM|NO_COLOR|DEBIAN_FRONTEND"
                            + "|(HTTPS?|NO|ALL)_PROXY|(https?|no|all)_proxy|JOB_[A-Z0-9_]{1,60}");

    private static final Pattern PLAIN = Pattern.compile("LANG|LANGUAGE|LC_.*|TERM");

    private Environment() {}

    static boolean mayBeSet(String name) {
        return ALLOWED.matcher(name).matches();
    }

    /**
     * What is wrong with a value once it is known; empty when nothing is. What the libraries of a
     * program would take for the place of a file names none.
     */
    static String fault(String name, String value) {
        boolean zone = name.equals("TZ");
        boolean place =
                zone
                        ? value.startsWith("/") || value.startsWith(":") || value.contains("..")
                        : PLAIN.matcher(name).matches()
                                && (value.contains("/") || value.contains("%"));
        return place ? "`" + name + "` names the place of a file" : "";
    }

    /** Those of a person's process. */
    static Map<String, String> of(String user, String home, String shell) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PATH", PATH);
        environment.put("LANG", "C.UTF-8");
        environment.put("HOME", home);
        environment.put("USER", user);
        environment.put("LOGNAME", user);
        environment.put("SHELL", shell);
        return environment;
    }
}
