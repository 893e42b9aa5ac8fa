package io.kepm.cli.sudoers;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * A list of sudoers as a filter of a policy, which knows no negation: a negated element takes away
 * what stands before it, and where that can't be said exactly, nothing is translated.
 */
final class NameList {

    private final Remarks remarks;
    private final String what;
    private final Set<String> entries = new LinkedHashSet<>();

    private NameList(Remarks remarks, String what) {
        this.remarks = remarks;
        this.what = what;
    }

    /**
     * The entries; empty after the remarks were told why.
     *
     * @param entry what an element is called in a policy; empty when it has no name there
     * @param same whether a negated element takes this entry away, and nothing else of it
     * @param apart whether a negated element surely touches nothing of this entry
     */
    static Optional<List<String>> of(
            List<Item> items,
            String what,
            Function<Item, Optional<String>> entry,
            BiPredicate<Item, String> same,
            BiPredicate<Item, String> apart,
            Remarks remarks) {
        NameList list = new NameList(remarks, what);
        for (Item item : items) {
            if (!item.negated()) {
                list.add(item, entry);
            } else if (!list.remove(item, same, apart)) {
                return Optional.empty();
            }
        }
        if (list.entries.isEmpty()) {
            remarks.lost("not translated: no " + what + " is left");
            return Optional.empty();
        }
        return Optional.of(
                list.entries.contains("*") ? List.of("*") : new ArrayList<>(list.entries));
    }

    private void add(Item item, Function<Item, Optional<String>> entry) {
        Optional<String> name = entry.apply(item);
        if (name.isPresent()) {
            entries.remove(name.get());
            entries.add(name.get());
        } else {
            remarks.lost("the " + what + " `" + item.text() + "` has no counterpart: left out");
        }
    }

    private boolean remove(
            Item item, BiPredicate<Item, String> same, BiPredicate<Item, String> apart) {
        if (item.isAll()) {
            entries.clear();
            return true;
        }
        for (String entry : List.copyOf(entries)) {
            if (same.test(item, entry)) {
                entries.remove(entry);
            } else if (!apart.test(item, entry)) {
                remarks.lost(
                        "not translated: `"
                                + item.text()
                                + "` takes a "
                                + what
                                + " away from `"
                                + entry
                                + "`: write a policy with DENY for it");
                return false;
            }
        }
        return true;
    }
}
