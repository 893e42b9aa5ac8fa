package io.kepm.sudo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a client asks for. Nothing of it is a fact: who it is, and where, the kernel says.
 *
 * @param runAs the user it is to run as
 * @param requestId of a request it comes back to; empty for none
 * @param hasSudo whether this system's sudo asks the agent, by the client's word: it only chooses
 *     who carries what was decided
 * @param background of its terminal, before it asks to read there
 * @param environment what the client offers; of it policy chooses
 * @param garbled keys of values that are not UTF-8
 */
record RunQuestion(
        List<String> argv,
        String runAs,
        String requestId,
        Optional<String> reason,
        boolean hasSudo,
        boolean canPrompt,
        boolean background,
        Map<String, String> environment,
        List<String> garbled) {

    private static final int LONGEST_NAME = 256;
    private static final int MOST_VARIABLES = 64;
    private static final Pattern ID = Pattern.compile("[!-~]{0,128}");

    RunQuestion {
        argv = List.copyOf(argv);
        environment = Map.copyOf(environment);
        garbled = List.copyOf(garbled);
    }

    static RunQuestion parse(Fields fields) throws MalformedException {
        if (!fields.one("v").equals("1") || !fields.one("op").equals("run")) {
            throw new MalformedException("the question is not understood");
        }
        List<String> argv = fields.all("argv");
        if (argv.isEmpty() || argv.get(0).isEmpty()) {
            throw new MalformedException("there is no command");
        }
        String id = fields.maybe("request").orElse("");
        if (!ID.matcher(id).matches()) {
            throw new MalformedException("`request` is not an id");
        }
        return new RunQuestion(
                argv,
                user(fields.one("runas_user")),
                id,
                fields.maybe("reason").filter(reason -> !reason.isEmpty()),
                fields.flag("sudo"),
                fields.flag("interactive"),
                fields.flag("background"),
                environment(fields.all("env")),
                new ArrayList<>(fields.garbled()));
    }

    private static String user(String name) throws MalformedException {
        boolean odd = name.chars().anyMatch(c -> c < ' ' || c == 0x7f || c == '/' || c == ':');
        if (name.isEmpty() || name.length() > LONGEST_NAME || odd) {
            throw new MalformedException("`runas_user` is not a name");
        }
        return name;
    }

    private static Map<String, String> environment(List<String> words) throws MalformedException {
        Map<String, String> found = new HashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals <= 0 || found.size() >= MOST_VARIABLES) {
                throw new MalformedException("a variable without a name, or too many of them");
            }
            found.putIfAbsent(word.substring(0, equals), word.substring(equals + 1));
        }
        return found;
    }
}
