package io.kepm.cli.sudoers;

import io.kepm.cli.json.Json;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The digests of a command. Any of them is enough for sudo; policies know SHA-256. */
final class Digests {

    private static final List<String> OTHERS = List.of("sha224", "sha384", "sha512");

    private Digests() {}

    static boolean isBound(Json command) {
        return !command.at("sha256").isMissing() || hasOthers(command);
    }

    private static boolean hasOthers(Json command) {
        return OTHERS.stream().anyMatch(name -> !command.at(name).isMissing());
    }

    /** {@code ApplicationCheck}; empty after the remarks were told why. */
    static Optional<List<String>> of(Json command, Remarks remarks) {
        List<String> entries = new ArrayList<>();
        Json stated = command.at("sha256");
        for (Json digest : stated.isList() ? stated.items() : List.of(stated)) {
            hex(digest.text()).ifPresent(hex -> entries.add("sha256:" + hex));
        }
        String text = command.at("command").text();
        if (entries.isEmpty()) {
            remarks.lost("`" + text + "`: policies know SHA-256 only: the command is left out");
            return Optional.empty();
        }
        if (hasOthers(command)) {
            remarks.lost("`" + text + "`: policies know SHA-256 only: other digests are left out");
        }
        return Optional.of(entries);
    }

    /** Lower-case hex of what is hex or base64. */
    private static Optional<String> hex(String text) {
        if (text.matches("[0-9A-Fa-f]{64}")) {
            return Optional.of(text.toLowerCase(Locale.ROOT));
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            StringBuilder out = new StringBuilder();
            for (byte b : bytes) {
                out.append(Character.forDigit(b >> 4 & 0xf, 16))
                        .append(Character.forDigit(b & 0xf, 16));
            }
            return bytes.length == 32 ? Optional.of(out.toString()) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
