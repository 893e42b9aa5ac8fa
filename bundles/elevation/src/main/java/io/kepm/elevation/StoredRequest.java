package io.kepm.elevation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kepm.api.audit.AuditDraft;
import io.kepm.api.elevation.AccessRequest;
import io.kepm.api.elevation.RequestState;
import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A request as it is kept. Immutable: what happens to it makes the next version.
 *
 * @param version counts what happened to it; of two who change one version, one wins
 * @param hash what the approval is bound to, see {@link RequestHash}
 * @param createdMillis since 1970
 * @param untilMillis when the present state ends by itself, since 1970
 * @param pendingMinutes how long each state lasts, as two more are
 * @param usesLeft -1: any number until then
 * @param decidedBy who denied, withdrew or revoked it; else empty
 * @param challenge number of the challenge that an offline code would answer; 0: there is none
 */
record StoredRequest(
        String id,
        int version,
        String user,
        long uid,
        String path,
        List<String> argv,
        String cwd,
        String runAs,
        String hash,
        RequestState state,
        long createdMillis,
        long untilMillis,
        String reason,
        List<String> policies,
        List<Need> needs,
        int pendingMinutes,
        int escalatedMinutes,
        int usableMinutes,
        int usesLeft,
        List<Approved> approvals,
        String decidedBy,
        long challenge) {

    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    static final int ANY_NUMBER = -1;

    StoredRequest {
        argv = List.copyOf(argv);
        policies = List.copyOf(policies);
        needs = List.copyOf(needs);
        approvals = List.copyOf(approvals);
    }

    /**
     * One approval.
     *
     * @param person who stands behind the account
     * @param groups of the approver at that time
     * @param during the state of the request when it was given: who is asked only once a request is
     *     escalated has to say so then
     */
    record Approved(
            String user, String person, boolean admin, List<String> groups, RequestState during) {
        Approved {
            groups = List.copyOf(groups);
            // One of a former version was given before anything else could have counted.
            during = during == null ? RequestState.PENDING : during;
        }

        Approved in(List<String> now) {
            return new Approved(user, person, admin, now, during);
        }
    }

    /** The key in the store: another one for each version. */
    String key() {
        return id + "." + version;
    }

    Instant until() {
        return Instant.ofEpochMilli(untilMillis);
    }

    /** The next version in another state, which lasts so many minutes from now. */
    StoredRequest moved(RequestState next, Instant now, int minutes, String by) {
        if (next != state && !state.next().contains(next)) {
            throw new IllegalStateException(state + " does not become " + next);
        }
        long until = now.plusSeconds(60L * minutes).toEpochMilli();
        return with(next, until, usesLeft, approvals, by.isEmpty() ? decidedBy : by, challenge);
    }

    /** The next version with another challenge, or, by 0, without one. */
    StoredRequest challenged(long number) {
        return with(state, untilMillis, usesLeft, approvals, decidedBy, number);
    }

    /** The next version, with its approvals seen anew. */
    StoredRequest withApprovals(List<Approved> seen) {
        return with(state, untilMillis, usesLeft, seen, decidedBy, challenge);
    }

    /** The next version with one more approval, in the same state. */
    StoredRequest approvedBy(Approved one) {
        List<Approved> more = new ArrayList<>(approvals);
        more.add(one);
        return with(state, untilMillis, usesLeft, more, decidedBy, challenge);
    }

    /** The next version after one use. */
    StoredRequest used() {
        if (state != RequestState.APPROVED) {
            throw new IllegalStateException("not approved: " + state);
        }
        int left = usesLeft == ANY_NUMBER ? ANY_NUMBER : usesLeft - 1;
        RequestState next = left == 0 ? RequestState.USED : state;
        return with(next, untilMillis, left, approvals, decidedBy, challenge);
    }

    private StoredRequest with(
            RequestState next,
            long until,
            int uses,
            List<Approved> by,
            String decided,
            long asked) {
        return new StoredRequest(
                id,
                version + 1,
                user,
                uid,
                path,
                argv,
                cwd,
                runAs,
                hash,
                next,
                createdMillis,
                until,
                reason,
                policies,
                needs,
                pendingMinutes,
                escalatedMinutes,
                usableMinutes,
                uses,
                by,
                decided,
                asked);
    }

    /** Whether every policy's need is met: by different persons each, one may serve several. */
    boolean isSatisfied() {
        return needs.stream()
                .allMatch(
                        need ->
                                approvals.stream()
                                                .filter(one -> counts(one, need))
                                                .map(Approved::person)
                                                .distinct()
                                                .count()
                                        >= need.required());
    }

    /** Whether somebody says no more by it than he has said before. */
    boolean isSaid(Approved one) {
        List<Approved> before =
                approvals.stream().filter(old -> old.person().equals(one.person())).toList();
        return !before.isEmpty()
                && needs.stream()
                        .filter(need -> counts(one, need))
                        .allMatch(need -> before.stream().anyMatch(old -> counts(old, need)));
    }

    /** Names of who approved it, each once. */
    List<String> approvers() {
        return approvals.stream().map(Approved::user).distinct().toList();
    }

    private static boolean counts(Approved one, Need need) {
        return one.admin() || need.accepts(one.during(), one.user(), one.groups());
    }

    byte[] toBytes() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a request has no form", e);
        }
    }

    static StoredRequest of(byte[] bytes) throws StorageException {
        try {
            return JSON.readValue(bytes, StoredRequest.class);
        } catch (IOException e) {
            throw new StorageException("a stored request can't be read: " + e.getMessage(), e);
        }
    }

    AccessRequest shown() {
        return new AccessRequest(
                id,
                user,
                uid,
                path,
                argv,
                cwd,
                runAs,
                state,
                Instant.ofEpochMilli(createdMillis),
                until(),
                reason,
                policies,
                needs.stream().map(Need::text).toList(),
                approvers(),
                decidedBy,
                usesLeft);
    }

    /** The beginning of a record about it. */
    AuditDraft.Builder record(io.kepm.api.audit.AuditType type, String outcome) {
        return AuditDraft.of(type, outcome)
                .request(id)
                .requestStatus(state.word())
                .user(AuditDraft.UserInfo.of(user, uid))
                .target(new AuditDraft.TargetInfo(path, argv, "", cwd, runAs));
    }
}
