package io.kepm.elevation;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.elevation.Governance;
import io.kepm.api.elevation.Governance.Plan;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Moves people in and out of the governed groups; the record comes before the change. */
final class Membership {

    private static final String GROUP = "kepm-users";
    private static final String BREAK_GLASS = "kepm-breakglass";

    private final Accounts accounts;
    private final AuditLog audit;
    private final List<String> adminGroups;

    Membership(Accounts accounts, AuditLog audit, List<String> adminGroups) {
        this.accounts = accounts;
        this.audit = audit;
        this.adminGroups = List.copyOf(adminGroups);
    }

    Plan plan(String subject) {
        try {
            return planned(subject);
        } catch (NameServiceException e) {
            return fault(subject, String.valueOf(e.getMessage()));
        }
    }

    Plan govern(String subject, String admin) {
        Plan plan = plan(subject);
        if (!plan.fault().isEmpty()) {
            return plan;
        }
        List<String> steps = new ArrayList<>();
        for (String user : plan.users()) {
            try {
                if (accounts.groups(user).stream().anyMatch(Governance.GROUPS::contains)) {
                    steps.add(Texts.say("govern.already", user));
                    continue;
                }
                record(admin, user, "GOVERN");
                accounts.addToGroup(user, GROUP);
                steps.add(Texts.say("govern.added", user, GROUP));
            } catch (NameServiceException | StorageException e) {
                return new Plan(
                        subject,
                        plan.users(),
                        steps,
                        plan.warnings(),
                        user + ": " + e.getMessage());
            }
        }
        return new Plan(subject, plan.users(), steps, plan.warnings(), "");
    }

    Plan ungovern(String subject, String admin) {
        List<String> steps = new ArrayList<>();
        try {
            List<String> users = users(subject);
            if (users.isEmpty()) {
                return fault(subject, unknown(subject));
            }
            for (String user : users) {
                List<String> groups = accounts.groups(user);
                boolean governed = false;
                for (String group : Governance.GROUPS) {
                    if (groups.contains(group)) {
                        governed = true;
                        record(admin, user, "UNGOVERN");
                        accounts.removeFromGroup(user, group);
                        steps.add(Texts.say("govern.removed", user, group));
                    }
                }
                if (!governed) {
                    steps.add(Texts.say("govern.not", user));
                }
            }
            return new Plan(subject, users, steps, List.of(), "");
        } catch (NameServiceException | StorageException e) {
            return new Plan(subject, List.of(), steps, List.of(), String.valueOf(e.getMessage()));
        }
    }

    /** Empty when the name service does not answer: nobody is shown rather than a part. */
    List<String> governed() {
        TreeSet<String> names = new TreeSet<>();
        try {
            for (String group : Governance.GROUPS) {
                accounts.members(group).ifPresent(names::addAll);
            }
        } catch (NameServiceException e) {
            return List.of();
        }
        return List.copyOf(names);
    }

    private Plan planned(String subject) throws NameServiceException {
        if (accounts.members(GROUP).isEmpty()) {
            return fault(subject, Texts.say("govern.install", GROUP));
        }
        List<String> users = users(subject);
        if (users.isEmpty()) {
            return fault(subject, unknown(subject));
        }
        List<String> steps = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        for (String user : users) {
            Optional<Account> account = accounts.byName(user);
            if (account.isEmpty()) {
                return fault(subject, Texts.say("govern.no_user", user));
            }
            if (account.get().uid() == 0) {
                return fault(subject, Texts.say("govern.root", user));
            }
            List<String> groups = accounts.groups(user);
            if (groups.contains(BREAK_GLASS)) {
                return fault(subject, Texts.say("govern.emergency", user, BREAK_GLASS));
            }
            steps.add(Texts.say("govern.add", user, GROUP));
            groups.stream()
                    .filter(adminGroups::contains)
                    .forEach(group -> warnings.add(Texts.say("govern.administrator", user, group)));
        }
        return new Plan(subject, users, steps, warnings, "");
    }

    private List<String> users(String subject) throws NameServiceException {
        if (subject.startsWith("%")) {
            return accounts.members(subject.substring(1)).orElse(List.of());
        }
        return accounts.byName(subject).map(account -> List.of(account.name())).orElse(List.of());
    }

    private void record(String admin, String user, String outcome) throws StorageException {
        audit.append(
                AuditDraft.of(AuditType.CONFIGURATION_CHANGED, outcome)
                        .admin(AuditDraft.UserInfo.of(admin, 0))
                        .reason(
                                outcome.equals("GOVERN")
                                        ? user + " is brought under policy"
                                        : user + " is taken out of policy")
                        .detail("user", user)
                        .build());
    }

    private static String unknown(String subject) {
        return subject.startsWith("%")
                ? Texts.say("govern.no_group", subject.substring(1))
                : Texts.say("govern.no_user", subject);
    }

    private static Plan fault(String subject, String text) {
        return new Plan(subject, List.of(), List.of(), List.of(), text);
    }
}
