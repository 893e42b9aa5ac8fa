package io.kepm.api.linux;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Starts nothing; its children live until they are told to end. */
public final class FakeLauncher implements Launcher {

    /** Every child, in the order of the launches. */
    public final List<FakeChild> children = new CopyOnWriteArrayList<>();

    /** Why the next launch fails; empty when it does not. */
    public volatile String fault = "";

    /** What a child writes; nothing at first. */
    public volatile Supplier<InputStream> output = InputStream::nullInputStream;

    /** What a child writes to a standard error of its own; nothing at first. */
    public volatile Supplier<InputStream> errors = InputStream::nullInputStream;

    @Override
    public Child launch(LaunchOrder order, Witness witness) throws IOException {
        if (!fault.isEmpty()) {
            throw new IOException(fault);
        }
        FakeChild child = new FakeChild(order, 1000 + children.size());
        witness.sees(child.identity());
        children.add(child);
        return child;
    }

    /** A process that is none. */
    public final class FakeChild implements Child {

        public final LaunchOrder order;
        public final Set<Long> sockets = ConcurrentHashMap.newKeySet();
        public final List<String> told = new CopyOnWriteArrayList<>();
        public volatile boolean unchanged = true;
        public volatile boolean alive = true;
        public volatile boolean hitProcessLimit;
        private final Identity identity;
        private final CompletableFuture<Integer> exit = new CompletableFuture<>();

        FakeChild(LaunchOrder order, int pid) {
            this.order = order;
            this.identity = new Identity(pid, pid * 10L, order.user().uid(), 1, 2, "ab");
        }

        /** Ends it as if by itself. */
        public void exit(int code) {
            alive = false;
            exit.complete(code);
        }

        @Override
        public Identity identity() {
            return identity;
        }

        @Override
        public boolean isAlive() {
            return alive;
        }

        @Override
        public void tell(byte[] bytes) throws IOException {
            if (!told.isEmpty()) {
                throw new IOException("told before");
            }
            told.add(new String(bytes, StandardCharsets.UTF_8));
        }

        @Override
        public InputStream output() {
            return output.get();
        }

        @Override
        public InputStream errors() {
            return order.partsErrors() ? errors.get() : InputStream.nullInputStream();
        }

        @Override
        public CompletableFuture<Integer> exit() {
            return exit.copy();
        }

        @Override
        public boolean holds(long socketInode) {
            return alive && sockets.contains(socketInode);
        }

        @Override
        public boolean isUnchanged() {
            return alive && unchanged;
        }

        @Override
        public boolean hitProcessLimit() {
            return hitProcessLimit;
        }

        @Override
        public void end(Duration grace) {
            exit(143);
        }
    }
}
