package io.kepm.policy;

import io.kepm.api.settings.CoreSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds a policy in force that denies to everybody what a machine cannot do without: everything, or
 * the programs by which it starts and is reached.
 */
final class Lockout {

    private static final int DAYS_OF_A_WEEK = 7;
    private static final String OVERRIDE = CoreSettings.ALLOW_LOCKOUT.key();
    private static final List<String> ESSENTIAL =
            List.of(
                    "/sbin/init",
                    "/usr/sbin/init",
                    "/lib/systemd/systemd",
                    "/usr/lib/systemd/systemd",
                    "/usr/sbin/sshd",
                    "/bin/login",
                    "/usr/bin/login",
                    "/usr/bin/sudo",
                    "/usr/bin/kepm");

    private Lockout() {}

    /**
     * What the loader refuses: one fault for each policy that locks out, unless its id is among
     * those that may.
     *
     * @param allowed ids, as the root-owned file names them
     */
    static List<Fault> faults(List<PolicyDocument> policies, Set<String> allowed) {
        List<Fault> faults = new ArrayList<>();
        for (PolicyDocument policy : policies) {
            if (!allowed.contains(policy.id()) && !isForATime(policy)) {
                of(policy).ifPresent(text -> faults.add(fault(policy, text)));
            }
        }
        return faults;
    }

    /** The policies that would lock out, but may: their ids. */
    static List<String> overridden(List<PolicyDocument> policies, Set<String> allowed) {
        return policies.stream()
                .filter(policy -> allowed.contains(policy.id()) && of(policy).isPresent())
                .map(PolicyDocument::id)
                .toList();
    }

    private static Fault fault(PolicyDocument policy, String text) {
        return new Fault(
                policy.file(),
                policy.id(),
                "",
                text + "; if it is meant, list its id in `" + OVERRIDE + "`");
    }

    /** What the linter says of one that ends by itself, such as a freeze at the end of the year. */
    static Optional<String> forATime(PolicyDocument policy) {
        return isForATime(policy) ? of(policy).map(text -> "for a time " + text) : Optional.empty();
    }

    private static boolean isForATime(PolicyDocument policy) {
        Filters filters = policy.filters();
        long days = filters.days().stream().distinct().count();
        return !filters.dates().isEmpty()
                || !filters.times().isEmpty()
                || (days > 0 && days < DAYS_OF_A_WEEK);
    }

    /** What it does, when it is one. */
    private static Optional<String> of(PolicyDocument policy) {
        boolean considered =
                policy.status() == PolicyStatus.ENFORCE
                        && policy.denies()
                        && !policy.limitsSigners()
                        && isForPeople(policy.type())
                        && isForEveryone(policy.filters().users());
        if (!considered) {
            return Optional.empty();
        }
        if (isEverything(policy)) {
            return Optional.of(
                    "locks everybody but root out: it denies everything to everybody, whatever"
                            + " other policies allow; name the users, or the programs");
        }
        return policy.type().isElevation()
                ? ESSENTIAL.stream()
                        .filter(program -> denies(policy, program))
                        .findFirst()
                        .map(
                                program ->
                                        "denies `"
                                                + program
                                                + "` to everybody: the machine may not start, or"
                                                + " nobody may reach or repair it")
                : Optional.empty();
    }

    /** What an agent of its own accord may do is nothing that people depend on. */
    private static boolean isForPeople(PolicyType type) {
        return type == PolicyType.COMMAND_LINE
                || type == PolicyType.PRIVILEGE_ELEVATION
                || type == PolicyType.FILE_ACCESS;
    }

    private static boolean isForEveryone(List<UserEntry> users) {
        return users.isEmpty() || users.stream().anyMatch(user -> user instanceof UserEntry.Anyone);
    }

    private static boolean isEverything(PolicyDocument policy) {
        List<CommandRule> commands = policy.extension().commands();
        return policy.extension().folders().isEmpty()
                && isEverything(policy.filters().applications())
                && isEverything(policy.extension().paths())
                && (commands.isEmpty()
                        || commands.stream()
                                .anyMatch(
                                        rule ->
                                                isWhole(rule)
                                                        && Coverage.isEverything(rule.program())));
    }

    private static boolean isEverything(List<AppEntry> entries) {
        return entries.isEmpty()
                || entries.stream()
                        .anyMatch(
                                entry ->
                                        entry instanceof AppEntry.Any
                                                || (entry instanceof AppEntry.Located located
                                                        && Coverage.isEverything(
                                                                located.pattern())));
    }

    private static boolean denies(PolicyDocument policy, String program) {
        List<AppEntry> entries = policy.filters().applications();
        List<CommandRule> commands = policy.extension().commands();
        boolean listed =
                isEverything(entries)
                        || entries.stream()
                                .anyMatch(
                                        entry ->
                                                entry instanceof AppEntry.Located located
                                                        && Coverage.ofPath(
                                                                located.pattern(), program));
        boolean commanded =
                commands.isEmpty()
                        || commands.stream()
                                .anyMatch(
                                        rule ->
                                                isWhole(rule)
                                                        && Coverage.ofPath(
                                                                rule.program(), program));
        return listed && commanded && isInFolders(policy.extension().folders(), program);
    }

    private static boolean isInFolders(List<PathPrefix> folders, String program) {
        return folders.isEmpty()
                || folders.stream()
                        .flatMap(folder -> folder.folder().literal().stream())
                        .anyMatch(folder -> PathText.isBeneath(program, folder));
    }

    private static boolean isWhole(CommandRule rule) {
        return rule.open() && rule.slots().isEmpty();
    }
}
