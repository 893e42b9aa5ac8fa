package io.kepm.elevation;

import io.kepm.api.audit.AuditChain;
import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.elevation.Conversation;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Passwords;
import io.kepm.api.linux.Targets;
import io.kepm.api.linux.UnixSockets;
import io.kepm.api.policy.Conditions;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Fakes of everything the launch decision stands on: one user, one policy answer, one memory store.
 */
final class FakeWorld {

    /** More than any kernel counts to: no process of this machine has it. */
    static final int NO_SUCH_PID = 4_999_999;

    final Log log = new Log();
    final People people = new People();
    final Engine engine = new Engine();
    final Person person = new Person();
    final Tally tally = new Tally();

    static Conditions conditions(String runAs, List<String> argv, Duration validFor) {
        return conditions(runAs, argv, validFor, List.of());
    }

    static Conditions conditions(
            String runAs, List<String> argv, Duration validFor, List<String> notices) {
        return new Conditions(
                runAs, argv, validFor, false, List.of(), 10, false, false, false, false, false,
                false, false, List.of(), notices);
    }

    final Limits sources = new Limits();

    LaunchRequest sudo(String... argv) {
        return sudo(Optional.empty(), true, argv);
    }

    /** The same command, asked for through another door. */
    LaunchRequest through(String door, String... argv) {
        return sudo(argv).like().door(door).build();
    }

    /** By a sudo that asks about every command that this one starts. */
    LaunchRequest asking(String... argv) {
        return sudo(argv).like().asksInside(true).build();
    }

    LaunchRequest root(String door, String... argv) {
        return sudo(argv).like().door(door).user("root", 0).build();
    }

    LaunchRequest sudo(Optional<String> reason, boolean canPrompt, String... argv) {
        LaunchRequest.Builder request =
                LaunchRequest.by("sudo", "alice", 1001, "/usr/bin/" + argv[0], List.of(argv))
                        .cwd("/home/alice")
                        .tty("/dev/pts/0")
                        .pid(NO_SUCH_PID)
                        .canPrompt(canPrompt);
        reason.ifPresent(request::reason);
        return request.build();
    }

    /** Lets everybody ask until {@code refusal} is set. */
    static final class Limits implements io.kepm.api.policy.SourceLimits {
        Optional<Turn.Refused> refusal = Optional.empty();
        final List<String> judged = new ArrayList<>();

        @Override
        public Turn take(Source source, String session, java.time.Duration longest) {
            return refusal.isPresent() ? refusal.get() : new Turn.Granted();
        }

        @Override
        public void judged(Source source, String session, boolean failed) {
            judged.add(source.uid() + (failed ? " failed" : " well"));
        }
    }

    final FakeScopes scopes = new FakeScopes();
    final List<String> terminal = new ArrayList<>();
    String bootId = "boot";
    boolean killsAtExpiry = true;
    boolean ownWay = true;
    Duration longest = Duration.ofHours(24);

    /** Since the boot; goes on with {@link #pass}. */
    Duration uptime = Duration.ofHours(5);

    /** Sudos that run, besides those of {@link #allAlive}. */
    boolean allAlive = true;

    Grants grants() throws StorageException {
        return new Grants(log, log, bootId);
    }

    Clocks clocks() {
        return new Clocks(this::now, () -> uptime);
    }

    /** Time goes on, by both clocks. */
    void pass(Duration time) {
        now = now.plus(time);
        uptime = uptime.plus(time);
    }

    /** Whether terminals take what they are told, and what was told elsewhere then. */
    boolean hears = true;

    final List<String> elsewhere = new ArrayList<>();

    GrantEnds ends(Grants grants) {
        return new GrantEnds(
                grants,
                scopes,
                clocks(),
                stored -> allAlive,
                stored -> LastWarning.ended(this::tell, stored));
    }

    Granting granting(Grants grants) {
        return new Granting(
                log, grants, ends(grants), book(), scopes, clocks(), killsAtExpiry, ownWay);
    }

    Reconciler reconciler(Grants grants) {
        return new Reconciler(
                grants,
                ends(grants),
                new LastWarning(
                        this::tell,
                        log,
                        (stored, left) -> elsewhere.add(stored.id() + " " + left.toSeconds())),
                scopes,
                people,
                clocks(),
                killsAtExpiry);
    }

    private boolean tell(String tty, long uid, String text) {
        return hears && terminal.add(tty + " " + uid + " " + text);
    }

    final Files files = new Files();

    AskAhead ahead() {
        return new AskAhead(
                new LongestGrant(engine, longest),
                log,
                people,
                files,
                controls(),
                new ApprovalWait(book(), watches, () -> false),
                this::now);
    }

    Extension extension(Grants grants) {
        return new Extension(
                new LongestGrant(engine, longest),
                log,
                people,
                files,
                controls(),
                new ApprovalWait(book(), watches, () -> false),
                new Obstacles(engine, granting(grants)),
                new Prolonging(grants, book(), scopes, clocks(), longest, killsAtExpiry),
                this::now);
    }

    OfflineDesk offline() {
        return new OfflineDesk(log, log, book());
    }

    Launch launch(Grants grants) {
        return launch(grants, granting(grants));
    }

    Launch launch(Grants grants, Granting granting) {
        return new Launch(
                new LongestGrant(engine, longest),
                log,
                people,
                files,
                granting,
                controls(),
                unmatchedForOthers,
                this::now);
    }

    boolean unmatchedForOthers = true;
    Instant now = Instant.parse("2026-01-05T12:00:00Z");
    long nanos;
    final FactorSessions sessions = new FactorSessions(() -> nanos);
    private RequestBook book;

    /** What a killed agent had in memory of requests is gone. */
    void restart() {
        book = null;
    }

    /** What PAM says to a password. */
    java.util.function.Function<String, Passwords.Verdict> pam =
            password -> Passwords.Verdict.UNKNOWN;

    Factors factors = factors(Totp.Hash.SHA1);

    Factors factors(Totp.Hash hash) {
        return new Factors(
                log,
                log,
                this::now,
                new java.security.SecureRandom(),
                "ws-17",
                (user, password) -> pam.apply(password),
                hash);
    }

    private Instant now() {
        return now;
    }

    RequestBook book() {
        try {
            if (book == null) {
                book = new RequestBook(log, log, this::now);
            }
            return book;
        } catch (StorageException e) {
            throw new AssertionError(e);
        }
    }

    final PendingWatches watches = new PendingWatches();

    Proof proof = Proof.code(factors);

    Controls controls() {
        return new Controls(
                log,
                proof,
                sessions,
                new ApprovalWait(book(), watches, () -> false),
                launch -> launch.tty());
    }

    ApprovalDesk desk(Path persons) {
        return new ApprovalDesk(
                book(), log, factors, proof, new Persons(persons, path -> List.of()), people);
    }

    /** What each decision waits for the disk, in nanoseconds. */
    volatile long disk;

    Turnstile turnstile() throws StorageException {
        return new Turnstile(sources, people, launch(grants()), tally, () -> disk);
    }

    /** Keeps changes in memory, or refuses them when told to. */
    static final class Log implements AuditLog, Storage {
        final List<AuditDraft> drafts = Collections.synchronizedList(new ArrayList<>());
        final Map<String, byte[]> grants = new TreeMap<>();
        final Map<String, byte[]> others = new java.util.concurrent.ConcurrentSkipListMap<>();
        boolean broken;

        List<String> types() {
            return List.copyOf(drafts).stream().map(draft -> draft.type().name()).toList();
        }

        @Override
        public synchronized List<AuditEntry> commit(Change change) throws StorageException {
            if (broken) {
                throw new StorageException("disk full");
            }
            for (Mutation mutation : change.mutations()) {
                Map<String, byte[]> table = table(mutation.table());
                String key =
                        mutation.table() == Table.GRANTS
                                ? mutation.key()
                                : key(mutation.table(), mutation.key());
                if (mutation instanceof Mutation.Create create) {
                    table.put(key, create.value());
                } else if (mutation instanceof Mutation.Put put) {
                    table.put(key, put.value());
                } else if (table.remove(key) == null) {
                    throw new StorageException("no `" + key + "`");
                }
            }
            drafts.addAll(change.drafts());
            return change.drafts().stream()
                    .map(
                            d ->
                                    AuditChain.seal(
                                            d,
                                            1,
                                            "id",
                                            Instant.EPOCH,
                                            "agent",
                                            "0",
                                            AuditChain.GENESIS))
                    .toList();
        }

        private Map<String, byte[]> table(Table table) {
            return table == Table.GRANTS ? grants : others;
        }

        private static String key(Table table, String key) {
            return table + "/" + key;
        }

        @Override
        public List<AuditEntry> query(AuditQuery query) {
            return List.of();
        }

        @Override
        public Verification verify(Optional<AuditPlace> anchor) {
            return new Verification(true, 0, AuditChain.GENESIS, "", false);
        }

        @Override
        public Optional<byte[]> get(Table table, String key) {
            return Optional.ofNullable(
                    table == Table.GRANTS ? grants.get(key) : others.get(key(table, key)));
        }

        @Override
        public Map<String, byte[]> list(Table table) {
            if (table == Table.GRANTS) {
                return new TreeMap<>(grants);
            }
            Map<String, byte[]> found = new TreeMap<>();
            others.forEach(
                    (key, value) -> {
                        if (key.startsWith(table + "/")) {
                            found.put(key.substring(table.name().length() + 1), value);
                        }
                    });
            return found;
        }

        @Override
        public List<AuditEntry> audit(AuditQuery query) {
            return List.of();
        }

        @Override
        public Optional<AuditEntry> auditHead() {
            return Optional.empty();
        }

        @Override
        public String agentUid() {
            return "agent";
        }
    }

    /** One user, alice, in groups that a test sets. */
    static final class People implements Accounts {
        List<String> groups = new ArrayList<>(List.of("alice", "kepm-users"));
        final Map<String, List<String>> members =
                new HashMap<>(Map.of("kepm-users", List.of("alice")));
        boolean hangs;

        /** Whose alice's uid is; empty for nobody's. */
        volatile String uidOwner = "alice";

        /** How often somebody asked that. */
        final AtomicInteger owners = new AtomicInteger();

        @Override
        public Optional<Account> byName(String name) throws NameServiceException {
            if (hangs) {
                throw new NameServiceException("no answer within 2000 ms");
            }
            return name.equals("alice")
                    ? Optional.of(new Account("alice", 1001, 1001, "/home/alice", "/bin/bash"))
                    : name.equals("root")
                            ? Optional.of(new Account("root", 0, 0, "/root", "/bin/bash"))
                            : Optional.empty();
        }

        @Override
        public Optional<Account> byUid(long uid) throws NameServiceException {
            owners.incrementAndGet();
            return uidOwner.isEmpty() ? Optional.empty() : renamed(byName("alice"));
        }

        private Optional<Account> renamed(Optional<Account> account) {
            return account.map(a -> new Account(uidOwner, a.uid(), a.gid(), a.home(), a.shell()));
        }

        /** Of other users than alice. */
        final Map<String, List<String>> groupsOf =
                new HashMap<>(Map.of("bob", List.of("helpdesk"), "carol", List.of("helpdesk")));

        @Override
        public List<String> groups(String userName) throws NameServiceException {
            if (hangs) {
                throw new NameServiceException("no answer within 2000 ms");
            }
            return List.copyOf(groupsOf.getOrDefault(userName, groups));
        }

        @Override
        public Optional<List<String>> members(String groupName) {
            return Optional.ofNullable(members.get(groupName));
        }

        @Override
        public void addToGroup(String userName, String groupName) {
            groups.add(groupName);
        }

        @Override
        public void removeFromGroup(String userName, String groupName) {
            groups.remove(groupName);
        }
    }

    /** Answers in turn what a test queued; the last answer stays. */
    static final class Engine implements PolicyEngine {
        Optional<Redirect> redirect = Optional.empty();
        final Deque<Decision> answers = new ArrayDeque<>();
        final List<EvaluationRequest> asked = Collections.synchronizedList(new ArrayList<>());
        List<Evaluation.WouldHave> watching = List.of();
        List<Evaluation.Notice> speaking = List.of();

        @Override
        public Evaluation evaluate(EvaluationRequest request, ZonedDateTime at) {
            asked.add(request);
            Decision decision = answers.size() > 1 ? answers.remove() : answers.element();
            return new Evaluation(decision, watching, status().revision(), speaking);
        }

        @Override
        public Explanation explain(EvaluationRequest request, ZonedDateTime at) {
            return new Explanation(evaluate(request, at), List.of());
        }

        @Override
        public Optional<Redirect> redirect(EvaluationRequest request) {
            return redirect;
        }

        @Override
        public Status status() {
            return new Status(
                    new Evaluation.Revision(3, "ab".repeat(32)),
                    1,
                    "2026-11-25T00:00:00Z",
                    Path.of("/"),
                    List.of());
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
            return status();
        }
    }

    /** Types the answers a test queued, then cancels. */
    static final class Person implements Conversation {
        final Deque<String> answers = new ArrayDeque<>();
        final List<String> told = new ArrayList<>();
        final List<String> questions = new ArrayList<>();
        Runnable whileTyping = () -> {};
        Runnable onceTold = () -> {};
        boolean there = true;
        String about = "";

        /** How often somebody who is gone still seems to be there. */
        int looksBeforeGone;

        long waitedNanos;

        @Override
        public void about(String requestId) {
            about = requestId;
        }

        @Override
        public long waitedNanos() {
            return waitedNanos;
        }

        @Override
        public Optional<String> ask(String id, String text, boolean echo) {
            questions.add(text);
            whileTyping.run();
            return Optional.ofNullable(answers.poll());
        }

        @Override
        public void tell(String text) {
            told.add(text);
            Runnable next = onceTold;
            onceTold = () -> {};
            next.run();
        }

        @Override
        public boolean isThere() {
            return there || looksBeforeGone-- > 0;
        }
    }

    /** A system where every path is what it is called. */
    static final class Files implements Targets {
        /** Why what was opened here is unsafe; what a request names is not. */
        List<String> unsafe = List.of();

        /** Where each path leads; empty: to itself. */
        String leadsTo = "";

        int open;

        /** What lies at a path, whoever looks ahead. */
        @Override
        public Facts foresee(String path) {
            return inspect(path, Optional.empty()).signedBy(List.of("cd".repeat(32)));
        }

        @Override
        public Facts inspect(String path, Optional<UnixSockets.Descriptor> descriptor) {
            return new Facts(
                    leadsTo.isEmpty() ? path : leadsTo,
                    Optional.of("00".repeat(32)),
                    descriptor.isPresent() ? unsafe : List.of(),
                    false,
                    "");
        }

        @Override
        public Opened open(String word) {
            open++;
            return new Opened(
                    word,
                    new UnixSockets.Descriptor() {
                        @Override
                        public int number() {
                            return 50;
                        }

                        @Override
                        public void close() {
                            open--;
                        }
                    });
        }

        @Override
        public List<Optional<String>> resolve(List<String> arguments, String cwd) {
            return arguments.stream().map(Optional::of).toList();
        }

        @Override
        public String hostname() {
            return "ws-17.example.org";
        }
    }
}
