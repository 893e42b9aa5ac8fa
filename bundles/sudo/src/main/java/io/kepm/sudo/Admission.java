package io.kepm.sudo;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;

/**
 * How many requests may be open at once: of one uid, and in all. The last places, and the last of
 * the memory, are for those who hold few, so that one user's stuck requests never leave none for
 * the others. Safe for use by many threads.
 */
final class Admission {

    private static final int FEW = 4;
    private static final long MOST_BYTES = 32L << 20;
    private static final long MOST_BYTES_OF_ONE = 8L << 20;
    private static final long FEW_BYTES = 1L << 20;

    private final int places;
    private final int reserve;
    private final IntSupplier mostOfOne;
    private final Map<Long, Held> held = new HashMap<>();
    private int taken;
    private long bytes;

    private static final class Held {
        private int count;
        private long bytes;
    }

    /**
     * @param mostOfOne how many one uid may hold; asked each time, never more than half of all
     */
    Admission(int places, IntSupplier mostOfOne) {
        this.places = places;
        this.reserve = places / 4;
        this.mostOfOne = () -> Math.min(mostOfOne.getAsInt(), places / 2);
    }

    /** A place for one open request of a uid; empty when it holds too many. */
    synchronized Optional<Place> enter(long uid) {
        Held own = held.getOrDefault(uid, new Held());
        boolean scarce = taken >= places - reserve;
        // Every sudo is root's when it reports the end of its command: those are short and must
        // not get lost.
        boolean full = uid == 0 ? taken >= places : own.count >= mostOfOne.getAsInt();
        if (full || taken >= places || (scarce && uid != 0 && own.count >= FEW)) {
            return Optional.empty();
        }
        own.count++;
        taken++;
        held.put(uid, own);
        return Optional.of(new Place(uid));
    }

    /** How many requests are open now. */
    synchronized int open() {
        return taken;
    }

    /** One open request; closing it gives the place back. For use by one thread. */
    final class Place implements AutoCloseable {
        private final long uid;
        private long size;

        private Place(long uid) {
            this.uid = uid;
        }

        /** Counts the memory that the request holds; false when there is too much already. */
        boolean holds(long more) {
            synchronized (Admission.this) {
                Held own = held.getOrDefault(uid, new Held());
                boolean scarce = bytes + more > MOST_BYTES - MOST_BYTES / 4;
                if (bytes + more > MOST_BYTES
                        || own.bytes + more > MOST_BYTES_OF_ONE
                        || (scarce && own.bytes + more > FEW_BYTES)) {
                    return false;
                }
                own.bytes += more;
                bytes += more;
                size += more;
                return true;
            }
        }

        @Override
        public void close() {
            synchronized (Admission.this) {
                Held own = held.getOrDefault(uid, new Held());
                own.bytes -= size;
                bytes -= size;
                taken--;
                if (--own.count <= 0) {
                    held.remove(uid);
                }
            }
        }
    }
}
