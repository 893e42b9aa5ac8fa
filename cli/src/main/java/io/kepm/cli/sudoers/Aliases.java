package io.kepm.cli.sudoers;

import io.kepm.cli.json.Json;
import java.util.ArrayList;
import java.util.List;

/** The aliases of a sudoers file. Immutable. */
final class Aliases {

    private static final int DEEPEST = 20;

    private final Json root;

    Aliases(Json root) {
        this.root = root;
    }

    /** The elements of a list in their order, with those of its aliases in their place. */
    List<Item> flat(Json list, Remarks remarks) {
        List<Item> items = new ArrayList<>();
        add(list, false, 0, items, remarks);
        return items;
    }

    private void add(Json list, boolean negated, int depth, List<Item> items, Remarks remarks) {
        for (Json element : list.items()) {
            Item item = Item.of(element);
            if (item.is(Item.UNKNOWN)) {
                remarks.lost("unknown kind of element: " + element);
                items.add(item);
            } else if (item.isAlias()) {
                alias(item, negated, depth, items, remarks);
            } else if (negated && item.negated()) {
                // Would give again what the alias before it took: less is safer.
                remarks.lost("`" + item.text() + "` in a negated alias: a double negation");
            } else {
                items.add(negated ? item.negate() : item);
            }
        }
    }

    private void alias(Item item, boolean negated, int depth, List<Item> items, Remarks remarks) {
        Json members = root.at(group(item.kind())).at(item.value().text());
        boolean turned = negated || item.negated();
        if (negated && item.negated()) {
            remarks.lost("`" + item.text() + "` in a negated alias: a double negation");
        } else if (members.isEmpty() || depth > DEEPEST) {
            remarks.lost("the alias `" + item.value().text() + "` can't be resolved");
            if (turned) {
                items.add(new Item(Item.UNKNOWN, item.value(), true, item.source()));
            }
        } else {
            add(members, turned, depth + 1, items, remarks);
        }
    }

    private static String group(String kind) {
        return switch (kind) {
            case "useralias" -> "User_Aliases";
            case "runasalias" -> "Runas_Aliases";
            case "hostalias" -> "Host_Aliases";
            default -> "Command_Aliases";
        };
    }
}
