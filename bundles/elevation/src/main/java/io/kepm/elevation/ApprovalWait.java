package io.kepm.elevation;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.api.elevation.RequestState;
import io.kepm.api.policy.Conditions;
import io.kepm.api.policy.Control;
import io.kepm.api.policy.Decision;
import io.kepm.api.storage.StorageException;
import io.kepm.elevation.Controls.Asked;
import io.kepm.elevation.Controls.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Makes a request for an approval, or finds the one that was made for the very same command, and
 * waits at the terminal while somebody decides. Who stops waiting keeps the request.
 */
final class ApprovalWait {

    /** Who waits holds a thread of the door; beyond this, people come back instead. */
    static final int MOST_WAITING = 64;

    /** Whether the person is still there is asked so often. */
    private static final Duration LOOK = Duration.ofSeconds(5);

    private final RequestBook book;
    private final PendingWatches watches;
    private final BooleanSupplier takesCodes;
    private final Semaphore waiting = new Semaphore(MOST_WAITING);
    private final Map<String, Integer> attended = new ConcurrentHashMap<>();

    /**
     * @param takesCodes whether an offline code can approve here
     */
    ApprovalWait(RequestBook book, PendingWatches watches, BooleanSupplier takesCodes) {
        this.book = book;
        this.watches = watches;
        this.takesCodes = takesCodes;
    }

    PendingWatches watches() {
        return watches;
    }

    /** Whether somebody waits at a terminal for it, and so learns there what becomes of it. */
    boolean isAttended(String requestId) {
        return attended.containsKey(requestId);
    }

    /** The request that this command was asked with before, approved ones first. */
    Optional<StoredRequest> known(Asked asked, Conditions conditions) {
        Predicate<StoredRequest> isOf = isOf(asked, conditions);
        Instant now = book.now();
        List<StoredRequest> same =
                book.list(
                        request ->
                                isOf.test(request)
                                        && request.until().isAfter(now)
                                        && (request.state().isOpen()
                                                || request.state() == RequestState.APPROVED));
        return same.stream()
                .filter(request -> request.state() == RequestState.APPROVED)
                .findFirst()
                .or(() -> same.stream().findFirst());
    }

    /**
     * What became meanwhile of the request that somebody comes back to: who lost the agent while he
     * waited is told so, and no second request is made in its place.
     */
    Optional<Result> overSince(Asked asked, Conditions conditions) {
        return book.find(asked.launch().requestId())
                .filter(isOf(asked, conditions))
                .filter(request -> request.state().isFinal())
                .map(ApprovalWait::over);
    }

    private static Result over(StoredRequest request) {
        String text = Texts.decided(request);
        return request.state() == RequestState.EXPIRED
                ? new Result.NotMet(Launch.EXPIRED, text)
                : Result.NotMet.of(Control.APPROVAL, text);
    }

    /** Whether a request is for the very same command, and asks for the very same approvals. */
    private static Predicate<StoredRequest> isOf(Asked asked, Conditions conditions) {
        String hash = RequestHash.of(asked.question().request(), conditions);
        List<Need> needs = Need.of(conditions.approvals());
        return request ->
                request.uid() == asked.launch().uid()
                        && request.hash().equals(hash)
                        && request.needs().equals(needs);
    }

    Result meet(Asked asked, Decision.Pending pending, Optional<StoredRequest> known, String reason)
            throws StorageException {
        StoredRequest request;
        if (known.isPresent()) {
            request = known.get();
        } else {
            Optional<String> fault = book.fault(asked.launch().uid());
            if (fault.isPresent()) {
                return Result.NotMet.of(Control.APPROVAL, Texts.say("refused.why", fault.get()));
            }
            request = made(asked, pending, reason);
        }
        if (request.state() == RequestState.APPROVED) {
            return new Result.Met(Optional.of(request.reason()), Optional.of(request));
        }
        if (!asked.canWait() || !waiting.tryAcquire()) {
            return new Result.NotMet(Launch.WAITING, Texts.asked(request, book.now()));
        }
        long begun = System.nanoTime();
        attended.merge(request.id(), 1, Integer::sum);
        try {
            asked.conversation().about(request.id());
            asked.conversation().tell(Texts.waiting(request, book.now()) + codes(request));
            return waited(asked, request);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Result.NotMet(Launch.WAITING, Texts.asked(request, book.now()));
        } finally {
            waiting.release();
            attended.computeIfPresent(request.id(), (id, count) -> count == 1 ? null : count - 1);
            asked.conversation().waited(System.nanoTime() - begun);
        }
    }

    private String codes(StoredRequest request) {
        return takesCodes.getAsBoolean() ? Texts.codesTaken(request) : "";
    }

    private StoredRequest made(Asked asked, Decision.Pending pending, String reason)
            throws StorageException {
        Conditions conditions = pending.conditions();
        List<Conditions.Approval> blocks = conditions.approvals();
        Instant now = book.now();
        int minutes = smallest(blocks, Conditions.Approval::pendingMinutes, 30);
        int uses =
                blocks.stream()
                        .mapToInt(Conditions.Approval::uses)
                        .filter(count -> count > 0)
                        .min()
                        .orElse(blocks.isEmpty() ? 1 : StoredRequest.ANY_NUMBER);
        StoredRequest request =
                new StoredRequest(
                        asked.records().requestId(),
                        1,
                        asked.launch().user(),
                        asked.launch().uid(),
                        asked.launch().path(),
                        asked.launch().argv(),
                        asked.launch().cwd(),
                        asked.launch().runAs(),
                        RequestHash.of(asked.question().request(), conditions),
                        RequestState.PENDING,
                        now.toEpochMilli(),
                        now.plus(Duration.ofMinutes(minutes)).toEpochMilli(),
                        reason,
                        Controls.policies(pending),
                        Need.of(blocks),
                        minutes,
                        smallest(blocks, Conditions.Approval::escalatedMinutes, 240),
                        smallest(blocks, Conditions.Approval::usableMinutes, 1440),
                        uses,
                        List.of(),
                        "",
                        0);
        List<AuditDraft> drafts = new ArrayList<>();
        drafts.add(
                request.record(AuditType.REQUEST_CREATED, "PENDING")
                        .reason(reason)
                        .detail("hash", request.hash())
                        .detail("policies", String.join(", ", request.policies()))
                        .build());
        if (!reason.isEmpty()) {
            drafts.add(
                    request.record(AuditType.JUSTIFICATION_RECORDED, "OK").reason(reason).build());
        }
        book.create(request, drafts);
        watches.tell(asked, pending, reason);
        return request;
    }

    private static int smallest(
            List<Conditions.Approval> blocks,
            java.util.function.ToIntFunction<Conditions.Approval> minutes,
            int otherwise) {
        return blocks.stream().mapToInt(minutes).min().orElse(otherwise);
    }

    private Result waited(Asked asked, StoredRequest first) throws InterruptedException {
        StoredRequest seen = first;
        while (asked.conversation().isThere()) {
            Optional<StoredRequest> now = book.await(seen, LOOK);
            if (now.isEmpty() || now.get().state().isFinal()) {
                return over(now.orElse(seen));
            }
            if (now.get().state() == RequestState.APPROVED) {
                // Who stopped waiting just now keeps the approval for another time.
                return asked.conversation().isThere()
                        ? new Result.Met(Optional.of(now.get().reason()), now)
                        : new Result.NotMet(Launch.WAITING, Texts.asked(now.get(), book.now()));
            }
            Instant at = book.now();
            String waiting = Texts.waiting(now.get(), at);
            if (!waiting.equals(Texts.waiting(seen, at))) {
                asked.conversation().tell(waiting);
            }
            seen = now.get();
        }
        return new Result.NotMet(Launch.WAITING, Texts.asked(seen, book.now()));
    }
}
