package io.kepm.sudo;

import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.EphemeralAccounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Accounts in memory. */
final class FakeEphemeralAccounts implements EphemeralAccounts {

    final List<String> made = new ArrayList<>();
    final List<String> removed = new ArrayList<>();
    private final Consumer<Account> added;

    /**
     * @param added hears of each that is made
     */
    FakeEphemeralAccounts(Consumer<Account> added) {
        this.added = added;
    }

    @Override
    public Account create(String grantId, List<Long> groups) {
        made.add(grantId + " " + groups);
        Account account =
                new Account(
                        "made-for-" + grantId, 57001, 57001, "/homes/" + grantId, "/sbin/nologin");
        added.accept(account);
        return account;
    }

    @Override
    public void remove(String name) {
        removed.add(name);
    }

    @Override
    public Set<String> present() {
        return Set.of();
    }
}
