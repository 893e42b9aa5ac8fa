package io.kepm.https;

import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.SocketOwners;
import io.kepm.api.trust.Launches;
import io.kepm.api.trust.Launches.Reach;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who on this machine connects, and for whom room is kept: however many accounts knock, those who
 * run it get in. It says how many one has, and proves nothing about a request. Safe for use by many
 * threads; who is in a group is looked up by {@link #look} alone, so that nobody waits for it at a
 * door.
 */
final class Neighbours {

    private static final Logger LOG = LoggerFactory.getLogger(Neighbours.class);
    private static final long ROOT = 0;

    /** Accounts of the system, such as those of plugins and of Prometheus. */
    private static final long FIRST_USER = 1000;

    private final SocketOwners owners;
    private final Launches launches;
    private final Accounts accounts;
    private volatile Set<Long> readers = Set.of();

    Neighbours(SocketOwners owners, Launches launches, Accounts accounts) {
        this.owners = owners;
        this.launches = launches;
        this.accounts = accounts;
    }

    /** Who connects over TCP; whoever can't be told, also since he has left, is unknown. */
    Guest guest(InetSocketAddress peer, InetSocketAddress here) {
        try {
            return owners.ownerOf(peer, here).map(this::guest).orElse(Guest.UNKNOWN);
        } catch (IOException e) {
            LOG.debug("the owner of a connection could not be asked for: {}", e.getMessage());
            return Guest.UNKNOWN;
        }
    }

    /** Root and plugins come first; what else is of the user as whom a plugin runs does not. */
    private Guest guest(SocketOwners.Owner owner) {
        boolean first =
                owner.uid() == ROOT
                        || launches.reachOf(owner).filter(Reach.PLUGIN::equals).isPresent();
        return guest(owner.uid(), first);
    }

    /**
     * Who it is where the uid is known.
     *
     * @param first see {@link Guest}
     */
    Guest guest(long uid, boolean first) {
        return new Guest(uid, owners.answersFor(uid), first, first || isExpected(uid));
    }

    private boolean isExpected(long uid) {
        return (uid >= ROOT && uid < FIRST_USER) || readers.contains(uid);
    }

    /** Looks who is in the groups that read; who can't be looked up now stays what he was. */
    void look() {
        try {
            Set<Long> found = new HashSet<>();
            for (String group : List.of(Contract.MONITOR, Contract.AUDITORS)) {
                for (String name : accounts.members(group).orElse(List.of())) {
                    Optional<Account> account = accounts.byName(name);
                    account.ifPresent(one -> found.add(one.uid()));
                }
            }
            readers = Set.copyOf(found);
        } catch (NameServiceException e) {
            LOG.debug("who reads health and audit is as before: {}", e.getMessage());
        }
    }
}
