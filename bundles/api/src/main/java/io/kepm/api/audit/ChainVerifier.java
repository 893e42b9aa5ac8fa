package io.kepm.api.audit;

import java.util.Optional;

/**
 * Checks records one after the other and names the first that does not follow. Feed entries in
 * order with {@link #accept}; not for use by two threads.
 */
public final class ChainVerifier {

    private long count;
    private long expected;
    private String head;

    /**
     * @param firstSeq the place of the first record expected
     * @param prevHash what it has to name as its predecessor
     */
    public ChainVerifier(long firstSeq, String prevHash) {
        this.expected = firstSeq;
        this.head = prevHash;
    }

    /** What is wrong with the next record, or empty when it follows. */
    public Optional<String> accept(AuditEntry entry) {
        if (entry.seq() != expected) {
            return Optional.of(
                    "record "
                            + expected
                            + " is missing: record "
                            + entry.seq()
                            + " stands in its place");
        }
        if (!AuditChain.hash(entry.json()).equals(entry.hash())) {
            return Optional.of(
                    "record " + entry.seq() + " was edited: its content does not match its hash");
        }
        if (!entry.json().contains("\"prev_hash\":\"" + head + "\"")) {
            return Optional.of(
                    "record "
                            + entry.seq()
                            + " does not follow the record before it: its prev_hash differs");
        }
        if (!entry.json().contains("\"seq\":" + entry.seq() + "}")
                && !entry.json().contains("\"seq\":" + entry.seq() + ",")) {
            return Optional.of("record " + entry.seq() + " names another place inside");
        }
        count++;
        expected++;
        head = entry.hash();
        return Optional.empty();
    }

    /** How many records followed so far. */
    public long count() {
        return count;
    }

    /** The hash of the last record that followed. */
    public String head() {
        return head;
    }
}
