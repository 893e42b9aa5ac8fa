package io.kepm.elevation;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.elevation.Governance;
import io.kepm.api.elevation.Governance.Plan;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.Member;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the members of groups that the site names, mostly of a directory, under policy: who comes
 * into one is governed, who leaves all of them is not any more. Whom an administrator brought under
 * policy stays.
 *
 * <p>A directory that is away may answer with a part of a group, or with none of it. So nobody
 * leaves while it is not known who is in a group, or when all of them seem empty; who is not in a
 * list any more is asked for his own groups first; and who is in none by these either leaves when
 * that is still so after {@value #LOOKS_UNTIL_GONE} looks in a row.
 *
 * <p>{@link #look} is for one thread; {@link #byHand} for any, which waits for the move of one
 * person at most.
 */
final class GroupMirror {

    private static final Logger LOG = LoggerFactory.getLogger(GroupMirror.class);

    /** In {@link Table#AGENT_STATE}: names, a line each, of those who are governed by it. */
    static final String KEY = "governed.mirrored";

    /** Moves of one look: each starts a program. */
    static final int MOST_AT_ONCE = 100;

    /** Names of one look that are tried, for each direction; the next one goes on after them. */
    static final int MOST_TRIED = 500;

    /** Looks, of which there is one a minute, that have to see somebody in no group. */
    static final int LOOKS_UNTIL_GONE = 5;

    private static final String BY = "governedGroups";

    private final List<String> groups;
    private final Accounts accounts;
    private final Membership membership;
    private final AuditLog audit;
    private final TreeSet<String> mirrored;
    private final Map<String, Integer> missed = new HashMap<>();
    private String lastCome = "";
    private String lastGone = "";
    private String fault = "";
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
        fault = "";
        NavigableSet<String> wanted = new TreeSet<>();
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
        move(wanted, governed);
        tell(fault);
    }

    private void move(NavigableSet<String> wanted, Set<String> governed) throws StorageException {
        NavigableSet<String> gone = mirrored();
        if (wanted.isEmpty() && !groups.isEmpty() && !gone.isEmpty()) {
            fault = "the groups are empty: nobody is taken out of policy";
            return;
        }
        gone.removeAll(wanted);
        missed.keySet().retainAll(gone);
        wanted.removeAll(governed);
        int left = MOST_AT_ONCE;
        for (String user : turn(wanted, lastCome)) {
            if (left > 0) {
                lastCome = user;
                left -= govern(user) ? 1 : 0;
            }
        }
        for (String user : turn(gone, lastGone)) {
            if (left > 0) {
                lastGone = user;
                left -= leave(user, governed.contains(user)) ? 1 : 0;
            }
        }
    }

    /** Whose turn it is: those after the last one that was tried, then the others. */
    private static List<String> turn(NavigableSet<String> names, String last) {
        return Stream.concat(
                        names.tailSet(last, false).stream(), names.headSet(last, true).stream())
                .limit(MOST_TRIED)
                .toList();
    }

    private synchronized NavigableSet<String> mirrored() {
        return new TreeSet<>(mirrored);
    }

    /**
     * Whether somebody was moved. What is kept comes first: a crash leaves nobody forgotten, who is
     * not in the group afterwards is not kept.
     */
    private synchronized boolean govern(String user) throws StorageException {
        Plan plan = membership.plan(user);
        if (plan.fault().isEmpty()) {
            if (isGoverned(user)) {
                return false;
            }
            mirrored.add(user);
            keep();
            plan = membership.govern(user, BY);
        }
        if (!plan.fault().isEmpty()) {
            fault = plan.fault();
            if (mirrored.contains(user) && !isGoverned(user)) {
                mirrored.remove(user);
                keep();
            }
            return false;
        }
        return true;
    }

    /** As it is now; who can't be asked for counts as one. */
    private boolean isGoverned(String user) {
        try {
            return accounts.groups(user).stream().anyMatch(Governance.GROUPS::contains);
        } catch (NameServiceException e) {
            return true;
        }
    }

    /** Whether somebody was moved. A list may lack him; his own groups decide. */
    private synchronized boolean leave(String user, boolean governed) throws StorageException {
        if (!mirrored.contains(user)) {
            // An administrator's since this look began.
            return false;
        }
        try {
            Optional<Member> member = accounts.member(user);
            if (member.isPresent() && member.get().groups().stream().anyMatch(groups::contains)) {
                missed.remove(user);
                return false;
            }
            if (member.isEmpty() && governed) {
                fault = "`" + user + "` is governed and has no account";
                return false;
            }
        } catch (NameServiceException e) {
            fault = String.valueOf(e.getMessage());
            return false;
        }
        if (!groups.isEmpty() && missed.merge(user, 1, Integer::sum) < LOOKS_UNTIL_GONE) {
            return false;
        }
        if (governed) {
            Plan plan = membership.ungovern(user, BY);
            if (!plan.fault().isEmpty()) {
                fault = plan.fault();
                return false;
            }
        }
        missed.remove(user);
        mirrored.remove(user);
        keep();
        return governed;
    }

    /** Brings somebody under policy for an administrator: he stays, whatever a directory says. */
    synchronized Plan byHand(String subject, String admin) {
        Plan plan = membership.govern(subject, admin);
        List<String> kept = plan.users().stream().filter(mirrored::contains).toList();
        if (!plan.fault().isEmpty() || kept.isEmpty()) {
            return plan;
        }
        List<String> steps = new ArrayList<>(plan.steps());
        String failed = "";
        try {
            mirrored.removeAll(kept);
            keep();
            kept.forEach(user -> steps.add(Texts.say("govern.stays", user)));
        } catch (StorageException e) {
            mirrored.addAll(kept);
            failed =
                    Texts.say(
                            "govern.unkept",
                            String.join(", ", kept),
                            String.valueOf(e.getMessage()));
        }
        return new Plan(subject, plan.users(), steps, plan.warnings(), failed);
    }

    private void keep() throws StorageException {
        byte[] names = String.join("\n", mirrored).getBytes(StandardCharsets.UTF_8);
        audit.commit(
                new Change(List.of(new Mutation.Put(Table.AGENT_STATE, KEY, names)), List.of()));
    }

    /** Once, until it is another thing. */
    private void tell(String now) {
        if (!now.isEmpty() && !now.equals(told)) {
            LOG.warn("not all of the groups in `governedGroups` is under policy: {}", now);
        }
        told = now;
    }
}
