package io.kepm.policy;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** A name that may stand in braces in a path of a policy; its value comes with each request. */
enum Variable {
    ROOTDIR("rootdir", true),
    USERPROFILE("userprofile", true),
    HOME("home", true),
    DOCUMENTS("documents", true),
    USERDOCUMENTS("userdocuments", true),
    DESKTOP("desktop", true),
    USERDESKTOP("userdesktop", true),
    DOWNLOADS("downloads", true),
    APPROOT("approot", true),
    PLUGINROOT("pluginroot", true),
    TMP("tmp", true),
    HASDESKTOP("hasdesktop", false),
    USERNAME("username", false),
    HOSTNAME("hostname", false);

    private final String word;
    private final boolean path;

    Variable(String word, boolean path) {
        this.word = word;
        this.path = path;
    }

    String word() {
        return word;
    }

    /** Whether its value is an absolute path rather than one segment. */
    boolean isPath() {
        return path;
    }

    static Optional<Variable> of(String word) {
        return Arrays.stream(values()).filter(v -> v.word.equals(word)).findFirst();
    }

    static String known() {
        return Arrays.stream(values()).map(v -> v.word).collect(Collectors.joining(", "));
    }
}
