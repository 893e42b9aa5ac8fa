package io.kepm.api.audit;

/**
 * A place in the chain of records: what stands before it is settled by the hash there.
 *
 * @param seq place of a record; 0 is the place before the first
 * @param hash hash of that record, lower-case hex
 */
public record AuditPlace(long seq, String hash) {

    /** Before the first record. */
    public static final AuditPlace START = new AuditPlace(0, AuditChain.GENESIS);
}
