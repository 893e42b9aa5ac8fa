package io.kepm.mqtt;

import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.policy.EvaluationRequest;
import java.util.Optional;

/** What the system says about the user a process runs as. */
final class People {

    private final Accounts accounts;

    People(Accounts accounts) {
        this.accounts = accounts;
    }

    Optional<EvaluationRequest.User> user(long uid) throws NameServiceException {
        Optional<Account> account = accounts.byUid(uid);
        if (account.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new EvaluationRequest.User(
                        account.get().name(),
                        uid,
                        accounts.groups(account.get().name()),
                        Optional.of(account.get().home()).filter(home -> !home.isEmpty()),
                        Optional.empty()));
    }
}
