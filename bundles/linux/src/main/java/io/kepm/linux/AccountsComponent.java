package io.kepm.linux;

import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Commands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Offers users and groups, read anew each time. Safe for use by many threads. */
@Component
public final class AccountsComponent implements Accounts {

    private static final int THREADS = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final NameService names;
    private final PatientPool pool;
    private final LocalGroups localGroups;

    @Activate
    public AccountsComponent(@Reference Commands commands) {
        this(commands, new NameService(), PATIENCE);
    }

    AccountsComponent(Commands commands, NameService names, Duration deadline) {
        this.names = names;
        this.pool = new PatientPool(THREADS, deadline);
        this.localGroups = new LocalGroups(commands);
    }

    @Override
    public void patience(Duration longest) {
        pool.patience(longest);
    }

    @Override
    public Optional<Account> byName(String name) throws NameServiceException {
        if (!AccountName.isAskable(name)) {
            return Optional.empty();
        }
        return pool.ask("user `" + name + "`", () -> names.byName(name));
    }

    @Override
    public Optional<Account> byUid(long uid) throws NameServiceException {
        if (uid < 0 || uid > 0xffff_ffffL) {
            return Optional.empty();
        }
        return pool.ask("uid " + uid, () -> names.byUid(uid));
    }

    @Override
    public List<String> groups(String userName) throws NameServiceException {
        if (!AccountName.isAskable(userName)) {
            throw new NameServiceException("`" + userName + "` is not a user name");
        }
        String what = "groups of user `" + userName + "`";
        return pool.ask(
                what,
                () ->
                        names.groups(
                                names.byName(userName)
                                        .orElseThrow(
                                                () ->
                                                        new NameServiceException(
                                                                what + ": no such user"))));
    }

    @Override
    public List<Long> groupIds(String userName) throws NameServiceException {
        if (!AccountName.isAskable(userName)) {
            throw new NameServiceException("`" + userName + "` is not a user name");
        }
        return pool.ask("group numbers of user `" + userName + "`", () -> numbers(userName));
    }

    private List<Long> numbers(String userName) throws NameServiceException {
        Account account =
                names.byName(userName)
                        .orElseThrow(
                                () -> new NameServiceException("`" + userName + "`: no such user"));
        List<Long> numbers = new ArrayList<>();
        for (int gid : NameService.gids(account)) {
            numbers.add(Integer.toUnsignedLong(gid));
        }
        return numbers;
    }

    @Override
    public Optional<Member> member(String userName) throws NameServiceException {
        return beginMember(userName).await();
    }

    @Override
    public LookUp<Optional<Member>> beginMember(String userName) throws NameServiceException {
        if (!AccountName.isAskable(userName)) {
            return Optional::empty;
        }
        return pool.begin("user `" + userName + "` with groups", () -> namesMember(userName));
    }

    private Optional<Member> namesMember(String userName) throws NameServiceException {
        Optional<Account> account = names.byName(userName);
        return account.isPresent()
                ? Optional.of(new Member(account.get(), names.groups(account.get())))
                : Optional.empty();
    }

    @Override
    public Optional<List<String>> members(String groupName) throws NameServiceException {
        if (!AccountName.isAskable(groupName)) {
            return Optional.empty();
        }
        return pool.ask("group `" + groupName + "`", () -> names.members(groupName));
    }

    @Override
    public Watch watch(Departures departures) {
        return LocalAccounts.watch(departures);
    }

    @Override
    public void addToGroup(String userName, String groupName) throws NameServiceException {
        if (!requireMembers(groupName).contains(userName)) {
            localGroups.add(userName, groupName);
            if (!requireMembers(groupName).contains(userName)) {
                throw new NameServiceException(
                        "user `" + userName + "` is still not in group `" + groupName + "`");
            }
        }
    }

    @Override
    public void removeFromGroup(String userName, String groupName) throws NameServiceException {
        if (requireMembers(groupName).contains(userName)) {
            localGroups.remove(userName, groupName);
            if (requireMembers(groupName).contains(userName)) {
                throw new NameServiceException(
                        "user `" + userName + "` is still in group `" + groupName + "`");
            }
        }
    }

    private List<String> requireMembers(String groupName) throws NameServiceException {
        return members(groupName)
                .orElseThrow(
                        () -> new NameServiceException("there is no group `" + groupName + "`"));
    }

    @Deactivate
    public void stop() {
        pool.close();
    }
}
