package io.kepm.mqtt;

import io.kepm.api.audit.AuditChain;
import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.LaunchOrder;
import io.kepm.api.linux.Launcher;
import io.kepm.api.linux.SocketOwners;
import io.kepm.api.log.LogIntake;
import io.kepm.api.log.LogRecord;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.policy.PolicyRef;
import io.kepm.api.policy.Reason;
import io.kepm.api.policy.SourceLimits;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.StorageException;
import io.kepm.api.trust.Launches;
import io.kepm.api.trust.TopicRights;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Stand-ins for the floors below, which remember what they were asked. */
final class Fakes {

    private Fakes() {}

    /** Knows whom the test launched; the process is the test's own, whatever the peer's port. */
    static final class Processes implements Launches {
        private final Map<String, Started> started = new ConcurrentHashMap<>();
        private final AtomicInteger pids = new AtomicInteger(1000);

        /** The inode of whatever is connected of a process. */
        static final long SOCKET = 8;

        final AtomicInteger asked = new AtomicInteger();
        volatile boolean failing;
        volatile boolean trusting;

        /** Processes that run on although others were started under their ids. */
        final Map<String, Launcher.Identity> staying = new ConcurrentHashMap<>();

        private record Started(Component component, byte[] secret, Launcher.Identity process) {}

        /** Starts one again, as another process, when it is there already. */
        String start(String clientId, Reach reach, TopicRights topics) {
            String secret = "secret-of-" + clientId + "-" + pids.incrementAndGet();
            started.put(
                    clientId,
                    new Started(
                            new Component(clientId, reach, topics, true),
                            secret.getBytes(StandardCharsets.UTF_8),
                            new Launcher.Identity(pids.get(), 1, 4711, 1, 1, "00")));
            return secret;
        }

        void end(String clientId) {
            started.remove(clientId);
        }

        @Override
        public Launcher.Child launch(
                Component component, LaunchOrder order, Launcher.Witness witness) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Verdict identify(
                String clientId, byte[] secret, InetSocketAddress peer, InetSocketAddress door) {
            asked.incrementAndGet();
            if (failing) {
                throw new IllegalStateException("the registry is broken");
            }
            Started one = started.get(clientId);
            if (one == null && trusting) {
                return new Verdict.Known(
                        new Component(clientId, Reach.PLUGIN, TopicRights.NONE, true),
                        new Launcher.Identity(1, 1, 0, 1, 1, "00"));
            }
            return one != null && Arrays.equals(one.secret(), secret)
                    ? new Verdict.Known(one.component(), one.process())
                    : new Verdict.Unknown("no such process, or not its secret");
        }

        @Override
        public Optional<Launcher.Identity> running(String clientId) {
            return Optional.ofNullable(staying.get(clientId))
                    .or(() -> Optional.ofNullable(started.get(clientId)).map(Started::process));
        }

        @Override
        public Optional<Reach> reachOf(SocketOwners.Owner owner) {
            return started.values().stream()
                    .filter(one -> one.process().uid() == owner.uid() && owner.inode() == SOCKET)
                    .map(one -> one.component().tier())
                    .findFirst();
        }
    }

    static final class Audit implements AuditLog {
        final List<AuditDraft> drafts = new CopyOnWriteArrayList<>();
        final List<AuditEntry> entries = new CopyOnWriteArrayList<>();
        volatile boolean broken;
        volatile CountDownLatch hanging = new CountDownLatch(0);

        @Override
        public synchronized List<AuditEntry> commit(Change change) throws StorageException {
            if (broken) {
                throw new StorageException("the disk is full");
            }
            try {
                hanging.await();
            } catch (InterruptedException e) {
                throw new StorageException("interrupted");
            }
            for (AuditDraft draft : change.drafts()) {
                String last =
                        entries.isEmpty()
                                ? AuditChain.GENESIS
                                : entries.get(entries.size() - 1).hash();
                drafts.add(draft);
                entries.add(
                        AuditChain.seal(
                                draft,
                                entries.size() + 1L,
                                "id",
                                Instant.now(),
                                "agent",
                                "1",
                                last));
            }
            return List.of();
        }

        @Override
        public List<AuditEntry> query(AuditQuery query) {
            List<AuditEntry> found =
                    entries.stream()
                            .filter(entry -> query.newestFirst() || entry.seq() > query.after())
                            .filter(
                                    entry ->
                                            query.from().isEmpty()
                                                    || !entry.time().isBefore(query.from().get()))
                            .toList();
            if (query.newestFirst()) {
                return found.isEmpty() ? found : List.of(found.get(found.size() - 1));
            }
            return found.stream().limit(query.limit()).toList();
        }

        @Override
        public Verification verify(Optional<AuditPlace> anchor) {
            return new Verification(true, entries.size(), "abc", "", false);
        }

        List<String> types() {
            return drafts.stream().map(draft -> draft.type().name()).toList();
        }
    }

    /** Denies everything, and remembers the question. */
    static final class Engine implements PolicyEngine {
        final List<EvaluationRequest> asked = new CopyOnWriteArrayList<>();

        @Override
        public Evaluation evaluate(EvaluationRequest request, ZonedDateTime at) {
            asked.add(request);
            return new Evaluation(
                    new Decision.Deny(
                            List.of(
                                    new Reason(
                                            Reason.POLICY,
                                            "denies it",
                                            Optional.of(new PolicyRef("P1", "No", 3)),
                                            List.of(),
                                            false))),
                    List.of(),
                    new Evaluation.Revision(3, "1a2b3c4d5e6f"));
        }

        @Override
        public Explanation explain(EvaluationRequest request, ZonedDateTime at) {
            return new Explanation(evaluate(request, at), List.of());
        }

        @Override
        public Status status() {
            return new Status(new Evaluation.Revision(3, "1a"), 0, "now", Path.of("/x"), List.of());
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

    static final class Sources implements SourceLimits {
        final List<Source> taken = new CopyOnWriteArrayList<>();
        final List<Boolean> failures = new CopyOnWriteArrayList<>();
        volatile boolean full;

        @Override
        public Turn take(Source source, String session, Duration longest) {
            taken.add(source);
            return full
                    ? new Turn.Refused(RATE_LIMITED, Duration.ofSeconds(30))
                    : new Turn.Granted();
        }

        @Override
        public void judged(Source source, String session, boolean failed) {
            failures.add(failed);
        }
    }

    /** One user: ada, 4711. */
    static final class People implements Accounts {
        private static final Account ADA = new Account("ada", 4711, 4711, "/home/ada", "/bin/sh");

        @Override
        public Optional<Account> byName(String name) {
            return name.equals("ada") ? Optional.of(ADA) : Optional.empty();
        }

        @Override
        public Optional<Account> byUid(long uid) {
            return uid == 4711 ? Optional.of(ADA) : Optional.empty();
        }

        @Override
        public List<String> groups(String userName) {
            return List.of("ada", "dev");
        }

        @Override
        public Optional<List<String>> members(String groupName) {
            return Optional.empty();
        }

        @Override
        public void addToGroup(String userName, String groupName) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void removeFromGroup(String userName, String groupName) {
            throw new UnsupportedOperationException();
        }
    }

    static final class Log implements LogIntake {
        final List<LogRecord> records = new CopyOnWriteArrayList<>();

        @Override
        public void log(LogRecord record) {
            records.add(record);
        }
    }
}
