package io.kepm.elevation;

import io.kepm.api.linux.EphemeralAccounts;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accounts that were made for a grant and outlived it: of a crash, or since something of theirs
 * could not be removed. For one thread, which may wait long for a process that does not end.
 */
final class LeftAccounts {

    private static final Logger LOG = LoggerFactory.getLogger(LeftAccounts.class);

    private final EphemeralAccounts accounts;
    private final Grants grants;
    private Set<String> before = Set.of();

    LeftAccounts(EphemeralAccounts accounts, Grants grants) {
        this.accounts = accounts;
        this.grants = grants;
    }

    /** Before the doors open: none is about to be used. */
    void begin() {
        left().forEach(this::remove);
    }

    /** Those that two looks in a row saw: a grant that just begins is none yet. */
    void look() {
        Set<String> left = left();
        left.stream().filter(before::contains).forEach(this::remove);
        before = left;
    }

    private Set<String> left() {
        try {
            Set<String> left = new HashSet<>(accounts.present());
            grants.all().forEach(stored -> left.remove(EphemeralAccounts.name(stored.id())));
            return left;
        } catch (IOException | RuntimeException e) {
            LOG.error("which accounts were made for grants can't be seen: {}", e.getMessage());
            return Set.of();
        }
    }

    private void remove(String name) {
        try {
            LOG.warn("the account `{}` has no grant any more, and is removed", name);
            accounts.remove(name);
        } catch (IOException | RuntimeException e) {
            LOG.error("the account `{}` can't be removed yet: {}", name, e.getMessage());
        }
    }
}
