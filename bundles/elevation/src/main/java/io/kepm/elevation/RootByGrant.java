package io.kepm.elevation;

import io.kepm.api.elevation.Governance;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.Origin;
import java.util.Optional;

/**
 * Whether a root process is one by a grant: it descends from a granted sudo, or the login that it
 * runs in is that of somebody governed, who has no other way to be root. The second holds for what
 * a command left in the background as well. Safe for use by many threads.
 */
final class RootByGrant {

    private final Grants grants;
    private final Accounts accounts;

    RootByGrant(Grants grants, Accounts accounts) {
        this.grants = grants;
        this.accounts = accounts;
    }

    Optional<String> reason(Origin origin) {
        return grants.among(origin.line())
                .map(
                        stored ->
                                "inside the grant "
                                        + stored.grant().id()
                                        + " of `"
                                        + stored.grant().user()
                                        + "`")
                .or(() -> ofLogin(origin.loginUid()));
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
