package io.kepm.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Chooses the keys that a policy is filed under. Of a pattern, the literal text in front of its
 * wildcards or the one behind them serves: whichever fewer patterns of the set share.
 */
final class AppKeys {

    private static final int MAX_KEYS = 64;
    private static final int MAX_WORDS = 4;
    private static final int MAX_CHOICES = 16;

    private final Map<String, Integer> shared = new HashMap<>();

    /** Counts the patterns of a policy; all of the set have to be counted first. */
    void count(PolicyDocument policy) {
        policy.filters().applications().forEach(this::count);
        policy.extension().paths().forEach(this::count);
        policy.extension().commands().forEach(rule -> count(rule.program()));
        policy.extension().denied().forEach(rule -> count(rule.program()));
    }

    private void count(AppEntry entry) {
        if (entry instanceof AppEntry.Located located) {
            count(located.pattern());
        } else if (entry instanceof AppEntry.Pinned pinned) {
            count(pinned.pattern());
        }
    }

    /** A literal one is its own key. */
    private void count(PathPattern pattern) {
        if (pattern.literal().isEmpty()) {
            shared.merge("p" + pattern.prefix(), 1, Integer::sum);
            shared.merge("s" + pattern.suffix(), 1, Integer::sum);
        }
    }

    /** The keys of a policy; {@link AppKey#ANY} alone when nothing narrower serves. */
    List<AppKey> of(PolicyDocument policy) {
        List<AppKey> best = List.of(AppKey.ANY);
        for (List<AppKey> keys : choices(policy)) {
            if (isNarrow(keys)) {
                best = keys;
                break;
            }
        }
        return best;
    }

    private List<List<AppKey>> choices(PolicyDocument policy) {
        Extension extension = policy.extension();
        List<List<AppKey>> choices = new ArrayList<>();
        boolean onlyCommands = !extension.commands().isEmpty() || policy.onlyDeniedCommands();
        if (onlyCommands) {
            List<AppKey> keys = new ArrayList<>();
            extension.commands().forEach(rule -> rule(rule, policy.denies(), keys));
            extension.denied().forEach(rule -> rule(rule, true, keys));
            choices.add(keys);
        }
        choices.add(entries(policy.filters().applications(), policy.onlyRefuses()));
        choices.add(entries(extension.paths(), policy.onlyRefuses()));
        List<AppKey> folders = new ArrayList<>();
        for (PathPrefix folder : extension.folders()) {
            folders.add(
                    folder.folder()
                            .literal()
                            .map(text -> text.equals("/") ? text : text + "/")
                            .map(AppKey::prefix)
                            .orElse(AppKey.ANY));
        }
        choices.add(folders);
        return choices;
    }

    private static boolean isNarrow(List<AppKey> keys) {
        return !keys.isEmpty() && keys.size() <= MAX_KEYS && !keys.contains(AppKey.ANY);
    }

    private List<AppKey> entries(List<AppEntry> entries, boolean denies) {
        List<AppKey> keys = new ArrayList<>();
        entries.forEach(entry -> entry(entry, denies, keys));
        return keys;
    }

    private void entry(AppEntry entry, boolean denies, List<AppKey> keys) {
        if (keys.size() > MAX_KEYS) {
            return;
        }
        if (entry instanceof AppEntry.Located located) {
            keys.add(pattern(located.pattern(), denies));
        } else if (entry instanceof AppEntry.Digest digest) {
            keys.add(AppKey.of(AppKey.Kind.DIGEST, digest.sha256()));
            if (denies) {
                // A deny by digest also meets requests that have none.
                keys.add(AppKey.of(AppKey.Kind.NO_DIGEST, ""));
            }
        } else if (entry instanceof AppEntry.Pinned pinned) {
            keys.add(
                    denies
                            ? pattern(pinned.pattern(), true)
                            : AppKey.of(AppKey.Kind.DIGEST, pinned.sha256()));
        } else if (entry instanceof AppEntry.Collected collected) {
            collected.gathering().members().forEach(member -> entry(member, denies, keys));
        } else {
            keys.add(AppKey.ANY);
        }
    }

    private AppKey pattern(PathPattern pattern, boolean denies) {
        if (pattern.literal().isPresent()) {
            return AppKey.of(
                    pattern.isBare() ? AppKey.Kind.NAME : AppKey.Kind.PATH,
                    pattern.literal().get());
        }
        if (denies && pattern.hasVariables()) {
            // It may count as matching whatever the path is.
            return AppKey.ANY;
        }
        String prefix = pattern.prefix();
        String suffix = pattern.suffix();
        boolean hasPrefix = prefix.length() > (pattern.isBare() ? 0 : 1);
        boolean hasSuffix = !suffix.isEmpty();
        boolean behind =
                hasSuffix
                        && (!hasPrefix
                                || shared.getOrDefault("s" + suffix, 0)
                                        < shared.getOrDefault("p" + prefix, 0));
        if (behind) {
            return pattern.isBare() ? AppKey.of(AppKey.Kind.SUFFIX, suffix) : AppKey.suffix(suffix);
        }
        if (!hasPrefix) {
            return AppKey.ANY;
        }
        return pattern.isBare()
                ? AppKey.of(AppKey.Kind.NAME_PREFIX, prefix)
                : AppKey.prefix(prefix);
    }

    private void rule(CommandRule rule, boolean denies, List<AppKey> keys) {
        AppKey program = pattern(rule.program(), denies);
        boolean exact = program.kind() == AppKey.Kind.PATH || program.kind() == AppKey.Kind.NAME;
        List<List<String>> words = new ArrayList<>();
        words.add(List.of());
        for (int i = 0; exact && i < Math.min(MAX_WORDS, rule.slots().size()); i++) {
            List<String> choice = literals(rule.slots().get(i));
            if (choice.isEmpty() || words.size() * choice.size() > MAX_CHOICES) {
                break;
            }
            List<List<String>> longer = new ArrayList<>();
            for (List<String> before : words) {
                for (String word : choice) {
                    List<String> all = new ArrayList<>(before);
                    all.add(word);
                    longer.add(all);
                }
            }
            words = longer;
        }
        words.forEach(w -> keys.add(new AppKey(program.kind(), program.text(), w)));
    }

    private static List<String> literals(Slot slot) {
        if (slot instanceof Slot.Literal literal) {
            return List.of(literal.value());
        }
        return slot instanceof Slot.OneOf oneOf ? List.copyOf(oneOf.values()) : List.of();
    }
}
