package io.kepm.audit.export;

import io.kepm.api.audit.AuditEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A sink that keeps what it gets, and can be dead, deaf or particular. */
final class FakeSink implements Sink {

    private final boolean acknowledges;
    private final List<Long> got = new ArrayList<>();
    private String failure = "";
    private String answer = "";
    private int largest = Integer.MAX_VALUE;
    private boolean hangs;
    private boolean dies;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch delivering = new CountDownLatch(1);

    FakeSink(boolean acknowledges) {
        this.acknowledges = acknowledges;
    }

    /** Fails from now on, with this reason; an empty one ends that. */
    FakeSink fails(String reason) {
        failure = reason;
        return this;
    }

    FakeSink answers(String text) {
        answer = text;
        return this;
    }

    FakeSink takesAtMost(int records) {
        largest = records;
        return this;
    }

    /** Takes nothing and never returns, until it is closed. */
    FakeSink hangs() {
        hangs = true;
        return this;
    }

    /** Takes its thread with it. */
    FakeSink dies() {
        dies = true;
        return this;
    }

    void awaitDelivery() throws InterruptedException {
        delivering.await();
    }

    synchronized List<Long> got() {
        return List.copyOf(got);
    }

    @Override
    public String deliver(List<AuditEntry> batch) throws IOException {
        delivering.countDown();
        if (dies) {
            throw new OutOfMemoryError("of a test");
        }
        if (hangs) {
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IOException("closed");
        }
        check();
        if (batch.size() > largest) {
            throw new IOException("too large");
        }
        synchronized (this) {
            batch.forEach(entry -> got.add(entry.seq()));
        }
        return answer;
    }

    @Override
    public void check() throws IOException {
        if (!failure.isEmpty()) {
            throw new IOException(failure);
        }
    }

    @Override
    public boolean acknowledges() {
        return acknowledges;
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
