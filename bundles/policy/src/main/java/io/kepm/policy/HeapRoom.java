package io.kepm.policy;

import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Whether there is memory for a further set beside the one in force. A set that does not fit is
 * refused with the reason: out of memory, the agent would end, and end again at each start.
 */
record HeapRoom(LongSupplier free, Runnable collector) {

    /** A set takes some four times its text, and twice that while it is read. */
    private static final long EACH_BYTE = 6;

    private static final int MEGABYTE = 20;

    /** The heap of this process. */
    static final HeapRoom OWN = new HeapRoom(HeapRoom::ownFree, System::gc);

    private static long ownFree() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
    }

    /** Why these texts, which are in memory themselves, cannot be made a set; empty: they can. */
    Optional<Fault> lack(List<PolicyText> texts) {
        long bytes = texts.stream().mapToLong(text -> text.bytes().length).sum();
        long needed = bytes * EACH_BYTE;
        if (needed > free.getAsLong()) {
            // What nobody needs any more counted as used.
            collector.run();
        }
        long left = free.getAsLong();
        return needed <= left
                ? Optional.empty()
                : Optional.of(
                        new Fault(
                                "",
                                "",
                                "",
                                "not enough memory: "
                                        + (bytes >> MEGABYTE)
                                        + " MB of policies need some "
                                        + (needed >> MEGABYTE)
                                        + " MB of the heap, which has "
                                        + (left >> MEGABYTE)
                                        + " MB left: restart the agent, whose heap is chosen by"
                                        + " the size of the folder"));
    }
}
