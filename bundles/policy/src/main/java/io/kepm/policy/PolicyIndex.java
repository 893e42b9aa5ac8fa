package io.kepm.policy;

import io.kepm.api.policy.EvaluationRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The policies that a type of request is judged by, filed by who and what, so that a request looks
 * at the few that may match however many there are. It may offer too many, never too few. Immutable
 * once built.
 */
final class PolicyIndex {

    private static final int MAX_FILINGS = 256;
    private static final int MAX_USERS = 64;

    private final List<PolicyDocument> policies;
    private final AppIndex everybody = new AppIndex();
    private final Map<String, AppIndex> byName = new HashMap<>();
    private final Map<String, AppIndex> byGroup = new HashMap<>();
    private final Map<Long, AppIndex> byUid = new HashMap<>();

    PolicyIndex(List<PolicyDocument> policies) {
        this.policies = policies;
        AppKeys appKeys = new AppKeys();
        policies.forEach(appKeys::count);
        for (int i = 0; i < policies.size(); i++) {
            file(i, appKeys.of(policies.get(i)));
        }
    }

    private void file(int number, List<AppKey> appKeys) {
        List<UserEntry> users = new ArrayList<>();
        boolean narrow = leaves(policies.get(number).filters().users(), users);
        List<AppKey> keys = appKeys;
        if (narrow && users.size() * keys.size() > MAX_FILINGS) {
            narrow = users.size() < keys.size();
            keys = narrow ? List.of(AppKey.ANY) : keys;
        }
        for (AppKey key : keys) {
            if (narrow) {
                users.forEach(user -> file(user, key, number));
            } else {
                everybody.add(key, number);
            }
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

    private void file(UserEntry user, AppKey key, int number) {
        if (user instanceof UserEntry.Name name) {
            byName.computeIfAbsent(name.name(), n -> new AppIndex()).add(key, number);
        } else if (user instanceof UserEntry.InDomain domain) {
            byName.computeIfAbsent(domain.name(), n -> new AppIndex()).add(key, number);
            if (!domain.whole().isEmpty()) {
                byName.computeIfAbsent(domain.whole(), n -> new AppIndex()).add(key, number);
            }
        } else if (user instanceof UserEntry.Group group) {
            byGroup.computeIfAbsent(group.group(), g -> new AppIndex()).add(key, number);
        } else if (user instanceof UserEntry.Uid uid) {
            byUid.computeIfAbsent(uid.uid(), u -> new AppIndex()).add(key, number);
        } else {
            everybody.add(key, number);
        }
    }

    /** Numbers of the policies that may match, ascending, each once. */
    int[] candidates(Facts facts) {
        IntBag found = new IntBag();
        everybody.collect(facts, found);
        EvaluationRequest.User user = facts.request().user();
        collect(byName.get(user.name()), facts, found);
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

    PolicyDocument policy(int number) {
        return policies.get(number);
    }

    List<PolicyDocument> policies() {
        return policies;
    }
}
