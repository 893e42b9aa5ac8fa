package io.kepm.elevation;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.elevation.Governance;
import io.kepm.api.elevation.Governance.Plan;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the members of groups that the site names, mostly of a directory, under policy: who comes
 * into one is governed, who leaves all of them is not any more. Whom an administrator brought under
 * policy stays. While it is not known who is in a group, nobody leaves. For one thread.
 */
final class GroupMirror {

    private static final Logger LOG = LoggerFactory.getLogger(GroupMirror.class);

    /** In {@link Table#AGENT_STATE}: names, a line each, of those who are governed by it. */
    static final String KEY = "governed.mirrored";

    /** Moves of one look: each starts a program. */
    static final int MOST_AT_ONCE = 100;

    private static final String BY = "governedGroups";

    private final List<String> groups;
    private final Accounts accounts;
    private final Membership membership;
    private final AuditLog audit;
    private final TreeSet<String> mirrored;
    private String told = "";

    GroupMirror(
            List<String> groups,
            Accounts accounts,
            Membership membership,
            Storage storage,
            AuditLog audit)
            throws StorageException {
        this.groups = List.copyOf(groups);
        this.accounts = accounts;
        this.membership = membership;
        this.audit = audit;
        Optional<byte[]> stored = storage.get(Table.AGENT_STATE, KEY);
        mirrored =
                new TreeSet<>(
                        stored.map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                                .map(text -> text.lines().toList())
                                .orElse(List.of()));
    }

    /** Whether there is anything to look at. */
    boolean hasWork() {
        return !groups.isEmpty() || !mirrored.isEmpty();
    }

    /** Brings both into line, as far as {@value #MOST_AT_ONCE} moves lead. */
    void look() throws StorageException {
        Set<String> wanted = new TreeSet<>();
        Set<String> governed = new HashSet<>();
        try {
            for (String group : Governance.GROUPS) {
                accounts.members(group).ifPresent(governed::addAll);
            }
            for (String group : groups) {
                Optional<List<String>> members = accounts.members(group);
                if (members.isEmpty()) {
                    tell("there is no group `" + group + "`");
                    return;
                }
                wanted.addAll(members.get());
            }
        } catch (NameServiceException e) {
            tell(String.valueOf(e.getMessage()));
            return;
        }
        String fault = move(wanted, governed);
        tell(fault);
    }

    private String move(Set<String> wanted, Set<String> governed) throws StorageException {
        String fault = "";
        int left = MOST_AT_ONCE;
        for (String user : wanted) {
            if (left > 0 && !governed.contains(user)) {
                left--;
                fault = govern(user).orElse(fault);
            }
        }
        for (String user : List.copyOf(mirrored)) {
            if (left > 0 && !wanted.contains(user)) {
                left--;
                fault = ungovern(user, governed.contains(user)).orElse(fault);
            }
        }
        return fault;
    }

    /** Why not; empty when it is so. What is kept comes first: a crash leaves nobody forgotten. */
    private Optional<String> govern(String user) throws StorageException {
        Plan plan = membership.plan(user);
        if (!plan.fault().isEmpty()) {
            return Optional.of(plan.fault());
        }
        mirrored.add(user);
        keep();
        return fault(membership.govern(user, BY));
    }

    private Optional<String> ungovern(String user, boolean governed) throws StorageException {
        Optional<String> fault = governed ? fault(membership.ungovern(user, BY)) : Optional.empty();
        if (fault.isEmpty()) {
            mirrored.remove(user);
            keep();
        }
        return fault;
    }

    private static Optional<String> fault(Plan plan) {
        return plan.fault().isEmpty() ? Optional.empty() : Optional.of(plan.fault());
    }

    private void keep() throws StorageException {
        byte[] names = String.join("\n", mirrored).getBytes(StandardCharsets.UTF_8);
        audit.commit(
                new Change(List.of(new Mutation.Put(Table.AGENT_STATE, KEY, names)), List.of()));
    }

    /** Once, until it is another thing. */
    private void tell(String fault) {
        if (!fault.isEmpty() && !fault.equals(told)) {
            LOG.warn("not all of the groups in `governedGroups` is under policy: {}", fault);
        }
        told = fault;
    }
}
