package io.kepm.policy;

import io.kepm.api.policy.EvaluationRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The policies that a type of request is judged by, filed by who and what, so that a request looks
 * at the few that may match however many there are. It may offer too many, never too few. Immutable
 * once built.
 */
final class PolicyIndex {

    private static final int MAX_FILINGS = 256;
    private static final int MAX_USERS = 64;

    /** So many policies under one key of a program are looked at rather than told apart by user. */
    private static final int FEW = 4;

    private final AppIndex everybody;
    private final Map<String, AppIndex> byName;
    private final Map<String, AppIndex> byGroup;
    private final Map<Long, AppIndex> byUid;

    /** Of those of a list that are considered; their numbers are their places in it. */
    PolicyIndex(List<PolicyDocument> policies, Predicate<PolicyDocument> considered) {
        Builder builder = new Builder();
        builder.file(policies, considered);
        everybody = builder.everybody.build();
        byName = built(builder.byName);
        byGroup = built(builder.byGroup);
        byUid = built(builder.byUid);
    }

    private static <K> Map<K, AppIndex> built(Map<K, AppIndex.Builder> builders) {
        Map<K, AppIndex> indexes = new HashMap<>(builders.size() * 2);
        builders.forEach((key, builder) -> indexes.put(key, builder.build()));
        return indexes;
    }

    /** Decides where each policy is filed. */
    private static final class Builder {

        private final AppIndex.Builder everybody = new AppIndex.Builder();
        private final Map<String, AppIndex.Builder> byName = new HashMap<>();
        private final Map<String, AppIndex.Builder> byGroup = new HashMap<>();
        private final Map<Long, AppIndex.Builder> byUid = new HashMap<>();
        private final AppKeys appKeys = new AppKeys();
        private final Map<Integer, Integer> shared = new HashMap<>();

        void file(List<PolicyDocument> policies, Predicate<PolicyDocument> considered) {
            int[] numbers =
                    IntStream.range(0, policies.size())
                            .filter(i -> considered.test(policies.get(i)))
                            .toArray();
            for (int number : numbers) {
                appKeys.count(policies.get(number));
            }
            List<List<AppKey>> keys = new ArrayList<>(numbers.length);
            for (int number : numbers) {
                List<AppKey> own = appKeys.of(policies.get(number));
                keys.add(own);
                for (AppKey key : own) {
                    shared.merge(key.hash(), 1, Integer::sum);
                }
            }
            for (int i = 0; i < numbers.length; i++) {
                file(numbers[i], policies.get(numbers[i]).filters().users(), keys.get(i));
            }
        }

        private void file(int number, List<UserEntry> entries, List<AppKey> appKeys) {
            List<UserEntry> users = new ArrayList<>();
            List<AppKey> keys = appKeys;
            boolean byUser = !areRare(keys) && leaves(entries, users);
            if (byUser && users.size() * keys.size() > MAX_FILINGS) {
                byUser = users.size() < keys.size();
                keys = byUser ? List.of(AppKey.ANY) : keys;
            }
            for (AppKey key : keys) {
                if (byUser) {
                    users.forEach(user -> file(user, key, number));
                } else {
                    everybody.add(key, number);
                }
            }
        }

        private boolean areRare(List<AppKey> keys) {
            for (AppKey key : keys) {
                if (key.kind() == AppKey.Kind.ANY || shared.getOrDefault(key.hash(), 0) > FEW) {
                    return false;
                }
            }
            return true;
        }

        private void file(UserEntry user, AppKey key, int number) {
            if (user instanceof UserEntry.Name name) {
                under(byName, name.name()).add(key, number);
            } else if (user instanceof UserEntry.InDomain domain) {
                under(byName, domain.name()).add(key, number);
                under(byName, UserEntry.InDomain.folded(domain.whole())).add(key, number);
            } else if (user instanceof UserEntry.Group group) {
                under(byGroup, group.group()).add(key, number);
            } else if (user instanceof UserEntry.Uid uid) {
                under(byUid, uid.uid()).add(key, number);
            } else {
                everybody.add(key, number);
            }
        }

        private static <K> AppIndex.Builder under(Map<K, AppIndex.Builder> map, K key) {
            return map.computeIfAbsent(key, k -> new AppIndex.Builder());
        }
    }

    /** False when there is somebody that no key names. */
    private static boolean leaves(List<UserEntry> entries, List<UserEntry> leaves) {
        for (UserEntry entry : entries) {
            if (entry instanceof UserEntry.Anyone || leaves.size() > MAX_USERS) {
                return false;
            }
            if (entry instanceof UserEntry.Collected collected) {
                // An empty collection matches nobody: nothing to be filed for it.
                if (!collected.gathering().members().isEmpty()
                        && !leaves(collected.gathering().members(), leaves)) {
                    return false;
                }
            } else {
                leaves.add(entry);
            }
        }
        return !entries.isEmpty();
    }

    /** Numbers of the policies that may match, ascending, each once. */
    int[] candidates(Facts facts) {
        IntBag found = new IntBag();
        everybody.collect(facts, found);
        EvaluationRequest.User user = facts.request().user();
        if (!byName.isEmpty()) {
            collect(byName.get(user.name()), facts, found);
            if (UserEntry.InDomain.isWritten(user.name())) {
                collect(byName.get(UserEntry.InDomain.folded(user.name())), facts, found);
            }
        }
        if (!byUid.isEmpty()) {
            collect(byUid.get(user.uid()), facts, found);
        }
        if (!byGroup.isEmpty()) {
            List<String> groups = user.groups();
            for (int i = 0; i < groups.size(); i++) {
                collect(byGroup.get(groups.get(i)), facts, found);
            }
        }
        return found.sorted();
    }

    private static void collect(@Nullable AppIndex index, Facts facts, IntBag found) {
        if (index != null) {
            index.collect(facts, found);
        }
    }
}
