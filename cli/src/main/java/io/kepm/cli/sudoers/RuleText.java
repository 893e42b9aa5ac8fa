package io.kepm.cli.sudoers;

import io.kepm.cli.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Rules as sudoers would write them, for people. */
final class RuleText {

    private RuleText() {}

    /** A user specification with one of its sets of commands. */
    static String of(Json spec, Json set) {
        return list(spec.at("User_List")) + " " + list(spec.at("Host_List")) + " = " + set(set);
    }

    private static String set(Json set) {
        StringBuilder out = new StringBuilder();
        Json groups = set.at("runasgroups");
        if (!set.at("runasusers").isMissing() || !groups.isMissing()) {
            out.append('(').append(list(set.at("runasusers")));
            out.append(groups.isMissing() ? "" : " : " + groups(groups)).append(") ");
        }
        for (Json option : set.at("Options").items()) {
            option.members().forEach((name, value) -> out.append(tag(name, value)).append(' '));
        }
        if (!set.at("SELinux_Spec").isMissing()) {
            out.append("SELINUX ");
        }
        return out.append(commands(set.at("Commands"))).toString();
    }

    private static String tag(String name, Json value) {
        return switch (name) {
            case "authenticate" -> value.isTrue() ? "PASSWD:" : "NOPASSWD:";
            case "noexec" -> value.isTrue() ? "NOEXEC:" : "EXEC:";
            case "setenv" -> value.isTrue() ? "SETENV:" : "NOSETENV:";
            default -> name.toUpperCase(Locale.ROOT) + "=" + value.text(value.toString());
        };
    }

    private static String list(Json list) {
        return list.items().stream()
                .map(element -> Item.of(element).text())
                .collect(Collectors.joining(", "));
    }

    private static String groups(Json list) {
        return list.items().stream()
                .map(element -> Item.of(element).value().text())
                .collect(Collectors.joining(", "));
    }

    private static String commands(Json list) {
        List<String> texts = new ArrayList<>();
        for (Json element : list.items()) {
            StringBuilder text = new StringBuilder();
            for (Map.Entry<String, Json> member : element.members().entrySet()) {
                if (member.getKey().startsWith("sha")) {
                    text.append(member.getKey()).append(':');
                    text.append(member.getValue().text(member.getValue().toString())).append(' ');
                }
            }
            texts.add(text.append(Item.of(element).text()).toString());
        }
        return String.join(", ", texts);
    }

    /** A line of {@code Defaults} with one of its options. */
    static String setting(Json defaults, Json option) {
        Json binding = defaults.at("Binding");
        StringBuilder out = new StringBuilder("Defaults");
        if (!binding.isEmpty()) {
            out.append(" (").append(list(binding)).append(')');
        }
        for (Map.Entry<String, Json> member : option.members().entrySet()) {
            Json value = member.getValue();
            if (value.isScalar() && !value.isText() && !value.isTrue()) {
                out.append(" !").append(member.getKey());
            } else {
                out.append(' ').append(member.getKey());
                out.append(value.isTrue() ? "" : "=" + value.text(value.toString()));
            }
        }
        return out.toString();
    }
}
