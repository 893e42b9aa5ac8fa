package io.kepm.policy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Numbers of policies filed by what they say about the program. Filled once, then read by any
 * number of threads.
 */
final class AppIndex {

    /** Policies under literal arguments, one level for each. */
    private static final class Words {
        private final IntBag policies = new IntBag();
        private @Nullable Map<String, Words> next;
    }

    private final Map<String, Words> paths = new HashMap<>(4);
    private final Map<String, Words> names = new HashMap<>(4);
    private final Map<String, IntBag> digests = new HashMap<>(2);
    private @Nullable Affixes pathPrefixes;
    private @Nullable Affixes namePrefixes;
    private @Nullable Affixes suffixes;
    private final IntBag any = new IntBag();

    void add(AppKey key, int policy) {
        switch (key.kind()) {
            case ANY -> any.add(policy);
            case PATH -> add(paths, key, policy);
            case NAME -> add(names, key, policy);
            case DIGEST -> digests.computeIfAbsent(key.text(), d -> new IntBag()).add(policy);
            case PATH_PREFIX -> {
                pathPrefixes = pathPrefixes == null ? new Affixes(false) : pathPrefixes;
                pathPrefixes.add(key.text(), policy);
            }
            case NAME_PREFIX -> {
                namePrefixes = namePrefixes == null ? new Affixes(false) : namePrefixes;
                namePrefixes.add(key.text(), policy);
            }
            case SUFFIX -> {
                suffixes = suffixes == null ? new Affixes(true) : suffixes;
                suffixes.add(key.text(), policy);
            }
        }
    }

    private static void add(Map<String, Words> map, AppKey key, int policy) {
        Words words = map.computeIfAbsent(key.text(), t -> new Words());
        for (String word : key.words()) {
            Map<String, Words> next = words.next;
            if (next == null) {
                next = new HashMap<>(4);
                words.next = next;
            }
            words = next.computeIfAbsent(word, w -> new Words());
        }
        words.policies.add(policy);
    }

    void collect(Facts facts, IntBag found) {
        found.addAll(any);
        collect(facts.named(), facts, found);
        if (facts.real() != facts.named()) {
            collect(facts.real(), facts, found);
        }
        if (!digests.isEmpty() && facts.request().target().sha256().isPresent()) {
            IntBag filed = digests.get(Thumbprint.plain(facts.request().target().sha256().get()));
            if (filed != null) {
                found.addAll(filed);
            }
        }
    }

    private void collect(PathText path, Facts facts, IntBag found) {
        if (!paths.isEmpty()) {
            collect(paths.get(path.text()), facts.arguments(), found);
        }
        if (!names.isEmpty()) {
            collect(names.get(path.baseName()), facts.arguments(), found);
        }
        if (pathPrefixes != null) {
            pathPrefixes.collect(path.text(), 0, found);
        }
        if (namePrefixes != null) {
            namePrefixes.collect(path.text(), path.base(), found);
        }
        if (suffixes != null) {
            suffixes.collect(path.text(), 0, found);
        }
    }

    private static void collect(@Nullable Words start, List<String> arguments, IntBag found) {
        Words words = start;
        for (int i = 0; words != null; i++) {
            found.addAll(words.policies);
            Map<String, Words> next = words.next;
            words = next == null || i >= arguments.size() ? null : next.get(arguments.get(i));
        }
    }
}
