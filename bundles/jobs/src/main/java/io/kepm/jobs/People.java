package io.kepm.jobs;

import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.Commands;
import io.kepm.api.linux.LaunchOrder.LaunchUser;
import io.kepm.api.linux.Sessions;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whose process a task is. */
final class People {

    /** Whether a user tries things out with an agent of their own. */
    private static final boolean TRIED = Boolean.getBoolean("kepm.dev");

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Accounts accounts;
    private final Commands commands;
    private final Sessions sessions;

    People(Accounts accounts, Commands commands, Sessions sessions) {
        this.accounts = accounts;
        this.commands = commands;
        this.sessions = sessions;
    }

    /**
     * The user of a task that is not the agent's own: who asked, when an event of the agent says
     * so; or whom a plugin that may launch the job names, as long as that one is logged in; else
     * the only one who is.
     *
     * @throws IOException when there is none, or more than one
     */
    Person userOf(Run run, boolean desktop) throws IOException {
        Optional<Long> asked =
                run.ask().approval().isEmpty()
                        ? run.ask().user()
                        : run.context().find("user.uid").map(uid -> uid.asLong(-1));
        List<Sessions.Session> found =
                sessions.list().stream()
                        .filter(one -> asked.isEmpty() || asked.get() == one.uid())
                        .filter(one -> !desktop || one.isGraphical())
                        .toList();
        List<Long> uids = found.stream().map(Sessions.Session::uid).distinct().toList();
        boolean waits = !run.ask().approval().isEmpty();
        if (uids.isEmpty() && asked.isPresent() && waits && !desktop) {
            return person(asked.get(), Map.of());
        }
        if (uids.size() != 1) {
            throw new IOException(
                    uids.isEmpty()
                            ? desktop
                                    ? "nobody has a desktop here now"
                                    : "nobody is logged in here now"
                            : "several users are logged in, and nothing says for whom it is");
        }
        return person(uids.get(0), desktop ? found.get(0).variables() : Map.of());
    }

    /** As whom the agent itself runs: root, or who tries things out with one of their own. */
    Person agent() throws IOException {
        if (!TRIED) {
            return Person.ROOT;
        }
        LaunchUser user = LaunchUser.ofThisProcess();
        Person person = person(user.uid(), Map.of());
        return new Person(person.name(), user, person.home(), person.shell(), Map.of());
    }

    Person named(String name) throws IOException {
        if (name.equals("root")) {
            return Person.ROOT;
        }
        try {
            Account account =
                    accounts.byName(name)
                            .orElseThrow(() -> new IOException("there is no user `" + name + "`"));
            return person(account, Map.of());
        } catch (NameServiceException e) {
            throw new IOException("its user is not known now: " + e.getMessage(), e);
        }
    }

    private Person person(long uid, Map<String, String> session) throws IOException {
        try {
            Account account =
                    accounts.byUid(uid)
                            .orElseThrow(() -> new IOException("there is no user " + uid));
            return person(account, session);
        } catch (NameServiceException e) {
            throw new IOException("its user is not known now: " + e.getMessage(), e);
        }
    }

    private Person person(Account account, Map<String, String> session) throws IOException {
        if (account.uid() == 0) {
            throw new IOException("root is not a user whose session a task runs in");
        }
        return new Person(
                account.name(),
                new LaunchUser(account.uid(), account.gid(), groups(account.name())),
                account.home(),
                account.shell(),
                session);
    }

    /** By number; only the name service knows those of directories too. */
    private List<Long> groups(String name) throws IOException {
        Commands.Result result = commands.run(List.of("/usr/bin/id", "-G", "--", name), PATIENCE);
        if (result.exitCode() != 0 || !result.output().strip().matches("[0-9 ]+")) {
            throw new IOException("the groups of `" + name + "` are not known now");
        }
        return Arrays.stream(result.output().strip().split(" +")).map(Long::valueOf).toList();
    }
}
