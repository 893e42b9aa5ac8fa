package io.kepm.storage;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.storage.StorageException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/** A change on its way to disk, and the caller who waits for it. */
final class Pending {

    private enum State {
        QUEUED,
        TAKEN,
        GIVEN_UP
    }

    /** What a change does to the batch that takes it. */
    interface Step {
        List<AuditEntry> into(BatchCommit batch)
                throws StorageException, SQLException, GeneralSecurityException;
    }

    private final Step step;
    private final CompletableFuture<List<AuditEntry>> result = new CompletableFuture<>();
    private final AtomicReference<State> state = new AtomicReference<>(State.QUEUED);

    Pending(Step step) {
        this.step = step;
    }

    Step step() {
        return step;
    }

    /** Whether the writer may take it; not when its caller has given up. */
    boolean take() {
        return state.compareAndSet(State.QUEUED, State.TAKEN);
    }

    void done(List<AuditEntry> entries) {
        result.complete(entries);
    }

    void fail(StorageException cause) {
        result.completeExceptionally(cause);
    }

    /** Waits until the writer has answered, at most this long. */
    List<AuditEntry> await(Duration longest) throws StorageException {
        boolean interrupted = false;
        long end = System.nanoTime() + longest.toNanos();
        try {
            while (true) {
                try {
                    return result.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                    if (state.compareAndSet(State.QUEUED, State.GIVEN_UP)) {
                        throw new StorageException("interrupted before the change was written", e);
                    }
                    // Already being written: its outcome is worth the wait.
                } catch (TimeoutException e) {
                    throw late(longest, e);
                } catch (ExecutionException e) {
                    throw failure(e.getCause() == null ? e : e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private StorageException late(Duration longest, TimeoutException e) {
        if (state.compareAndSet(State.QUEUED, State.GIVEN_UP)) {
            return new StorageException(
                    "the change was not written within " + longest.toSeconds() + " s", e);
        }
        // The caller denies, which is safe; the record may still appear.
        return new StorageException(
                "the disk did not confirm the change within "
                        + longest.toSeconds()
                        + " s; it may still be recorded",
                e);
    }

    private static StorageException failure(Throwable cause) {
        // A fresh one, so that its stack shows the caller; the writer's is its cause.
        return new StorageException(String.valueOf(cause.getMessage()), cause);
    }
}
