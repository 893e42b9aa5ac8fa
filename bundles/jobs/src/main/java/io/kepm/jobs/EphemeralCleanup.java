package io.kepm.jobs;

import io.kepm.api.elevation.LaunchDecision;
import io.kepm.api.jobs.Chore;
import io.kepm.api.linux.EphemeralAccounts;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Removes accounts that were made for a grant and have none any more. The launch decision does so
 * itself; what it left all the same goes here. One that was seen once may be of a grant that just
 * begins: those that are left at two looks are removed.
 */
record EphemeralCleanup(EphemeralAccounts accounts, LaunchDecision launches, Duration between)
        implements Chore {

    @Override
    public String name() {
        return "check-ephemeral-accounts";
    }

    @Override
    public String run(Map<String, String> arguments) throws Exception {
        Set<String> left = left();
        if (!left.isEmpty()) {
            Thread.sleep(between.toMillis());
            left.retainAll(left());
        }
        List<String> faults = new ArrayList<>();
        for (String name : left) {
            try {
                accounts.remove(name);
            } catch (IOException e) {
                faults.add("`" + name + "` can't be removed: " + e.getMessage());
            }
        }
        if (!faults.isEmpty()) {
            throw new IOException(String.join("; ", faults));
        }
        return left.isEmpty()
                ? "no ephemeral account is there without a grant"
                : "removed, since no grant has them: " + String.join(", ", left);
    }

    private Set<String> left() throws IOException {
        Set<String> left = new TreeSet<>(accounts.present());
        launches.grants().forEach(grant -> left.remove(EphemeralAccounts.name(grant.id())));
        return left;
    }
}
