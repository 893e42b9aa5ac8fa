package io.kepm.jobs;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.elevation.LaunchDecision;
import io.kepm.api.elevation.Requests;
import io.kepm.api.jobs.Chore;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Commands;
import io.kepm.api.linux.EphemeralAccounts;
import io.kepm.api.linux.Launcher;
import io.kepm.api.linux.Notices;
import io.kepm.api.linux.Sessions;
import io.kepm.api.linux.Targets;
import io.kepm.api.messages.Messages;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.settings.SettingsDesk;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.trust.DoorCertificate;
import io.kepm.api.trust.FileAuthors;
import io.kepm.api.trust.FileTrust;
import io.kepm.api.trust.Launches;
import io.kepm.api.trust.Signatures;
import io.kepm.api.trust.UserPrograms;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All parts of this bundle, joined; started and stopped as one. */
final class Wiring {

    private static final Logger LOG = LoggerFactory.getLogger(Wiring.class);

    private final Engine engine = new Engine();
    private final JobBook book;
    private final Dispatcher dispatcher;
    private final Triggers triggers;
    private final Desk desk;
    private final JobHealth health;
    private final Sessions sessions;

    /** The floors below. */
    record Floors(
            Storage storage,
            AuditLog audit,
            FileTrust trust,
            FileAuthors authors,
            Launcher launcher,
            Launches launches,
            UserPrograms userPrograms,
            Signatures signatures,
            Accounts accounts,
            Sessions sessions,
            Notices notices,
            EphemeralAccounts ephemeral,
            Commands commands,
            Targets targets,
            LaunchDecision decision,
            Requests requests,
            PolicyEngine policies,
            SettingsDesk settings) {}

    /** What may come and go. */
    record Others(
            Supplier<Optional<Messages>> messages,
            Supplier<Optional<DoorCertificate>> certificate,
            Function<String, Optional<Chore>> chores,
            RunWork.PluginFlags flags) {}

    /**
     * Where this agent is, and what it is told.
     *
     * @param boot names this start of the machine
     * @param providers jobs that may answer a request for an approval
     * @param killsAtExpiry whether the processes of a right are ended with it
     */
    record Here(
            Path approot,
            Path execFolder,
            String boot,
            String apiBase,
            String version,
            List<String> providers,
            List<String> adminGroups,
            boolean killsAtExpiry) {}

    Wiring(Floors floors, Others others, Here here, Times times) throws StorageException {
        History history = new History(floors.storage(), floors.audit());
        LiveRuns live = new LiveRuns(floors.storage(), floors.audit(), here.boot());
        RunRecords records = new RunRecords(floors.audit());
        int left = live.recover(floors.launcher(), history, records, times.now());
        if (left > 0) {
            LOG.warn("{} runs of jobs were left by a former agent; they failed", left);
        }
        book =
                new JobBook(
                        new JobFolder(here.approot().resolve("Jobs"), floors.trust()),
                        live,
                        records,
                        floors.authors(),
                        times);
        sessions = floors.sessions();
        Progress progress = new Progress(others.messages());
        dispatcher =
                new Dispatcher(
                        times,
                        new Dispatcher.Books(live, history, records, progress),
                        engine.threads());
        triggers = new Triggers(book, dispatcher, times, here.apiBase());
        RunWork work =
                new RunWork(
                        doer(floors, others, here, live, chores(floors, others, here, times)),
                        others.flags(),
                        progress,
                        times);
        dispatcher.does(run -> Engine.run(run, work, triggers, dispatcher));
        desk = new Desk(book, dispatcher, history, triggers, times, here.apiBase());
        health = new JobHealth(book, dispatcher, triggers, times);
    }

    private Engine.Doer doer(
            Floors floors,
            Others others,
            Here here,
            LiveRuns live,
            Function<String, Optional<Chore>> chores) {
        Publish publish = new Publish(others.messages());
        return new Engine.Doer(
                new ProcessTask(
                        floors.launches(),
                        live,
                        new Programs(
                                here.approot(),
                                Arrays.stream(Environment.PATH.split(":")).map(Path::of).toList()),
                        new ExecCopies(here.execFolder()),
                        new ProcessTask.Gates(
                                new People(floors.accounts(), floors.commands(), sessions),
                                floors.userPrograms(),
                                new Elevated(floors.decision()),
                                new SignedPrograms(floors.trust(), floors.signatures()),
                                new Scripts(floors.trust()))),
                new HttpTask(
                        here.apiBase(), new HttpClients(others.certificate()), floors.launches()),
                publish,
                new BuiltIns(
                        publish,
                        floors.notices(),
                        new Approvals(here.providers(), floors.requests()),
                        triggers::other,
                        chores));
    }

    private Function<String, Optional<Chore>> chores(
            Floors floors, Others others, Here here, Times times) {
        Reports reports = new Reports(here.approot().resolve("Reports"));
        Path passwd = Path.of("/etc/passwd");
        List<Chore> own =
                new ArrayList<>(
                        SmallChores.of(
                                here.version(), floors.decision(), here.killsAtExpiry(), times));
        own.add(new EphemeralCleanup(floors.ephemeral(), floors.decision(), Duration.ofMinutes(1)));
        own.add(
                new FileInventory(
                        Stream.of(
                                        "/usr/local/sbin",
                                        "/usr/local/bin",
                                        "/usr/sbin",
                                        "/usr/bin",
                                        "/sbin",
                                        "/bin")
                                .map(Path::of)
                                .toList(),
                        reports,
                        times));
        own.add(
                new UserInventory(
                        passwd, Path.of("/etc/group"), here.adminGroups(), reports, times));
        own.add(new AuditSummary(floors.audit(), reports, times));
        own.add(
                new ConfigurationPolicies(
                        floors.policies(),
                        floors.targets(),
                        new PolicyJobs(book, floors.storage(), floors.audit()),
                        floors.settings(),
                        floors.audit()));
        return name ->
                own.stream()
                        .filter(one -> one.name().equals(name))
                        .findFirst()
                        .or(() -> others.chores().apply(name));
    }

    /** Loads the documents, raises {@code Startup} as soon as there are any, and begins. */
    void start() {
        book.begin("the agent", this::startup);
        engine.start(triggers, book);
    }

    private void startup() {
        boolean unused = triggers.raise(Events.STARTUP, JsonText.object(), Optional.empty());
    }

    void stop() {
        engine.stop(dispatcher);
        book.close();
    }

    Desk desk() {
        return desk;
    }

    JobBook book() {
        return book;
    }

    JobHealth health() {
        return health;
    }

    Triggers triggers() {
        return triggers;
    }

    /** Whether a user sits at a desktop here. */
    boolean hasDesktop(long uid) {
        return sessions.list().stream().anyMatch(one -> one.uid() == uid && one.isGraphical());
    }
}
