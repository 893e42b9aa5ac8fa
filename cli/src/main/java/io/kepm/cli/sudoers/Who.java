package io.kepm.cli.sudoers;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The lists of users, hosts and run-as users as filters of a policy. */
final class Who {

    private static final String PLAIN = "[A-Za-z_][A-Za-z0-9_.-]{0,20}\\$?";
    private static final String IN_DOMAIN =
            "[A-Za-z0-9_.-]+\\\\[A-Za-z0-9_.-]+|[A-Za-z_][A-Za-z0-9_.-]*@[A-Za-z0-9.-]+";
    private static final String ADDRESS = "[0-9.]+";

    private Who() {}

    /** {@code UserCheck}. */
    static Optional<List<String>> users(List<Item> items, Remarks remarks) {
        return NameList.of(
                items,
                "user",
                Who::user,
                (item, entry) -> item.is("username") && user(item).equals(Optional.of(entry)),
                (item, entry) -> item.is("username") && isName(entry),
                remarks);
    }

    private static Optional<String> user(Item item) {
        String text = item.value().text();
        return switch (item.kind()) {
            case "username" -> item.isAll() ? Optional.of("*") : name(text);
            case "userid" -> Optional.of("uid:" + text);
            case "usergroup" -> text.isEmpty() ? Optional.empty() : Optional.of("%" + text);
            default -> Optional.empty();
        };
    }

    /** Whatever policy could take for something else is marked as a name. */
    private static Optional<String> name(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        boolean plain = text.matches(PLAIN) || text.matches(IN_DOMAIN);
        return Optional.of(plain ? text : "user:" + text);
    }

    private static boolean isName(String entry) {
        return !entry.equals("*") && !entry.startsWith("%") && !entry.startsWith("uid:");
    }

    /** {@code MachineCheck}. */
    static Optional<List<String>> hosts(List<Item> items, Remarks remarks) {
        return NameList.of(
                items,
                "host",
                Who::host,
                (item, entry) -> isSameHost(item, entry),
                (item, entry) ->
                        host(item).isPresent()
                                && !entry.equals("*")
                                && !label(item.value().text()).equals(label(entry)),
                remarks);
    }

    private static Optional<String> host(Item item) {
        String text = item.value().text();
        if (item.isAll()) {
            return Optional.of("*");
        }
        boolean plain =
                item.is("hostname") && text.matches("[A-Za-z0-9_.-]+") && !text.matches(ADDRESS);
        return plain ? Optional.of(text) : Optional.empty();
    }

    /** Short and long names of one host are taken for the same: less is safer. */
    private static boolean isSameHost(Item item, String entry) {
        return host(item).isPresent()
                && !entry.equals("*")
                && label(item.value().text()).equals(label(entry));
    }

    private static String label(String host) {
        int dot = host.indexOf('.');
        return (dot < 0 ? host : host.substring(0, dot)).toLowerCase(Locale.ROOT);
    }

    /** {@code RunAs}; {@code root} alone is what a policy means without it. */
    static Optional<List<String>> runAs(List<Item> items, Remarks remarks) {
        for (Item item : items) {
            if (item.isAll() && !item.negated()) {
                remarks.lost(
                        "run as `ALL`: a policy names its run-as users: it is root alone here");
            }
        }
        return NameList.of(
                items,
                "run-as user",
                Who::target,
                (item, entry) -> target(item).equals(Optional.of(entry)),
                (item, entry) -> target(item).isPresent(),
                remarks);
    }

    private static Optional<String> target(Item item) {
        String text = item.value().text();
        if (item.isAll() || (item.is("userid") && text.equals("0"))) {
            return Optional.of("root");
        }
        return item.is("username") && text.matches(PLAIN) ? Optional.of(text) : Optional.empty();
    }
}
