package io.kepm.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The filters of a policy that say who, where and when, as texts for people. */
final class WhoOf {

    private static final List<String> DAYS =
            List.of("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat");

    private WhoOf() {}

    /** The users, those of collections in their place; {@code *} when there is no limit. */
    static List<String> users(List<UserEntry> entries) {
        List<String> texts = new ArrayList<>();
        addUsers(entries, texts);
        return entries.isEmpty() ? List.of("*") : texts.stream().distinct().toList();
    }

    private static void addUsers(List<UserEntry> entries, List<String> texts) {
        for (UserEntry entry : entries) {
            if (entry instanceof UserEntry.Collected collected) {
                addUsers(collected.gathering().members(), texts);
            } else {
                texts.add(entry.text());
            }
        }
    }

    /** The machines, like {@link #users}. */
    static List<String> machines(List<MachineEntry> entries) {
        List<String> texts = new ArrayList<>();
        addMachines(entries, texts);
        return entries.isEmpty() ? List.of("*") : texts.stream().distinct().toList();
    }

    private static void addMachines(List<MachineEntry> entries, List<String> texts) {
        for (MachineEntry entry : entries) {
            if (entry instanceof MachineEntry.Collected collected) {
                addMachines(collected.gathering().members(), texts);
            } else {
                texts.add(entry.text());
            }
        }
    }

    /**
     * When, and with which signature.
     *
     * @param signerUnknown why it can't be said whether it has one of those; may be empty
     */
    static List<String> limits(PolicyDocument policy, String signerUnknown) {
        Filters filters = policy.filters();
        List<String> limits = new ArrayList<>();
        if (!filters.dates().isEmpty()) {
            limits.add(
                    "dates "
                            + filters.dates().stream()
                                    .map(DateRange::text)
                                    .collect(Collectors.joining(", ")));
        }
        if (!filters.times().isEmpty()) {
            limits.add(
                    "times "
                            + filters.times().stream()
                                    .map(TimeRange::text)
                                    .collect(Collectors.joining(", ")));
        }
        if (!filters.days().isEmpty()) {
            limits.add(
                    "days "
                            + filters.days().stream()
                                    .sorted()
                                    .map(DAYS::get)
                                    .collect(Collectors.joining(", ")));
        }
        if (policy.limitsSigners()) {
            String doubt = signerUnknown.isEmpty() ? "" : " (not known: " + signerUnknown + ")";
            limits.add("a certificate that it lists" + doubt);
        }
        return limits;
    }
}
