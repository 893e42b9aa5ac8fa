package io.kepm.elevation;

import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.Scopes;
import io.kepm.api.storage.StorageException;
import io.kepm.elevation.GrantLife.Ending;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings grants and what runs into line: before the doors open, then by a look at the clocks each
 * second and at the rest each minute. For one thread.
 */
final class Reconciler {

    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

    /** A clock that is set back by more than this ends time-limited grants. */
    private static final Duration MOST_BACK = Duration.ofSeconds(60);

    private static final Duration UNTIL_GONE = Duration.ofSeconds(2);

    private final Grants grants;
    private final GrantEnds ends;
    private final LastWarning warning;
    private final Scopes scopes;
    private final Accounts accounts;
    private final Clocks clocks;
    private final boolean killsAtExpiry;

    /** When what was asked to end is killed, by grant; in time since boot. */
    private final Map<String, Duration> killAt = new HashMap<>();

    /** Grants that are being ended, by which nothing ran any more at the look before this one. */
    private final Set<String> goneBefore = new HashSet<>();

    /** Scopes without a grant that the look before this one saw. */
    private Set<String> leftBefore = Set.of();

    private Instant bootTime;

    Reconciler(
            Grants grants,
            GrantEnds ends,
            LastWarning warning,
            Scopes scopes,
            Accounts accounts,
            Clocks clocks,
            boolean killsAtExpiry) {
        this.grants = grants;
        this.ends = ends;
        this.warning = warning;
        this.scopes = scopes;
        this.accounts = accounts;
        this.clocks = clocks;
        this.killsAtExpiry = killsAtExpiry;
        bootTime = clocks.read().bootTime();
    }

    /** Before the doors open: nothing is left afterwards that should not be. */
    void begin() throws StorageException {
        each(
                stored -> {
                    if (!stored.bootId().equals(grants.bootId())) {
                        ends.ofAnotherBoot(stored);
                    } else if (stored.life().ending().kills()) {
                        ends.kill(stored, Duration.ZERO);
                    }
                });
        Set<String> left = left();
        left.forEach(this::undo);
        awaitGone(left);
        tick();
        sweep();
    }

    /** Once a second: what has to end by the clocks. */
    void tick() throws StorageException {
        Clocks.Reading now = clocks.read();
        boolean setBack = now.bootTime().isBefore(bootTime.minus(MOST_BACK));
        bootTime = now.bootTime();
        each(
                stored -> {
                    if (stored.life().ending() == Ending.NONE) {
                        judge(stored, now, setBack);
                    } else {
                        ending(stored, now);
                    }
                });
        killAt.keySet().removeIf(id -> grants.find(id).isEmpty());
        goneBefore.removeIf(id -> grants.find(id).isEmpty());
        warning.forget(grants);
    }

    private void judge(StoredGrant stored, Clocks.Reading now, boolean setBack)
            throws StorageException {
        if (stored.life().limited() && (setBack || wasSetBack(stored, now))) {
            ends.revoke(stored, "the clock was set back");
        } else if (now.isOver(stored)) {
            ends.expire(stored, killsAtExpiry);
        } else if (stored.life().closed() && !ends.leaves(stored)) {
            ends.emptied(stored);
        } else if (killsAtExpiry) {
            warning.give(stored, now);
        }
    }

    /** Since the grant began, also while no agent ran. */
    private static boolean wasSetBack(StoredGrant stored, Clocks.Reading now) {
        Instant then = stored.grant().from().minus(stored.life().from());
        return now.bootTime().isBefore(then.minus(MOST_BACK));
    }

    /** Whoever stopped the agent may have stopped it between the asking and the killing. */
    private void ending(StoredGrant stored, Clocks.Reading now) throws StorageException {
        if (!ends.sudoRuns(stored) && !ends.leaves(stored)) {
            // The last word of a sudo that ended just now may be on its way.
            if (stored.life().closed() || !goneBefore.add(stored.id())) {
                boolean done = stored.life().closed() ? ends.emptied(stored) : ends.unheard(stored);
                LOG.debug("grant {} is over: {}", stored.id(), done);
            }
        } else if (stored.life().ending().kills()) {
            Duration at =
                    killAt.computeIfAbsent(
                            stored.id(),
                            id -> now.sinceBoot().plus(GrantEnds.GRACE).plusSeconds(1));
            if (now.sinceBoot().compareTo(at) > 0) {
                ends.kill(stored, Duration.ZERO);
            }
        }
    }

    /** Once a minute: whose process is gone, who is somebody else now, what nobody holds. */
    void sweep() throws StorageException {
        Map<Long, Optional<String>> owners = owners();
        each(
                stored -> {
                    if (stored.life().ending() == Ending.NONE) {
                        look(stored, owners.getOrDefault(stored.grant().uid(), Optional.empty()));
                    }
                });
        undoWhatStayed();
    }

    /**
     * @param owner whose the uid is now: a name, nobody's when that is empty; absent when not known
     */
    private void look(StoredGrant stored, Optional<String> owner) throws StorageException {
        if (owner.isPresent() && !owner.get().equals(stored.grant().user())) {
            ends.revoke(stored, "uid " + stored.grant().uid() + " is " + named(owner.get()));
        } else if (!stored.life().closed() && !ends.sudoRuns(stored)) {
            boolean done = ends.unheard(stored);
            LOG.debug("grant {} is over: {}", stored.id(), done);
        } else if (stored.life().scoped() && !stored.life().closed() && !ends.inScope(stored)) {
            ends.revoke(stored, "its command is not in the scope that it was put into");
        }
    }

    @FunctionalInterface
    private interface Step {
        void of(StoredGrant stored) throws StorageException;
    }

    /** What fails for one grant keeps none of the others. */
    private void each(Step step) throws StorageException {
        Optional<StorageException> fault = Optional.empty();
        for (StoredGrant stored : grants.all()) {
            try {
                step.of(stored);
            } catch (StorageException e) {
                fault = Optional.of(e);
            }
        }
        if (fault.isPresent()) {
            throw fault.get();
        }
    }

    private static String named(String owner) {
        return owner.isEmpty() ? "nobody's any more" : "`" + owner + "` now";
    }

    /** Whose the uids of grants are: the name, or an empty one; absent when nobody can say now. */
    private Map<Long, Optional<String>> owners() {
        Map<Long, Optional<String>> owners = new HashMap<>();
        try {
            for (StoredGrant stored : grants.all()) {
                long uid = stored.grant().uid();
                if (!owners.containsKey(uid)) {
                    owners.put(uid, Optional.of(accounts.byUid(uid).map(Account::name).orElse("")));
                }
            }
        } catch (NameServiceException e) {
            LOG.warn("whose the grants are is looked up again in a minute: {}", e.getMessage());
        }
        return owners;
    }

    /** What two looks in a row saw: a sudo that is about to go is none of it. */
    private void undoWhatStayed() {
        Set<String> left = left();
        Set<String> stayed = new HashSet<>(left);
        stayed.retainAll(leftBefore);
        stayed.forEach(this::undo);
        leftBefore = left;
    }

    /** Scopes that no grant holds. */
    private Set<String> left() {
        try {
            Set<String> left = new HashSet<>(scopes.present());
            grants.all().stream().filter(s -> s.life().scoped()).forEach(s -> left.remove(s.id()));
            return left;
        } catch (IOException e) {
            LOG.error("the scopes of grants can't be seen: {}", e.getMessage());
            return Set.of();
        }
    }

    private void undo(String id) {
        try {
            LOG.warn("what runs in the scope of grant {}, which is over, is ended", id);
            scopes.end(id, Duration.ZERO);
        } catch (IOException e) {
            LOG.error("the scope of grant {} can't be ended: {}", id, e.getMessage());
        }
    }

    private void awaitGone(Set<String> ids) {
        long end = System.nanoTime() + UNTIL_GONE.toNanos();
        try {
            for (String id : ids) {
                while (!scopes.members(id).isEmpty() && System.nanoTime() < end) {
                    Thread.sleep(10);
                }
                if (!scopes.members(id).isEmpty()) {
                    LOG.error("something in the scope of grant {} does not end", id);
                }
            }
        } catch (IOException e) {
            LOG.error("the scopes of grants can't be seen: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
