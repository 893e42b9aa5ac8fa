package io.kepm.api.audit;

import java.security.PublicKey;
import java.util.Optional;

/**
 * Checks records one after the other and names the first that does not follow, or a checkpoint that
 * is not signed. Feed entries in order with {@link #accept}; not for use by two threads.
 */
public final class ChainVerifier {

    private final Optional<PublicKey> key;
    private long count;
    private long checkpoints;
    private Optional<AuditPlace> removed = Optional.empty();
    private long expected;
    private String head;

    /**
     * @param before the place of the record before the first one expected
     * @param key the agent's, to check checkpoints with; without one they are records like others
     */
    public ChainVerifier(AuditPlace before, Optional<PublicKey> key) {
        this.expected = before.seq() + 1;
        this.head = before.hash();
        this.key = key;
    }

    /** Without a look at signatures. */
    public ChainVerifier(long firstSeq, String prevHash) {
        this(new AuditPlace(firstSeq - 1, prevHash), Optional.empty());
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
        if (!entry.json().contains("\"seq\":" + entry.seq() + ",")
                && !entry.json().contains("\"seq\":" + entry.seq() + "}")) {
            return Optional.of("record " + entry.seq() + " names another place inside");
        }
        if (entry.type().equals(AuditType.AUDIT_CHECKPOINT.name()) && key.isPresent()) {
            Optional<String> fault = Checkpoint.fault(entry, key.get());
            if (fault.isPresent()) {
                return fault;
            }
            checkpoints++;
            removed = Checkpoint.removed(entry).or(() -> removed);
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

    /** How many signed checkpoints were among them. */
    public long checkpoints() {
        return checkpoints;
    }

    /** Up to where records were removed, by the last checkpoint that says so. */
    public Optional<AuditPlace> removed() {
        return removed;
    }

    /** The hash of the last record that followed. */
    public String head() {
        return head;
    }
}
