package io.kepm.jobs;

import io.kepm.api.elevation.AccessRequest;
import io.kepm.api.elevation.Conversation;
import io.kepm.api.elevation.Grant;
import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.LaunchDecision;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.elevation.Requests;
import io.kepm.api.jobs.Chore;
import io.kepm.api.jobs.JobRun;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Commands;
import io.kepm.api.linux.EphemeralAccounts;
import io.kepm.api.linux.FakeNotices;
import io.kepm.api.linux.LaunchOrder;
import io.kepm.api.linux.Launcher;
import io.kepm.api.linux.Sessions;
import io.kepm.api.linux.Targets;
import io.kepm.api.linux.UnixSockets;
import io.kepm.api.messages.Messages;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.settings.FakeSettingsDesk;
import io.kepm.api.storage.StorageException;
import io.kepm.api.trust.FakeLaunches;
import io.kepm.api.trust.FileTrust;
import io.kepm.api.trust.Signatures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** All of this bundle on fakes, with clocks that a test turns; nothing ticks by itself. */
final class TestHouse implements AutoCloseable {

    static final Duration SECOND = Duration.ofSeconds(1);

    final FakeBooks books;
    final TurnedTimes times;
    final FakeLaunches launches = new FakeLaunches();
    final FakeSettingsDesk settings = new FakeSettingsDesk();
    final LaunchDecision decision = new Decision();
    final List<Grant> grants = new CopyOnWriteArrayList<>();
    final List<String> written = new CopyOnWriteArrayList<>();
    final List<String> ended = new CopyOnWriteArrayList<>();
    final List<String> published = new CopyOnWriteArrayList<>();
    final List<LaunchRequest> asked = new CopyOnWriteArrayList<>();
    final List<String> decided = new CopyOnWriteArrayList<>();
    final List<PolicyEngine.Configuration> configurations = new ArrayList<>();
    final Map<String, Boolean> flags = new ConcurrentHashMap<>();
    final List<FileTrust.Violation> violations = new CopyOnWriteArrayList<>();
    volatile FileTrust trust = path -> List.copyOf(violations);
    volatile LaunchAnswer answer = new LaunchAnswer.Refuse("r", "unmatched", "no policy allows it");
    volatile Optional<Chore> chore = Optional.empty();
    volatile String refusal = "";
    volatile boolean binds = true;
    volatile String unsigned = "";
    final Path approot;
    final List<Sessions.Session> sessions = new CopyOnWriteArrayList<>();
    final FakeNotices notices = new FakeNotices();
    Wiring wiring;
    private final List<String> providers;

    TestHouse(Path folder) throws Exception {
        this(folder, new FakeBooks(), new TurnedTimes(), List.of());
    }

    TestHouse(Path folder, FakeBooks books, TurnedTimes times, List<String> providers)
            throws Exception {
        this.approot = folder;
        this.books = books;
        this.times = times;
        this.providers = providers;
        Files.createDirectories(folder.resolve("Jobs/bin"));
        wiring = wiring();
    }

    /** Finds every signature good, or none. */
    private final class Judge implements Signatures {
        @Override
        public Verdict bundle(ByteBuffer jar) {
            return new Verdict("", "", "no bundle is judged here");
        }

        @Override
        public Verdict pack(ByteBuffer jar) {
            return bundle(jar);
        }

        @Override
        public Verdict again(ByteBuffer jar) {
            return bundle(jar);
        }

        @Override
        public Verdict detached(byte[] file, byte[] signature) {
            return new Verdict("ab", "cd", unsigned);
        }

        @Override
        public Signers signers() {
            return new Signers(List.of(), List.of(), List.of(), List.of());
        }
    }

    private Wiring wiring() throws StorageException {
        return new Wiring(
                new Wiring.Floors(
                        books,
                        books,
                        path -> trust.check(path),
                        (file, sha256, by) ->
                                written.add(file.getFileName() + " " + sha256 + " " + by),
                        new Leaving(),
                        launches,
                        (program, user) -> Optional.of(refusal).filter(text -> !text.isEmpty()),
                        new Judge(),
                        new Names(),
                        () -> sessions,
                        notices,
                        new Ephemeral(),
                        (argv, timeout) -> new Commands.Result(0, "1001 27\n"),
                        new Machine(),
                        decision,
                        new Desk(),
                        new Policies(),
                        settings),
                new Wiring.Others(
                        () -> Optional.of(broker()),
                        Optional::empty,
                        name -> chore.filter(one -> one.name().equals(name)),
                        (plugin, setting) ->
                                Optional.ofNullable(flags.get(plugin + "/" + setting))),
                new Wiring.Here(
                        approot,
                        approot.resolve("exec"),
                        "boot-1",
                        "https://localhost:6889",
                        "0.1.0",
                        providers,
                        List.of("sudo"),
                        true),
                times);
    }

    private Messages broker() {
        return (topic, payload) ->
                published.add(topic + " " + new String(payload, StandardCharsets.UTF_8));
    }

    /** Writes a document and has it read. */
    TestHouse job(String id, String json) throws IOException {
        Files.writeString(approot.resolve("Jobs").resolve(id + ".json"), json.replace('\'', '"'));
        wiring.triggers();
        look();
        return this;
    }

    io.kepm.api.jobs.Jobs jobs() {
        return wiring.desk();
    }

    void look() {
        var unused = jobs().reload("test");
    }

    void tick() {
        wiring.triggers().tick();
    }

    /** Seconds pass, one by one, with a look at each. */
    void pass(Duration time) {
        for (long i = 0; i < time.toSeconds(); i++) {
            times.pass(SECOND);
            tick();
        }
    }

    List<JobRun> runs(String job) {
        try {
            return jobs().runs(job, "", 1000);
        } catch (StorageException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until nothing of a job goes on. */
    void idle(String job) {
        await(
                () ->
                        wiring.desk()
                                .find(job)
                                .filter(one -> one.running() + one.queued() == 0)
                                .isPresent());
    }

    /** States of the runs of a job, the newest first, once none goes on any more. */
    List<String> ended(String job) {
        await(() -> runs(job).stream().allMatch(run -> run.state().isFinal()));
        return runs(job).stream().map(run -> run.state().word()).toList();
    }

    JobRun last(String job) {
        List<String> unused = ended(job);
        JobRun newest = runs(job).get(0);
        try {
            return jobs().run(job, newest.id()).orElseThrow();
        } catch (StorageException e) {
            throw new AssertionError(e);
        }
    }

    /** Runs a job to its end. */
    JobRun run(String job) {
        if (!(jobs().run(job, Map.of(), "root")
                instanceof io.kepm.api.jobs.Jobs.Started.Accepted accepted)) {
            throw new AssertionError("not accepted: " + jobs().run(job, Map.of(), "root"));
        }
        String id = accepted.run().id();
        await(() -> find(job, id).state().isFinal());
        return find(job, id);
    }

    JobRun find(String job, String id) {
        try {
            return jobs().run(job, id).orElseThrow();
        } catch (StorageException e) {
            throw new AssertionError(e);
        }
    }

    static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited 60 s in vain");
            }
            Thread.onSpinWait();
            try {
                Thread.sleep(2);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }

    /** As a crash: what ran is forgotten, what is stored stays. */
    TestHouse crashed() throws Exception {
        return new TestHouse(approot, books, times, providers);
    }

    @Override
    public void close() {
        launches.launcher.children.forEach(child -> child.exit(0));
        wiring.stop();
    }

    /** Accounts of grants that are there. */
    final java.util.Set<String> ephemeral = new java.util.concurrent.ConcurrentSkipListSet<>();

    private final class Ephemeral implements EphemeralAccounts {
        @Override
        public Accounts.Account create(String grantId, List<Long> groups) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void remove(String name) throws IOException {
            if (name.endsWith("stuck")) {
                throw new IOException("it is in use");
            }
            ephemeral.remove(name);
        }

        @Override
        public java.util.Set<String> present() {
            return java.util.Set.copyOf(ephemeral);
        }
    }

    EphemeralCleanup cleanup() {
        return new EphemeralCleanup(new Ephemeral(), decision, Duration.ofMillis(1));
    }

    private final class Leaving implements Launcher {
        @Override
        public Child launch(LaunchOrder order, Witness witness) throws IOException {
            return launches.launcher.launch(order, witness);
        }

        @Override
        public void endLeft(int pid, long startTicks) {
            ended.add(pid + " " + startTicks);
        }
    }

    private static final class Names implements Accounts {
        private static final Account ALICE =
                new Account("alice", 1001, 1001, "/home/alice", "/bin/bash");

        @Override
        public Optional<Account> byName(String name) {
            return name.equals("alice") ? Optional.of(ALICE) : Optional.empty();
        }

        @Override
        public Optional<Account> byUid(long uid) {
            return uid == 1001 ? Optional.of(ALICE) : Optional.empty();
        }

        @Override
        public List<String> groups(String userName) {
            return List.of("alice");
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

    private static final class Machine implements Targets {
        @Override
        public Facts inspect(String path, Optional<UnixSockets.Descriptor> descriptor) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Optional<String>> resolve(List<String> arguments, String cwd) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String hostname() {
            return "host";
        }
    }

    private final class Decision implements LaunchDecision {
        @Override
        public LaunchAnswer decide(LaunchRequest request, Conversation conversation) {
            asked.add(request);
            return answer;
        }

        @Override
        public boolean started(String grantId, int pid, long startTicks) {
            ended.add("grant " + grantId + " of " + pid);
            return binds;
        }

        @Override
        public void ended(String grantId, String how, int status, long durationMillis) {
            ended.add("grant " + grantId + " " + how + " " + status);
        }

        @Override
        public void noted(LaunchRequest request, String why) {}

        @Override
        public PolicyEngine.Explanation explain(LaunchRequest request, String eventType) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<Grant> endGrant(String id, String by, OptionalLong owner) {
            Optional<Grant> found =
                    grants.stream().filter(grant -> grant.id().equals(id)).findFirst();
            found.ifPresent(grant -> ended.add("grant " + id + " by " + by));
            return found;
        }

        @Override
        public List<Grant> grants() {
            return List.copyOf(grants);
        }
    }

    private final class Desk implements Requests {
        @Override
        public List<AccessRequest> visibleTo(Person who) {
            return List.of();
        }

        @Override
        public Optional<AccessRequest> view(String id, Person who) {
            return Optional.empty();
        }

        @Override
        public Outcome act(String id, Act act, Person who, String factor, String comment) {
            decided.add(act + " " + id + " by " + who.user() + " (" + comment + ")");
            return new Outcome.Refused("it is too late for that");
        }
    }

    private final class Policies implements PolicyEngine {
        @Override
        public Evaluation evaluate(EvaluationRequest request, ZonedDateTime at) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Explanation explain(EvaluationRequest request, ZonedDateTime at) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Status status() {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Summary> policies() {
            return List.of();
        }

        @Override
        public List<Entitlement> entitlements(
                EvaluationRequest.User user, EvaluationRequest.Machine machine) {
            return List.of();
        }

        @Override
        public Status reload() {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Configuration> configurations(EvaluationRequest.Machine machine) {
            return configurations;
        }
    }
}
