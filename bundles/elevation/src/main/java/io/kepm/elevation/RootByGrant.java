package io.kepm.elevation;

import io.kepm.api.elevation.Governance;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.Origin;
import io.kepm.api.linux.Scopes;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a root process is one by a grant: it descends from a granted sudo, it runs in the scope
 * of a grant, or the login that it runs in is that of somebody governed, who has no other way to be
 * root. The last two hold for what a command left in the background as well. Safe for use by many
 * threads.
 */
final class RootByGrant {

    private final Grants grants;
    private final Scopes scopes;
    private final Accounts accounts;

    RootByGrant(Grants grants, Scopes scopes, Accounts accounts) {
        this.grants = grants;
        this.scopes = scopes;
        this.accounts = accounts;
    }

    Optional<String> reason(Origin origin) {
        return grants.among(origin.line())
                .or(() -> inScope(origin))
                .map(
                        stored ->
                                "inside the grant "
                                        + stored.grant().id()
                                        + " of `"
                                        + stored.grant().user()
                                        + "`")
                .or(() -> ofLogin(origin.loginUid()));
    }

    /** What can't be seen counts as inside. */
    private Optional<StoredGrant> inScope(Origin origin) {
        return grants.all().stream()
                .filter(stored -> stored.life().scoped() && holds(stored, origin))
                .findFirst();
    }

    private boolean holds(StoredGrant stored, Origin origin) {
        try {
            Set<Integer> members = scopes.members(stored.id());
            return origin.line().stream().anyMatch(step -> members.contains(step.pid()));
        } catch (IOException e) {
            return true;
        }
    }

    private Optional<String> ofLogin(long uid) {
        if (uid <= 0) {
            // Nobody logged in (a service), or root did.
            return Optional.empty();
        }
        try {
            Optional<Account> account = accounts.byUid(uid);
            if (account.isEmpty()) {
                return Optional.of("in the login of user " + uid + ", who has no account");
            }
            String name = account.get().name();
            return accounts.groups(name).stream().anyMatch(Governance.GROUPS::contains)
                    ? Optional.of("in the login of `" + name + "`, who is governed")
                    : Optional.empty();
        } catch (NameServiceException e) {
            return Optional.of("whose login it is could not be looked up: " + e.getMessage());
        }
    }
}
