package io.kepm.policy;

import java.util.List;
import java.util.Set;

/**
 * The seven filters of a policy, those that take part. An empty one is no limit; certificates are
 * lower-case thumbprints or {@code *}.
 */
record Filters(
        List<UserEntry> users,
        List<MachineEntry> machines,
        List<AppEntry> applications,
        List<String> certificates,
        List<DateRange> dates,
        List<TimeRange> times,
        Set<Integer> days) {

    Filters {
        users = List.copyOf(users);
        machines = List.copyOf(machines);
        applications = List.copyOf(applications);
        certificates = List.copyOf(certificates);
        dates = List.copyOf(dates);
        times = List.copyOf(times);
        days = Set.copyOf(days);
    }

    /** A pattern equals itself alone: what holds one is never shared. */
    boolean hasPatterns() {
        for (AppEntry entry : applications) {
            if (entry instanceof AppEntry.Located) {
                return true;
            }
        }
        return false;
    }
}
