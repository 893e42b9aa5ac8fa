package io.kepm.api.elevation;

import io.kepm.api.audit.Secrets;
import java.time.Instant;
import java.util.List;

/**
 * A request that waits, or waited, for somebody's approval. What looks like a secret in the vector
 * is hidden.
 *
 * @param until when the present state ends by itself; of no meaning once it is final
 * @param needs what is asked for, one line for each policy, such as {@code 2 of %helpdesk}
 * @param approvedBy names of those who approved so far
 * @param decidedBy who denied, withdrew or revoked it; else empty
 * @param usesLeft -1: any number until then
 */
public record AccessRequest(
        String id,
        String user,
        long uid,
        String path,
        List<String> argv,
        String cwd,
        String runAs,
        RequestState state,
        Instant created,
        Instant until,
        String reason,
        List<String> policies,
        List<String> needs,
        List<String> approvedBy,
        String decidedBy,
        int usesLeft) {
    public AccessRequest {
        argv = List.copyOf(Secrets.hiddenInArgv(argv));
        policies = List.copyOf(policies);
        needs = List.copyOf(needs);
        approvedBy = List.copyOf(approvedBy);
    }
}
