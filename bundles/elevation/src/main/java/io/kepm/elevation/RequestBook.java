package io.kepm.elevation;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.elevation.RequestState;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.StoreCare;
import io.kepm.api.storage.Table;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The requests. The store is the truth; the map mirrors it so that reads cost nothing. Safe for use
 * by many threads: each version has a key of its own, which one change can take, so of two that
 * change one request one wins, and the store would see to it even if the map did not.
 */
final class RequestBook {

    /** How long a request that is over stays to be looked at. */
    private static final Duration KEPT = Duration.ofDays(30);

    /** Most requests at once, the ones that are over included. */
    private static final int MOST = 10_000;

    /** Most open requests of one user. */
    static final int MOST_OPEN = 20;

    private final AuditLog audit;
    private final InstantSource clock;
    private final Map<String, StoredRequest> requests = new ConcurrentHashMap<>();

    /**
     * Held by the one who changes a request; the store would refuse the second one all the same.
     */
    private final Object moving = new Object();

    /** Told after each change. */
    private final Object changed = new Object();

    private volatile Watcher watcher = (from, to) -> {};

    RequestBook(Storage storage, AuditLog audit, InstantSource clock) throws StorageException {
        this.audit = audit;
        this.clock = clock;
        for (byte[] value : storage.list(Table.REQUESTS).values()) {
            StoredRequest request = StoredRequest.of(value);
            requests.put(request.id(), request);
        }
    }

    /**
     * After the store was put back to a former state: what waited or was approved then may have
     * been used, or taken back, since. Nobody can tell, so nothing of it counts any more.
     */
    void revokeAfterRestore(Storage storage) throws StorageException {
        if (storage.get(Table.AGENT_STATE, StoreCare.RESTORED).isEmpty()) {
            return;
        }
        for (StoredRequest request : List.copyOf(requests.values())) {
            if (!request.state().isFinal()) {
                revoke(request, "the store was restored from a backup");
            }
        }
        audit.commit(
                new Change(
                        List.of(new Mutation.Take(Table.AGENT_STATE, StoreCare.RESTORED)),
                        List.of()));
    }

    /** The agent itself takes it back; what is over, or gone, stays so. */
    void revoke(String id, String why) throws StorageException {
        Optional<StoredRequest> open = find(id).filter(request -> !request.state().isFinal());
        if (open.isPresent()) {
            revoke(open.get(), why);
        }
    }

    private void revoke(StoredRequest request, String why) throws StorageException {
        StoredRequest revoked = request.moved(RequestState.REVOKED, now(), 0, "");
        try {
            move(
                    request,
                    revoked,
                    List.of(),
                    List.of(
                            revoked.record(AuditType.REQUEST_STATUS_CHANGED, "OK")
                                    .reason(why)
                                    .detail("from", request.state().word())
                                    .build()));
        } catch (Overtaken e) {
            throw new StorageException(
                    "a request changed before anybody could: " + request.id(), e);
        }
    }

    /** Another change came first: what was about to be changed is not what is there any more. */
    static final class Overtaken extends Exception {
        private static final long serialVersionUID = 1L;

        private Overtaken(String id) {
            super("request " + id + " changed meanwhile");
        }
    }

    /** Hears of each change once it is durable, from whoever made it; never waits. */
    @FunctionalInterface
    interface Watcher {
        void moved(StoredRequest from, StoredRequest to);
    }

    void watch(Watcher one) {
        watcher = one;
    }

    Instant now() {
        return clock.instant();
    }

    Optional<StoredRequest> find(String id) {
        return Optional.ofNullable(requests.get(id));
    }

    /** Those that a test holds for, the newest first. */
    List<StoredRequest> list(Predicate<StoredRequest> test) {
        return requests.values().stream()
                .filter(test)
                .sorted(
                        Comparator.comparingLong(StoredRequest::createdMillis)
                                .reversed()
                                .thenComparing(StoredRequest::id))
                .toList();
    }

    /** Why a user can't make one more; empty when he can. */
    Optional<String> fault(long uid) {
        int open = list(request -> request.uid() == uid && request.state().isOpen()).size();
        if (open >= MOST_OPEN) {
            return Optional.of(Texts.say("approval.open", open));
        }
        return requests.size() >= MOST ? Optional.of(Texts.say("approval.full")) : Optional.empty();
    }

    /** Makes a request, with the records of it. */
    void create(StoredRequest request, List<AuditDraft> drafts) throws StorageException {
        audit.commit(
                new Change(
                        List.of(
                                new Mutation.Create(
                                        Table.REQUESTS, request.key(), request.toBytes())),
                        drafts));
        requests.put(request.id(), request);
    }

    /** What a change of one version into the next does in the store. */
    static List<Mutation> steps(StoredRequest from, StoredRequest to) {
        return List.of(
                new Mutation.Take(Table.REQUESTS, from.key()),
                new Mutation.Create(Table.REQUESTS, to.key(), to.toBytes()));
    }

    /** Makes the next version durable, together with what else belongs to it. */
    void move(StoredRequest from, StoredRequest to, List<Mutation> more, List<AuditDraft> drafts)
            throws StorageException, Overtaken {
        List<Mutation> mutations = new ArrayList<>(steps(from, to));
        mutations.addAll(more);
        synchronized (moving) {
            if (find(from.id()).filter(from::equals).isEmpty()) {
                throw new Overtaken(from.id());
            }
            audit.commit(new Change(mutations, drafts));
            requests.put(to.id(), to);
        }
        synchronized (changed) {
            changed.notifyAll();
        }
        watcher.moved(from, to);
    }

    /**
     * Waits until a request is another version than this, or the time is over; and says what is.
     */
    Optional<StoredRequest> await(StoredRequest seen, Duration most) throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        synchronized (changed) {
            Optional<StoredRequest> now = find(seen.id());
            while (now.filter(r -> r.version() == seen.version()).isPresent()) {
                long millis = (end - System.nanoTime()) / 1_000_000;
                if (millis <= 0) {
                    break;
                }
                changed.wait(millis);
                now = find(seen.id());
            }
            return now;
        }
    }

    /** Lets time do its part: what waits too long is escalated, then expires; what is over goes. */
    void reconcile() throws StorageException {
        Instant now = now();
        for (StoredRequest request : List.copyOf(requests.values())) {
            boolean over = request.until().isBefore(now);
            if (request.state().isFinal()) {
                if (request.until().plus(KEPT).isBefore(now)) {
                    remove(request);
                }
            } else if (over && request.state() == RequestState.PENDING) {
                bySelf(request, RequestState.ESCALATED, request.escalatedMinutes());
            } else if (over) {
                bySelf(request, RequestState.EXPIRED, 0);
            }
        }
    }

    private void bySelf(StoredRequest request, RequestState next, int minutes)
            throws StorageException {
        StoredRequest moved = request.moved(next, now(), minutes, "");
        try {
            move(
                    request,
                    moved,
                    List.of(),
                    List.of(
                            moved.record(AuditType.REQUEST_STATUS_CHANGED, "OK")
                                    .reason("its time in the state before is over")
                                    .detail("from", request.state().word())
                                    .build()));
        } catch (Overtaken e) {
            // Somebody did something with it just now: the next look sees what.
            return;
        }
    }

    private void remove(StoredRequest request) throws StorageException {
        audit.commit(
                new Change(
                        List.of(new Mutation.Take(Table.REQUESTS, request.key())),
                        List.of(
                                request.record(AuditType.REQUEST_REMOVED, "OK")
                                        .reason("it is over for 30 days")
                                        .build())));
        requests.remove(request.id());
    }
}
