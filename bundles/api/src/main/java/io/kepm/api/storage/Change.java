package io.kepm.api.storage;

import io.kepm.api.audit.AuditDraft;
import java.util.List;

/** Mutations and the records of them, which become durable together or not at all. */
public record Change(List<Mutation> mutations, List<AuditDraft> drafts) {

    public Change {
        mutations = List.copyOf(mutations);
        drafts = List.copyOf(drafts);
    }

    /** Records only. */
    public static Change record(AuditDraft... drafts) {
        return new Change(List.of(), List.of(drafts));
    }
}
