package io.kepm.elevation;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.elevation.Grant;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The grants by which something runs. The store is the truth; the map mirrors it so that reads cost
 * nothing. Safe for use by many threads: of two that change one grant at once, one wins.
 */
final class Grants {

    private static final int SHORTEST_PREFIX = 6;

    /** Locks for changes; a change of one grant holds up those of few others. */
    private static final int LOCKS = 64;

    private final AuditLog audit;
    private final String bootId;
    private final Map<String, StoredGrant> open = new ConcurrentHashMap<>();
    private final List<Object> locks = Stream.generate(Object::new).limit(LOCKS).toList();

    /**
     * @param bootId of the running kernel
     */
    Grants(Storage storage, AuditLog audit, String bootId) throws StorageException {
        this.audit = audit;
        this.bootId = bootId;
        for (byte[] value : storage.list(Table.GRANTS).values()) {
            StoredGrant stored = StoredGrant.of(value);
            open.put(stored.id(), stored);
        }
    }

    String bootId() {
        return bootId;
    }

    /**
     * The step that makes a grant durable; it counts once {@link #opened} was told of the commit.
     */
    Mutation creation(StoredGrant stored) {
        return new Mutation.Create(Table.GRANTS, stored.id(), stored.toBytes());
    }

    void opened(StoredGrant stored) {
        open.put(stored.id(), stored);
    }

    Optional<StoredGrant> find(String grantId) {
        return Optional.ofNullable(open.get(grantId));
    }

    /**
     * The one grant that somebody names.
     *
     * @param id all of it, or its beginning
     * @param owner the uid whose it has to be; empty for any
     */
    Optional<StoredGrant> named(String id, OptionalLong owner) {
        if (id.length() < SHORTEST_PREFIX) {
            return Optional.empty();
        }
        List<StoredGrant> found =
                open.values().stream()
                        .filter(stored -> stored.id().startsWith(id))
                        .filter(
                                stored ->
                                        owner.isEmpty()
                                                || owner.getAsLong() == stored.grant().uid())
                        .toList();
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    int count() {
        return open.size();
    }

    List<StoredGrant> all() {
        return List.copyOf(open.values());
    }

    List<Grant> list() {
        return open.values().stream()
                .map(StoredGrant::grant)
                .sorted(Comparator.comparing(Grant::from).thenComparing(Grant::id))
                .toList();
    }

    /**
     * Ends a grant, with the records of it.
     *
     * @param stored as it was seen
     * @return false when it is another one by now, or gone
     */
    boolean end(StoredGrant stored, List<AuditDraft> records) throws StorageException {
        synchronized (lock(stored)) {
            if (!isNow(stored)) {
                return false;
            }
            audit.commit(
                    new Change(List.of(new Mutation.Take(Table.GRANTS, stored.id())), records));
            open.remove(stored.id());
            return true;
        }
    }

    /** Makes of a grant, as it was seen, another one, with the records of that. */
    boolean change(StoredGrant stored, StoredGrant next, List<AuditDraft> records)
            throws StorageException {
        return change(stored, next, step -> audit.commit(new Change(List.of(step), records)));
    }

    /** Makes a step durable, together with what else belongs to it. */
    @FunctionalInterface
    interface Commit<X extends Exception> {
        void make(Mutation step) throws StorageException, X;
    }

    /** The same, with whatever else is to be durable at once. */
    <X extends Exception> boolean change(StoredGrant stored, StoredGrant next, Commit<X> commit)
            throws StorageException, X {
        synchronized (lock(stored)) {
            if (!isNow(stored)) {
                return false;
            }
            commit.make(new Mutation.Put(Table.GRANTS, next.id(), next.toBytes()));
            open.put(next.id(), next);
            return true;
        }
    }

    private boolean isNow(StoredGrant stored) {
        return find(stored.id()).filter(stored::equals).isPresent();
    }

    private Object lock(StoredGrant stored) {
        return locks.get(Math.floorMod(stored.id().hashCode(), LOCKS));
    }
}
