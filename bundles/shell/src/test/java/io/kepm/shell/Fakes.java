package io.kepm.shell;

import io.kepm.api.audit.AuditChain;
import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditPart;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.elevation.Conversation;
import io.kepm.api.elevation.Grant;
import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.LaunchDecision;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.health.HealthCheck;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Origin;
import io.kepm.api.linux.Peer;
import io.kepm.api.linux.UnixSockets;
import io.kepm.api.log.LogLevel;
import io.kepm.api.log.LogLevels;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.policy.Reason;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.StorageException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stand-ins for the floors below. */
final class Fakes {

    private static final Evaluation.Revision REVISION = new Evaluation.Revision(3, "1a2b3c4d5e6f");

    private Fakes() {}

    static HealthCheck check() {
        return new HealthCheck() {
            @Override
            public String name() {
                return "storage";
            }

            @Override
            public Health check() {
                return Health.degraded("it lags", "wait");
            }
        };
    }

    static void await(java.util.function.BooleanSupplier condition) throws Exception {
        for (int i = 0; i < 6_000 && !condition.getAsBoolean(); i++) {
            Thread.sleep(10);
        }
    }

    static final class Audit implements AuditLog {
        final List<AuditDraft> drafts = new CopyOnWriteArrayList<>();
        volatile boolean broken;
        volatile long next;

        @Override
        public AuditPart search(AuditQuery query) {
            return new AuditPart(query(query), next);
        }

        @Override
        public List<AuditEntry> commit(Change change) throws StorageException {
            if (broken) {
                throw new StorageException("the disk is full");
            }
            drafts.addAll(change.drafts());
            return query(AuditQuery.after(0, 1));
        }

        @Override
        public List<AuditEntry> query(AuditQuery query) {
            return drafts.stream()
                    .limit(query.limit())
                    .map(
                            draft ->
                                    AuditChain.seal(
                                            draft,
                                            1,
                                            "id",
                                            Instant.EPOCH,
                                            "agent",
                                            "1",
                                            AuditChain.GENESIS))
                    .toList();
        }

        @Override
        public Verification verify(Optional<AuditPlace> anchor) {
            return new Verification(true, drafts.size(), "", "", false);
        }
    }

    static final class Engine implements PolicyEngine {
        @Override
        public Evaluation evaluate(EvaluationRequest request, ZonedDateTime at) {
            throw new AssertionError("the shell evaluates nothing");
        }

        @Override
        public Explanation explain(EvaluationRequest request, ZonedDateTime at) {
            throw new AssertionError("the shell asks the launch decision");
        }

        @Override
        public Status status() {
            return new Status(REVISION, 1, "", Path.of("/policies"), List.of());
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

    static final class Launches implements LaunchDecision {
        @Override
        public LaunchAnswer decide(LaunchRequest request, Conversation conversation) {
            throw new AssertionError("the shell launches nothing");
        }

        @Override
        public void ended(String grantId, String how, int status, long durationMillis) {}

        @Override
        public void noted(LaunchRequest request, String why) {}

        @Override
        public PolicyEngine.Explanation explain(LaunchRequest request, String eventType) {
            Reason reason = Reason.of(Reason.UNMATCHED, "argv=" + request.argv());
            return new PolicyEngine.Explanation(
                    new Evaluation(new Decision.Deny(List.of(reason)), List.of(), REVISION),
                    List.of(reason));
        }

        @Override
        public Optional<Grant> endGrant(String id, String by, OptionalLong owner) {
            return Optional.empty();
        }

        @Override
        public List<Grant> grants() {
            return List.of(
                    new Grant(
                            "g1",
                            "r1",
                            "alice",
                            1001,
                            "/usr/bin/id",
                            List.of("id"),
                            "root",
                            Instant.EPOCH,
                            Instant.EPOCH,
                            "policy `P1`"));
        }
    }

    static final class Levels implements LogLevels {
        final SortedMap<String, LogLevel> set = new TreeMap<>(Map.of(DEFAULT, LogLevel.WARNING));

        @Override
        public SortedMap<String, LogLevel> levels() {
            return set;
        }

        @Override
        public LogLevel level(String component) {
            return set.getOrDefault(component, LogLevel.WARNING);
        }

        @Override
        public void set(String component, LogLevel level) {
            if (component.contains("$")) {
                throw new IllegalArgumentException("no component has the name");
            }
            set.put(component, level);
        }
    }

    static final class Names implements Accounts {
        @Override
        public Optional<Account> byName(String name) {
            return name.equals("alice")
                    ? Optional.of(new Account("alice", 1001, 1001, "/home/alice", "/bin/sh"))
                    : Optional.empty();
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

    static final class Sockets implements UnixSockets {
        volatile long uid;

        @Override
        public Listener listen(Path path, int mode, int workers, Handler handler) {
            throw new AssertionError("the shell listens by itself");
        }

        @Override
        public Peer peer(SocketChannel channel) {
            return new Peer(4711, uid, uid);
        }

        @Override
        public Origin origin(SocketChannel channel) {
            return new Origin(-1, List.of(new Origin.Step(4711, 1)));
        }
    }
}
