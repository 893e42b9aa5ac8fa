package io.kepm.cli.sudoers;

import io.kepm.cli.json.Json;
import java.util.List;

/**
 * One element of a list of users, hosts, run-as users or commands, with aliases put in their place.
 *
 * @param kind such as {@code username}; {@link #UNKNOWN} for what could not be found
 * @param source the whole element
 */
record Item(String kind, Json value, boolean negated, Json source) {

    static final String UNKNOWN = "unknown";

    private static final List<String> KINDS =
            List.of(
                    "username",
                    "userid",
                    "usergroup",
                    "usergid",
                    "netgroup",
                    "nonunixgroup",
                    "nonunixgid",
                    "useralias",
                    "runasalias",
                    "hostname",
                    "networkaddr",
                    "hostalias",
                    "command",
                    "cmndalias");

    static Item of(Json element) {
        for (String kind : KINDS) {
            if (!element.at(kind).isMissing()) {
                return new Item(kind, element.at(kind), element.at("negated").isTrue(), element);
            }
        }
        return new Item(UNKNOWN, Json.of(element.toString()), true, element);
    }

    boolean is(String word) {
        return kind.equals(word);
    }

    /** Everybody, every host, every command. */
    boolean isAll() {
        return value.text().equals("ALL") && (is("username") || is("hostname") || is("command"));
    }

    boolean isAlias() {
        return kind.endsWith("alias");
    }

    Item negate() {
        return new Item(kind, value, !negated, source);
    }

    /** As sudoers would write it. */
    String text() {
        String mark =
                switch (kind) {
                    case "usergroup" -> "%";
                    case "userid" -> "#";
                    case "usergid" -> "%#";
                    case "netgroup" -> "+";
                    case "nonunixgroup" -> "%:";
                    case "nonunixgid" -> "%:#";
                    default -> "";
                };
        return (negated ? "!" : "") + mark + value.text();
    }
}
