package io.kepm.plugins;

import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.Commands;
import io.kepm.api.linux.LaunchOrder.LaunchUser;
import io.kepm.api.linux.Sessions;
import io.kepm.api.trust.Launches.Reach;
import io.kepm.api.trust.UserPrograms;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whose process a plugin is: an account of its own, or the one person who is logged in. INVARIANT:
 * what runs in the session of a person was let in by {@link UserPrograms}.
 */
final class Owners {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Whoever tries things out with an agent of their own has no other account. */
    private static final boolean TRIED = Boolean.getBoolean("kepm.dev");

    private static final Duration ASK_AGAIN = Duration.ofSeconds(10);
    private static final Map<String, String> PLAIN =
            Map.of("PATH", "/usr/bin:/bin", "LANG", "C.UTF-8");

    private final Accounts accounts;
    private final Commands commands;
    private final Sessions sessions;
    private final UserPrograms allowed;
    private final InstantSource clock;
    private final Map<String, Asked> asked = new ConcurrentHashMap<>();

    /** What was said about a plugin in the session of a user. */
    private record Asked(long uid, Instant at, Optional<String> refusal) {}

    Owners(
            Accounts accounts,
            Commands commands,
            Sessions sessions,
            UserPrograms allowed,
            InstantSource clock) {
        this.accounts = accounts;
        this.commands = commands;
        this.sessions = sessions;
        this.allowed = allowed;
        this.clock = clock;
    }

    /** What a plugin waits for that runs in somebody's session; empty when it may run. */
    Optional<String> missing(PluginDocument document) {
        PluginDocument.Context context = document.context();
        if (context == PluginDocument.Context.SERVICE) {
            return Optional.empty();
        }
        List<Long> people = found(context).stream().map(Sessions.Session::uid).distinct().toList();
        if (people.size() == 1) {
            return refusal(document, people.get(0));
        }
        return Optional.of(
                people.size() > 1
                        ? "several users are logged in: it starts when only one is"
                        : context == PluginDocument.Context.INTERACTIVE
                                ? "nobody has a desktop here: it starts when somebody has"
                                : "nobody is logged in here: it starts when somebody is");
    }

    /** Why it may not run in that user's session; the name service is not asked all the time. */
    private Optional<String> refusal(PluginDocument document, long uid) {
        Instant now = clock.instant();
        Asked last = asked.get(document.id());
        if (last == null
                || last.uid() != uid
                || Duration.between(last.at(), now).abs().compareTo(ASK_AGAIN) >= 0) {
            last = new Asked(uid, now, ask(document, uid));
            asked.put(document.id(), last);
        }
        return last.refusal();
    }

    private Optional<String> ask(PluginDocument document, long uid) {
        try {
            Optional<Account> account = accounts.byUid(uid);
            return account.isEmpty()
                    ? Optional.of("there is no user " + uid)
                    : allowed.refusal(Path.of(document.code()), account.get().name())
                            .map(why -> why + ": it starts when that changes");
        } catch (NameServiceException e) {
            return Optional.of("its user is not known now: " + e.getMessage());
        }
    }

    /** Whether the person in whose session it runs still has one. */
    boolean isThere(PluginDocument.Context context, long uid) {
        return context == PluginDocument.Context.SERVICE
                || found(context).stream().anyMatch(session -> session.uid() == uid);
    }

    private List<Sessions.Session> found(PluginDocument.Context context) {
        return sessions.list().stream()
                .filter(
                        session ->
                                context != PluginDocument.Context.INTERACTIVE
                                        || session.isGraphical())
                .toList();
    }

    /**
     * As whom a plugin runs now.
     *
     * @throws IOException when that is not known or not allowed, and why
     */
    Owner of(PluginDocument document, Path program) throws IOException {
        try {
            if (document.context() != PluginDocument.Context.SERVICE) {
                return inSession(document, program);
            }
            return TRIED
                    ? new Owner(LaunchUser.ofThisProcess(), PLAIN, Reach.PLUGIN)
                    : itsOwn(document.runAs());
        } catch (NameServiceException e) {
            throw new IOException("its account is not known now: " + e.getMessage(), e);
        }
    }

    private Owner itsOwn(String name) throws IOException, NameServiceException {
        Account account =
                accounts.byName(name)
                        .orElseThrow(
                                () ->
                                        new IOException(
                                                "there is no account `"
                                                        + name
                                                        + "`: make it, or name another one in"
                                                        + " `runAs`"));
        LaunchUser user = new LaunchUser(account.uid(), account.gid(), List.of());
        return new Owner(user, PLAIN, Reach.PLUGIN);
    }

    private Owner inSession(PluginDocument document, Path program)
            throws IOException, NameServiceException {
        PluginDocument.Context context = document.context();
        Optional<String> missing = missing(document);
        List<Sessions.Session> found = found(context);
        if (missing.isPresent() || found.isEmpty()) {
            throw new IOException(missing.orElse("its user has just gone"));
        }
        Sessions.Session session = found.get(0);
        Account account =
                accounts.byUid(session.uid())
                        .orElseThrow(() -> new IOException("there is no user " + session.uid()));
        if (account.uid() == 0) {
            throw new IOException("root is not a user whose session a plugin runs in");
        }
        Optional<String> refusal = allowed.refusal(program, account.name());
        if (refusal.isPresent()) {
            throw new IOException(refusal.get());
        }
        Map<String, String> environment = new LinkedHashMap<>(PLAIN);
        environment.put("HOME", account.home());
        environment.put("USER", account.name());
        environment.put("LOGNAME", account.name());
        environment.put("SHELL", account.shell());
        if (context == PluginDocument.Context.INTERACTIVE) {
            environment.putAll(session.variables());
        }
        LaunchUser user = new LaunchUser(account.uid(), account.gid(), groups(account.name()));
        return new Owner(user, environment, Reach.USER);
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
