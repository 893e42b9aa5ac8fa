package io.kepm.https;

import io.kepm.api.audit.AuditChain;
import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditPart;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.elevation.Conversation;
import io.kepm.api.elevation.Governance;
import io.kepm.api.elevation.Grant;
import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.LaunchDecision;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Origin;
import io.kepm.api.linux.Peer;
import io.kepm.api.linux.Targets;
import io.kepm.api.linux.UnixSockets;
import io.kepm.api.messages.BrokerWatch;
import io.kepm.api.policy.Conditions;
import io.kepm.api.policy.Control;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.policy.PolicyRef;
import io.kepm.api.policy.Reason;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.StoreCare;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** Stand-ins for the floors below, which remember what they were asked. */
final class Fakes {

    private Fakes() {}

    static final class Audit implements AuditLog {
        final List<AuditDraft> drafts = new CopyOnWriteArrayList<>();
        final List<AuditEntry> entries = new CopyOnWriteArrayList<>();
        final List<AuditQuery> queries = new CopyOnWriteArrayList<>();
        final MemoryStorage store = new MemoryStorage();
        volatile boolean broken;
        volatile long unreadableAfter = Long.MAX_VALUE;

        /** Up to here a search finds nothing before its time is over. */
        volatile long nothingBefore;

        volatile Runnable whileVerifying = () -> {};

        @Override
        public synchronized List<AuditEntry> commit(Change change) throws StorageException {
            if (broken) {
                throw new StorageException("the disk is full");
            }
            store.commit(change);
            List<AuditEntry> sealed = new ArrayList<>();
            for (AuditDraft draft : change.drafts()) {
                String last =
                        entries.isEmpty()
                                ? AuditChain.GENESIS
                                : entries.get(entries.size() - 1).hash();
                AuditEntry entry =
                        AuditChain.seal(
                                draft,
                                entries.isEmpty() ? 1 : entries.get(entries.size() - 1).seq() + 1,
                                "id",
                                Instant.EPOCH,
                                "agent",
                                "1",
                                last);
                drafts.add(draft);
                entries.add(entry);
                sealed.add(entry);
            }
            return sealed;
        }

        @Override
        public AuditPart search(AuditQuery query) throws StorageException {
            return query.after() < nothingBefore
                    ? new AuditPart(List.of(), nothingBefore)
                    : AuditPart.whole(query, query(query));
        }

        @Override
        public List<AuditEntry> query(AuditQuery query) throws StorageException {
            queries.add(query);
            if (query.after() >= unreadableAfter) {
                throw new StorageException("a page can't be read");
            }
            List<AuditEntry> known = new ArrayList<>(entries);
            if (query.newestFirst()) {
                Collections.reverse(known);
            }
            return known.stream()
                    .filter(
                            entry ->
                                    query.after() == 0
                                            || (query.newestFirst()
                                                    ? entry.seq() < query.after()
                                                    : entry.seq() > query.after()))
                    .limit(query.limit())
                    .toList();
        }

        @Override
        public Verification verify(Optional<AuditPlace> anchor) {
            whileVerifying.run();
            return new Verification(true, entries.size(), "abc", "", false);
        }

        List<String> types() {
            return drafts.stream().map(draft -> draft.type().name()).toList();
        }

        AuditDraft last() {
            return drafts.get(drafts.size() - 1);
        }
    }

    static final class Engine implements PolicyEngine {
        final List<EvaluationRequest> asked = new CopyOnWriteArrayList<>();
        final List<ZonedDateTime> instants = new CopyOnWriteArrayList<>();
        volatile CountDownLatch hanging = new CountDownLatch(0);
        volatile List<String> failure = List.of();
        volatile List<String> entitled = List.of("/usr/bin/systemctl restart nginx");
        volatile List<Reason> reasons =
                List.of(
                        new Reason(
                                Reason.POLICY,
                                "allows it",
                                Optional.of(new PolicyRef("P1", "Restart", 3)),
                                List.of(new Reason.FilterVerdict("UserCheck", true, "alice")),
                                true));

        @Override
        public Evaluation evaluate(EvaluationRequest request, ZonedDateTime at) {
            asked.add(request);
            instants.add(at);
            try {
                hanging.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new Evaluation(
                    new Decision.Deny(reasons),
                    List.of(
                            new Evaluation.WouldHave(
                                    new PolicyRef("P9", "Watch", 1), "DENY", false, "", false)),
                    new Evaluation.Revision(3, "1a2b3c4d5e6f"));
        }

        @Override
        public Explanation explain(EvaluationRequest request, ZonedDateTime at) {
            return new Explanation(evaluate(request, at), reasons);
        }

        @Override
        public Status status() {
            return new Status(
                    new Evaluation.Revision(3, "1a2b3c4d5e6f"),
                    1,
                    "2026-11-25T00:00:00Z",
                    Path.of("/opt/keeper/sbin/policies"),
                    failure);
        }

        @Override
        public List<Summary> policies() {
            return List.of(
                    new Summary(
                            new PolicyRef("P1", "Restart", 3),
                            "CommandLine",
                            "enforce",
                            List.of("ALLOW"),
                            Optional.of("p1.json")));
        }

        @Override
        public List<Entitlement> entitlements(
                EvaluationRequest.User user, EvaluationRequest.Machine machine) {
            return entitled.stream()
                    .map(
                            command ->
                                    new Entitlement(
                                            new PolicyRef("P1", "Restart", 3),
                                            "CommandLine",
                                            List.of(command),
                                            List.of("root"),
                                            List.of("ALLOW")))
                    .toList();
        }

        @Override
        public Status reload() {
            return status();
        }
    }

    static final class Launches implements LaunchDecision {
        final List<LaunchRequest> explained = new CopyOnWriteArrayList<>();
        final Engine engine;

        Launches(Engine engine) {
            this.engine = engine;
        }

        @Override
        public LaunchAnswer decide(LaunchRequest request, Conversation conversation) {
            throw new AssertionError("no door decides without being asked to");
        }

        final List<LaunchRequest> ahead = new CopyOnWriteArrayList<>();
        final List<String> answered = new CopyOnWriteArrayList<>();
        volatile String first = "totp";
        volatile Ahead outcome = new Ahead.NotNeeded();
        final List<Ahead> next = new CopyOnWriteArrayList<>();
        volatile List<Control> controls = List.of();

        @Override
        public Ahead ask(LaunchRequest request, Conversation conversation) {
            ahead.add(request);
            for (String what : List.of("justification", first, "totp", "confirm")) {
                answered.add(what + " " + conversation.ask(what, "", false).orElse("-"));
            }
            return next.isEmpty() ? outcome : next.remove(0);
        }

        volatile Extended more = new Extended.Unknown();
        final List<String> extended = new CopyOnWriteArrayList<>();

        @Override
        public Extended extend(
                String grantId, long uid, Optional<String> reason, Conversation conversation) {
            extended.add(
                    grantId
                            + " "
                            + uid
                            + " "
                            + reason.orElse("-")
                            + " "
                            + conversation.ask("totp", "", false).orElse("-"));
            return more;
        }

        @Override
        public void ended(String grantId, String how, int status, long durationMillis) {}

        @Override
        public void noted(LaunchRequest request, String why) {}

        @Override
        public PolicyEngine.Explanation explain(LaunchRequest request, String eventType) {
            explained.add(request);
            return new PolicyEngine.Explanation(
                    new Evaluation(
                            controls.isEmpty()
                                    ? new Decision.Deny(engine.reasons)
                                    : new Decision.Pending(controls, conditions(), engine.reasons),
                            List.of(),
                            new Evaluation.Revision(3, "1a2b3c4d5e6f")),
                    engine.reasons);
        }

        private static Conditions conditions() {
            return new Conditions(
                    "root",
                    List.of("id"),
                    java.time.Duration.ofMinutes(5),
                    false,
                    List.of(),
                    0,
                    false,
                    false,
                    false,
                    false,
                    false,
                    false,
                    false,
                    List.of(),
                    List.of());
        }

        @Override
        public List<Grant> grants() {
            return List.of(grant("g1", "alice", 1001), grant("g2", "bob", 1002));
        }

        final List<String> ended = new CopyOnWriteArrayList<>();

        @Override
        public Optional<Grant> endGrant(String id, String by, OptionalLong owner) {
            Optional<Grant> found =
                    grants().stream()
                            .filter(grant -> grant.id().equals(id))
                            .filter(grant -> owner.isEmpty() || owner.getAsLong() == grant.uid())
                            .findFirst();
            found.ifPresent(grant -> ended.add(grant.id() + " by " + by));
            return found;
        }

        private static Grant grant(String id, String user, long uid) {
            return new Grant(
                    id,
                    "r" + id,
                    user,
                    uid,
                    "/usr/bin/id",
                    List.of("id"),
                    "root",
                    Instant.EPOCH,
                    Instant.EPOCH,
                    "policy `P1`");
        }
    }

    static final class Governed implements Governance {
        final List<String> done = new CopyOnWriteArrayList<>();

        @Override
        public Plan plan(String subject) {
            return new Plan(subject, List.of(subject), List.of("add to kepm-users"), List.of(), "");
        }

        @Override
        public Plan govern(String subject, String admin) {
            done.add("govern " + subject + " by " + admin);
            return plan(subject);
        }

        @Override
        public Plan ungovern(String subject, String admin) {
            done.add("ungovern " + subject + " by " + admin);
            return plan(subject);
        }

        @Override
        public List<String> governed() {
            return List.of("alice");
        }
    }

    static final class Names implements Accounts {
        volatile boolean hangs;
        final java.util.Set<String> looked = java.util.concurrent.ConcurrentHashMap.newKeySet();

        @Override
        public Optional<Account> byName(String name) throws NameServiceException {
            return all().stream().filter(account -> account.name().equals(name)).findFirst();
        }

        @Override
        public Optional<Account> byUid(long uid) throws NameServiceException {
            return all().stream().filter(account -> account.uid() == uid).findFirst();
        }

        @Override
        public List<String> groups(String userName) throws NameServiceException {
            all();
            return switch (userName) {
                case "mona" -> List.of("mona", "kepm-monitor");
                case "audra" -> List.of("audra", "kepm-auditors");
                default -> List.of(userName, "staff");
            };
        }

        @Override
        public Optional<List<String>> members(String groupName) {
            looked.add(groupName);
            return groupName.equals("kepm-monitor")
                    ? Optional.of(List.of("mona"))
                    : Optional.empty();
        }

        @Override
        public void addToGroup(String userName, String groupName) {}

        @Override
        public void removeFromGroup(String userName, String groupName) {}

        private List<Account> all() throws NameServiceException {
            if (hangs) {
                throw new NameServiceException("no answer within 2000 ms");
            }
            return List.of(
                    new Account("root", 0, 0, "/root", "/bin/sh"),
                    new Account("alice", 1001, 1001, "/home/alice", "/bin/sh"),
                    new Account("bob", 1002, 1002, "/home/bob", "/bin/sh"),
                    new Account("mona", 1003, 1003, "/home/mona", "/bin/sh"),
                    new Account("audra", 1004, 1004, "/home/audra", "/bin/sh"));
        }
    }

    static final class Machine implements Targets {
        @Override
        public Facts inspect(String path, Optional<UnixSockets.Descriptor> descriptor) {
            return new Facts(path, Optional.empty(), List.of(), false, "none");
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

    /** A broker with one client and one denial. */
    static final class Watch implements BrokerWatch {
        @Override
        public List<Denial> denials() {
            return List.of(
                    new Denial(
                            Instant.EPOCH,
                            Instant.EPOCH,
                            "plugin:x",
                            "publish",
                            "AuditMessage",
                            "only the agent itself publishes there",
                            3));
        }

        @Override
        public List<Client> clients() {
            return List.of(
                    new Client("plugin:x", 7, 4711, Instant.EPOCH, List.of("a/+"), 1, 2, 0, 0, 3));
        }
    }

    /** Every new connection is that of {@link #uid}. */
    static final class Sockets implements UnixSockets {
        volatile long uid;
        volatile int asked;
        volatile boolean gone;
        volatile OptionalLong login = Caller.NOT_KNOWN;

        @Override
        public Listener listen(Path path, int mode, int workers, Handler handler) {
            throw new AssertionError("the door listens by Jetty");
        }

        @Override
        public synchronized Peer peer(SocketChannel channel) throws java.io.IOException {
            asked++;
            if (uid < 0) {
                throw new java.io.IOException("no credentials");
            }
            return new Peer(4711, uid, uid);
        }

        @Override
        public Origin origin(SocketChannel channel) throws java.io.IOException {
            if (gone) {
                throw new java.io.IOException("the peer has ended");
            }
            return new Origin(-1, List.of(new Origin.Step(4711, 1)));
        }

        @Override
        public OptionalLong login(SocketChannel channel) throws java.io.IOException {
            if (gone) {
                throw new java.io.IOException("the peer has ended");
            }
            return login;
        }
    }

    /** Lets everybody ask until {@code left} is used up. */
    static final class Limits implements io.kepm.api.policy.SourceLimits {
        volatile int left = Integer.MAX_VALUE;
        final List<Source> asked = new java.util.concurrent.CopyOnWriteArrayList<>();
        final java.util.List<String> judged = new java.util.concurrent.CopyOnWriteArrayList<>();

        @Override
        public Turn take(Source source, String session, java.time.Duration longest) {
            asked.add(source);
            return left-- > 0
                    ? new Turn.Granted()
                    : new Turn.Refused(RATE_LIMITED, java.time.Duration.ofSeconds(7));
        }

        @Override
        public void judged(Source source, String session, boolean failed) {
            judged.add(source.uid() + (failed ? " failed" : " well"));
        }
    }

    /** A store that is well, and writes down what it was asked for. */
    static final class Store implements StoreCare {
        final List<String> asked = new CopyOnWriteArrayList<>();
        List<String> faults = List.of();

        @Override
        public AuditEntry follow(NextRecord record, Optional<AuditPlace> removed) {
            throw new UnsupportedOperationException("not the doors' business");
        }

        @Override
        public AuditPlace auditBase() {
            return AuditPlace.START;
        }

        @Override
        public Room room() {
            return new Room(4_096, 1L << 30, false);
        }

        @Override
        public List<String> rotateKeys() {
            asked.add("rotate");
            return List.of("data key 6 for audit (in use)", "master key: new");
        }

        @Override
        public long backup(Path file) throws StorageException {
            asked.add("backup " + file);
            if (file.endsWith("there")) {
                throw new StorageException("`" + file + "` is there already");
            }
            return 7;
        }

        @Override
        public List<String> faults() {
            return faults;
        }
    }
}
