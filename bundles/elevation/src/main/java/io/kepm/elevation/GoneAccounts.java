package io.kepm.elevation;

import io.kepm.api.elevation.Grant;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.storage.StorageException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was given to an account that is gone ends for good, also when an account of the same name
 * and number is made right after it: nobody can tell that it is the same person's
 * (docs/decisions/0024). Hears of accounts on any thread; looks on one.
 */
final class GoneAccounts implements Accounts.Departures {

    static final String WHY = "its account was deleted";

    private static final Logger LOG = LoggerFactory.getLogger(GoneAccounts.class);

    private final Grants grants;
    private final GrantEnds ends;
    private final RequestBook book;
    private final Accounts accounts;
    private final Runnable lookSoon;

    /** Of grants and requests that were there when their accounts went. */
    private final Set<String> grantsLeft = ConcurrentHashMap.newKeySet();

    private final Set<String> requestsLeft = ConcurrentHashMap.newKeySet();

    /**
     * @param lookSoon has {@link #look} called at once, on its thread: whoever comes after may ask
     *     within a tenth of a second
     */
    GoneAccounts(
            Grants grants, GrantEnds ends, RequestBook book, Accounts accounts, Runnable lookSoon) {
        this.grants = grants;
        this.ends = ends;
        this.book = book;
        this.accounts = accounts;
        this.lookSoon = lookSoon;
    }

    /** What comes later is of whoever comes later. */
    @Override
    public void gone(String name, long uid, Instant before) {
        for (StoredGrant stored : grants.all()) {
            Grant grant = stored.grant();
            if (grant.uid() == uid && grant.user().equals(name) && grant.from().isBefore(before)) {
                grantsLeft.add(stored.id());
            }
        }
        book.list(
                        request ->
                                request.uid() == uid
                                        && request.user().equals(name)
                                        && request.createdMillis() < before.toEpochMilli())
                .forEach(request -> requestsLeft.add(request.id()));
        if (!grantsLeft.isEmpty() || !requestsLeft.isEmpty()) {
            lookSoon.run();
        }
    }

    /**
     * When somebody is gone, and once a second: ends what is left; what could not be recorded is
     * tried again.
     */
    void look() throws StorageException {
        // The end of a command may take its time: these don't wait for it.
        for (String id : Set.copyOf(requestsLeft)) {
            book.revoke(id, WHY);
            requestsLeft.remove(id);
        }
        for (String id : Set.copyOf(grantsLeft)) {
            Optional<StoredGrant> open =
                    grants.find(id).filter(stored -> !stored.life().ending().kills());
            if (open.isPresent()) {
                LOG.warn("grant {} ends: {}", id, WHY);
                ends.revoke(open.get(), WHY);
            } else {
                grantsLeft.remove(id);
            }
        }
    }

    /** Once a minute, and at the start: whose requests are somebody else's now, or nobody's. */
    void sweep() throws StorageException {
        Map<Long, Optional<String>> owners = new HashMap<>();
        for (StoredRequest request : book.list(one -> !one.state().isFinal())) {
            Optional<String> owner =
                    owners.computeIfAbsent(request.uid(), uid -> owner(accounts, uid));
            if (owner.isPresent() && !owner.get().equals(request.user())) {
                book.revoke(request.id(), WHY);
            }
        }
    }

    /** The name, an empty one for nobody; absent when nobody can say now. */
    private static Optional<String> owner(Accounts accounts, long uid) {
        try {
            return Optional.of(accounts.byUid(uid).map(Account::name).orElse(""));
        } catch (NameServiceException e) {
            LOG.debug("whose uid {} is can't be told now", uid, e);
            return Optional.empty();
        }
    }
}
