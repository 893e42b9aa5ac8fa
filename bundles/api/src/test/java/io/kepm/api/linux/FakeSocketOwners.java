package io.kepm.api.linux;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongUnaryOperator;

/** Every connection is of the one owner that was set. */
public final class FakeSocketOwners implements SocketOwners {

    public volatile Optional<Owner> owner = Optional.empty();
    public volatile boolean broken;
    public final AtomicInteger asked = new AtomicInteger();

    /** Whether that owner is this very process. */
    public volatile boolean ours;

    @Override
    public Optional<Owner> ownerOf(InetSocketAddress local, InetSocketAddress remote)
            throws IOException {
        // Taken before it shows that somebody asked: from then on a test may set another one.
        Optional<Owner> answer = owner;
        asked.incrementAndGet();
        if (broken) {
            throw new IOException("sock_diag: no answer");
        }
        return answer;
    }

    /** Who answers for a uid. */
    public volatile LongUnaryOperator subordinate = LongUnaryOperator.identity();

    @Override
    public long answersFor(long uid) {
        return subordinate.applyAsLong(uid);
    }

    @Override
    public boolean isOurs(Owner of) {
        return ours;
    }
}
