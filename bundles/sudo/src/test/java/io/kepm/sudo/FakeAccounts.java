package io.kepm.sudo;

import io.kepm.api.linux.Accounts;
import java.util.List;
import java.util.Optional;

/** A machine without users. */
class FakeAccounts implements Accounts {

    @Override
    public Optional<Account> byName(String name) {
        return Optional.empty();
    }

    @Override
    public Optional<Account> byUid(long uid) {
        return Optional.empty();
    }

    @Override
    public List<String> groups(String userName) {
        return List.of();
    }

    @Override
    public Optional<List<String>> members(String groupName) {
        return Optional.empty();
    }

    @Override
    public void addToGroup(String userName, String groupName) {}

    @Override
    public void removeFromGroup(String userName, String groupName) {}
}
