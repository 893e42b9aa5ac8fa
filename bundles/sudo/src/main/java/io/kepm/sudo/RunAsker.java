package io.kepm.sudo;

import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.EphemeralAccounts;
import io.kepm.api.linux.Peer;
import io.kepm.api.linux.Targets;
import io.kepm.api.linux.TransientUnits;
import io.kepm.api.linux.UnixSockets.Connection;
import io.kepm.api.linux.UnixSockets.Descriptor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts together what is asked of the launch decision, and then what the service manager is to do.
 * Facts come from the system: the user from the peer, the folder and the program from open files.
 */
final class RunAsker {

    private static final Logger LOG = LoggerFactory.getLogger(RunAsker.class);

    /** Everybody may send one: less than sudo, of whom there is but root. */
    static final int MOST_FRAME_BYTES = 1 << 18;

    private static final String DOOR = "run";

    /** Bytes with the last NUL, limits.h. */
    private static final int PATH_MAX = 4096;

    private final Accounts accounts;
    private final Targets targets;
    private final Callers callers;
    private final EphemeralAccounts ephemeral;
    private final Executor endings;

    /**
     * @param endings removes accounts of commands that ended, which may take long
     */
    RunAsker(
            Accounts accounts,
            Targets targets,
            Callers callers,
            EphemeralAccounts ephemeral,
            Executor endings) {
        this.endings = endings;
        this.ephemeral = ephemeral;
        this.accounts = accounts;
        this.targets = targets;
        this.callers = callers;
    }

    /** To be asked as soon as there is a connection: the peer lives then. */
    OptionalLong login(Peer peer) throws IOException {
        return callers.login(peer.pid());
    }

    /** As {@link LaunchRequest#session} names it, known before there is a request. */
    String session(Peer peer) {
        return LaunchRequest.session(peer.uid(), callers.terminal(peer.pid()), DOOR);
    }

    LaunchRequest request(RunQuestion question, Peer peer, Held held)
            throws MalformedException, NameServiceException, IOException {
        if (callers.isTraced(peer.pid())) {
            throw new MalformedException("a process that is being debugged gets no other rights");
        }
        Account account =
                accounts.byUid(peer.uid())
                        .orElseThrow(
                                () ->
                                        new MalformedException(
                                                "uid " + peer.uid() + " has no account"));
        List<String> options = new ArrayList<>();
        question.garbled().forEach(key -> options.add("not_utf8=" + key));
        String word = question.argv().get(0);
        Optional<Targets.Opened> program = program(word);
        String path = program.map(Targets.Opened::path).orElse(word);
        LaunchRequest.Builder request =
                LaunchRequest.by(DOOR, account.name(), peer.uid(), path, question.argv())
                        .requestId(question.requestId())
                        .runAs(question.runAs())
                        .options(options)
                        .cwd(targets.folder(peer.pid()))
                        .tty(callers.terminal(peer.pid()))
                        .pid(peer.pid())
                        .canPrompt(question.canPrompt());
        if (program.isPresent()) {
            held.add(program.get().descriptor());
            request.descriptor(program.get().descriptor());
        } else {
            request.descriptorNote(LaunchRequest.NO_PROGRAM);
        }
        question.reason().ifPresent(request::reason);
        return request.build();
    }

    /**
     * Empty for a full path that names none: whether it does may be hidden from who asks, so policy
     * answers both alike.
     *
     * @throws IOException for a bare name that is on no path that everybody reads, and for what is
     *     too long to name anything
     */
    private Optional<Targets.Opened> program(String word) throws IOException {
        try {
            return Optional.of(targets.open(word));
        } catch (IOException e) {
            if (!word.startsWith("/") || word.length() >= PATH_MAX) {
                throw e;
            }
            LOG.debug("a path that was asked for names no program", e);
            return Optional.empty();
        }
    }

    TransientUnits.Order order(
            RunQuestion question,
            OptionalLong login,
            LaunchRequest request,
            LaunchAnswer.Run run,
            Connection connection,
            Optional<TransientUnits.Recorder> recorder)
            throws NameServiceException, IOException {
        Account target = target(run);
        Account caller =
                accounts.byUid(request.uid())
                        .orElseThrow(() -> new IOException("the account is gone"));
        String path = run.substitute().map(LaunchAnswer.Substitute::path).orElse(request.path());
        List<String> environment =
                new RunEnvironment(caller, target, question.environment())
                        .of(run, path, request.tty());
        Descriptor program =
                run.substitute()
                        .map(LaunchAnswer.Substitute::program)
                        .orElseGet(() -> request.descriptor().orElseThrow());
        return new TransientUnits.Order(
                run.grantId(),
                new TransientUnits.Caller(
                        request.uid(), connection.peer().pid(), request.cwd(), connection),
                new TransientUnits.User(
                        target.name(),
                        target.uid(),
                        target.gid(),
                        accounts.groupIds(target.name())),
                login(login, request.uid(), target.uid()),
                run.conditions().argv(),
                environment,
                run.most(),
                run.conditions().noExec(),
                question.background(),
                program,
                recorder);
    }

    /** Who runs it: as was asked for, or an account that is made for it. */
    private Account target(LaunchAnswer.Run run) throws NameServiceException, IOException {
        String runAs = run.conditions().runAs();
        Account named =
                accounts.byName(runAs)
                        .orElseThrow(() -> new IOException("there is no user `" + runAs + "`"));
        if (!run.conditions().ephemeralAccount()) {
            return named;
        }
        // It belongs where the user that it stands for does; of root it gets nothing.
        List<Long> groups = named.uid() == 0 ? List.of() : accounts.groupIds(runAs);
        return ephemeral.create(run.grantId(), groups);
    }

    /** Its command has ended, or never began. */
    void over(LaunchAnswer.Run run) {
        if (!run.conditions().ephemeralAccount()) {
            return;
        }
        String name = EphemeralAccounts.name(run.grantId());
        endings.execute(() -> remove(name));
    }

    private void remove(String name) {
        try {
            ephemeral.remove(name);
        } catch (IOException e) {
            LOG.error("the account `{}` is tried again in a minute: {}", name, e.getMessage());
        }
    }

    /**
     * Who logged in stays who logged in, also when somebody asks who got the caller's rights by a
     * grant: else the command would be on record as another's. Where nobody has, the caller is who
     * is behind other rights than his own.
     */
    private static OptionalLong login(OptionalLong known, long caller, long target) {
        return known.isPresent() || caller == target ? known : OptionalLong.of(caller);
    }
}
