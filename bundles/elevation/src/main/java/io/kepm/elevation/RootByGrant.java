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
 * root. The last two hold for what a command left in the background as well. Inside a live grant of
 * {@code AllowProtected}, and of no other, it is root in its own right. Safe for use by many
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

    private enum Place {
        INSIDE,
        OUTSIDE,
        /** It can't be seen: whatever gives less. */
        UNKNOWN
    }

    Optional<String> reason(Origin origin) {
        boolean trusted = false;
        for (StoredGrant stored : grants.all()) {
            Place place = place(stored, origin);
            if (place != Place.OUTSIDE && !isTrusted(stored)) {
                return Optional.of(
                        Texts.say("inside.grant", stored.grant().id(), stored.grant().user()));
            }
            trusted |= place == Place.INSIDE;
        }
        return trusted ? Optional.empty() : ofLogin(origin.loginUid());
    }

    /** What is being ended, or runs on after its command, has nothing more by its grant. */
    private static boolean isTrusted(StoredGrant stored) {
        return stored.allowProtected()
                && !stored.life().closed()
                && stored.life().ending() == GrantLife.Ending.NONE;
    }

    private Place place(StoredGrant stored, Origin origin) {
        Origin.Step asked = new Origin.Step(stored.pid(), stored.started());
        if (stored.started() != 0 && origin.line().contains(asked)) {
            return Place.INSIDE;
        }
        if (!stored.life().scoped()) {
            return Place.OUTSIDE;
        }
        try {
            Set<Integer> members = scopes.members(stored.id());
            return origin.line().stream().anyMatch(step -> members.contains(step.pid()))
                    ? Place.INSIDE
                    : Place.OUTSIDE;
        } catch (IOException e) {
            return Place.UNKNOWN;
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
                return Optional.of(Texts.say("inside.nobody", uid));
            }
            String name = account.get().name();
            return accounts.groups(name).stream().anyMatch(Governance.GROUPS::contains)
                    ? Optional.of(Texts.say("inside.login", name))
                    : Optional.empty();
        } catch (NameServiceException e) {
            return Optional.of(Texts.say("inside.unknown", String.valueOf(e.getMessage())));
        }
    }
}
