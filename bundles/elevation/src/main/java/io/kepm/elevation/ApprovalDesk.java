package io.kepm.elevation;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.elevation.AccessRequest;
import io.kepm.api.elevation.RequestState;
import io.kepm.api.elevation.Requests;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where requests are decided. INVARIANT: nobody has a part in deciding what he asked for, by
 * whichever of his accounts, and nobody approves from a session in which somebody else logged in.
 */
final class ApprovalDesk implements Requests {

    private static final int SHORTEST_PREFIX = 6;
    private static final int LONGEST_COMMENT = 1_000;

    /** Ids in one record of a look at the list. */
    private static final int MOST_LISTED = 50;

    private final RequestBook book;
    private final AuditLog audit;
    private final Factors factors;
    private final Proof proof;
    private final Persons persons;
    private final Accounts accounts;
    private final Looks looks = new Looks();

    /**
     * @param proof how somebody proves to be who he is that has no factor of his own
     */
    ApprovalDesk(
            RequestBook book,
            AuditLog audit,
            Factors factors,
            Proof proof,
            Persons persons,
            Accounts accounts) {
        this.book = book;
        this.audit = audit;
        this.factors = factors;
        this.proof = proof;
        this.persons = persons;
        this.accounts = accounts;
    }

    @Override
    public String proofOf(Person who) throws StorageException {
        return isAdmin(who) ? NO_PROOF : proofFor(who).id();
    }

    private Proof proofFor(Person who) throws StorageException {
        return Proof.ofApprover(factors, proof, who.user(), who.uid());
    }

    @Override
    public List<AccessRequest> visibleTo(Person who) throws StorageException {
        List<StoredRequest> visible =
                book.list(request -> isOwn(request, who) || mayDecide(request, who)).stream()
                        .limit(1_000)
                        .toList();
        recordLook(visible.stream().filter(request -> !isOwn(request, who)).toList(), who);
        return visible.stream().map(StoredRequest::shown).toList();
    }

    private void recordLook(List<StoredRequest> ofOthers, Person who) throws StorageException {
        List<String> seen = ofOthers.stream().map(StoredRequest::key).toList();
        if (!seen.isEmpty() && looks.isNew(who.uid(), seen, book.now())) {
            audit.append(
                    AuditDraft.of(AuditType.USER_INTERACTION, "LISTED")
                            .user(AuditDraft.UserInfo.of(who.user(), who.uid()))
                            .reason("a list of requests of others was looked at")
                            .detail("requests", Integer.toString(seen.size()))
                            .detail("ids", ids(ofOthers))
                            .build());
        }
    }

    /** The newest ones, in as many letters as name one. */
    private static String ids(List<StoredRequest> requests) {
        return requests.stream()
                .limit(MOST_LISTED)
                .map(Texts::shortId)
                .collect(Collectors.joining(", "));
    }

    @Override
    public Optional<AccessRequest> view(String id, Person who) throws StorageException {
        Optional<StoredRequest> found = visible(id, who);
        if (found.isPresent() && !isOwn(found.get(), who)) {
            audit.append(
                    found.get()
                            .record(AuditType.USER_INTERACTION, "VIEWED")
                            .detail("by", who.user())
                            .detail("by_uid", Long.toString(who.uid()))
                            .build());
        }
        return found.map(StoredRequest::shown);
    }

    private Optional<StoredRequest> visible(String id, Person who) {
        if (id.length() < SHORTEST_PREFIX) {
            return Optional.empty();
        }
        List<StoredRequest> found =
                book.list(
                        request ->
                                request.id().startsWith(id)
                                        && (isOwn(request, who) || mayDecide(request, who)));
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    private static boolean isOwn(StoredRequest request, Person who) {
        return request.uid() == who.uid() && request.user().equals(who.user());
    }

    private static boolean isAdmin(Person who) {
        return who.uid() == 0;
    }

    private static boolean mayDecide(StoredRequest request, Person who) {
        return isAdmin(who)
                || request.needs().stream()
                        .anyMatch(need -> need.accepts(request.state(), who.user(), who.groups()));
    }

    @Override
    public Outcome act(String id, Act act, Person who, String factor, String comment)
            throws StorageException {
        Optional<StoredRequest> found = visible(id, who);
        if (found.isEmpty()) {
            return new Outcome.Unknown();
        }
        StoredRequest request = found.get();
        Optional<String> fault =
                comment.length() > LONGEST_COMMENT
                        ? Optional.of(Texts.say("desk.comment"))
                        : comment.isEmpty() ? Optional.empty() : Justification.fault(comment, 1);
        if (fault.isPresent()) {
            return new Outcome.Refused(fault.get());
        }
        boolean byOwner = isOwn(request, who) && (act == Act.WITHDRAW || act == Act.ESCALATE);
        Optional<String> unfit =
                act == Act.WITHDRAW && !byOwner && !isAdmin(who)
                        ? Optional.of(Texts.say("desk.withdraw"))
                        : byOwner || act == Act.WITHDRAW
                                ? Optional.empty()
                                : unfit(request, who, factor, act);
        if (unfit.isPresent()) {
            audit.append(
                    request.record(AuditType.AUTHORIZATION_FAILED, "DENY")
                            .reason(unfit.get())
                            .detail("by", who.user())
                            .detail("by_uid", Long.toString(who.uid()))
                            .detail("act", act.name())
                            .build());
            return new Outcome.Refused(unfit.get());
        }
        return done(request, act, who, comment, byOwner);
    }

    /** Why somebody may not decide this, whatever he says; the factor is tried last. */
    private Optional<String> unfit(StoredRequest request, Person who, String factor, Act act)
            throws StorageException {
        try {
            if (!mayDecide(request, who)) {
                return Optional.of(Texts.say("desk.others"));
            }
            if (persons.of(who.user()).equals(persons.of(request.user()))) {
                return Optional.of(Texts.say("desk.own"));
            }
            boolean unattended = who.loginUid().isEmpty();
            boolean foreign =
                    unattended ? !isAdmin(who) : (who.loginUid().getAsLong() != who.uid());
            if (foreign) {
                return Optional.of(Texts.say("desk.session"));
            }
            if (act == Act.APPROVE && request.isSaid(word(request, who))) {
                return Optional.of(Texts.say("desk.again"));
            }
        } catch (Persons.Unknown e) {
            return Optional.of(Texts.say("desk.nobody", String.valueOf(e.getMessage())));
        }
        if (isAdmin(who)) {
            return Optional.empty();
        }
        Proof own = proofFor(who);
        Factors.Try result = own.check(who.user(), who.uid(), factor);
        return result instanceof Factors.Try.Right
                ? Optional.empty()
                : Optional.of(Factors.why(result, own.word()));
    }

    private StoredRequest.Approved word(StoredRequest request, Person who) {
        return new StoredRequest.Approved(
                who.user(), personOf(who), isAdmin(who), who.groups(), request.state());
    }

    private String personOf(Person who) {
        try {
            return persons.of(who.user());
        } catch (Persons.Unknown e) {
            return who.user();
        }
    }

    private Outcome done(
            StoredRequest request, Act act, Person who, String comment, boolean byOwner)
            throws StorageException {
        boolean inTime =
                switch (act) {
                    case WITHDRAW, EXTEND -> !request.state().isFinal();
                    case ESCALATE -> request.state() == RequestState.PENDING;
                    case APPROVE, DENY -> request.state().isOpen();
                };
        boolean over = request.until().isBefore(book.now()) && act != Act.WITHDRAW;
        if (!inTime || over) {
            return new Outcome.Refused(over ? Texts.say("desk.over") : Texts.late(request));
        }
        StoredRequest next;
        try {
            next = next(request, act, who, byOwner);
        } catch (NameServiceException e) {
            return new Outcome.Refused(Texts.say("desk.names", String.valueOf(e.getMessage())));
        }
        AuditDraft draft =
                next.record(AuditType.REQUEST_STATUS_CHANGED, "OK")
                        .reason(comment)
                        .detail("from", request.state().word())
                        .detail("act", act.name())
                        .detail("by", who.user())
                        .detail("by_uid", Long.toString(who.uid()))
                        .build();
        try {
            book.move(request, next, List.of(), List.of(draft));
            return new Outcome.Done(next.shown());
        } catch (RequestBook.Overtaken e) {
            return new Outcome.Refused(Texts.overtaken(request));
        }
    }

    private StoredRequest next(StoredRequest request, Act act, Person who, boolean byOwner)
            throws NameServiceException {
        var now = book.now();
        return switch (act) {
            case DENY -> request.moved(RequestState.DENIED, now, 0, who.user());
            case WITHDRAW ->
                    request.moved(
                            byOwner ? RequestState.WITHDRAWN : RequestState.REVOKED,
                            now,
                            0,
                            who.user());
            case ESCALATE ->
                    request.moved(RequestState.ESCALATED, now, request.escalatedMinutes(), "");
            case EXTEND -> request.moved(request.state(), now, minutes(request), "");
            case APPROVE -> approved(request, who);
        };
    }

    private static int minutes(StoredRequest request) {
        return switch (request.state()) {
            case PENDING -> request.pendingMinutes();
            case ESCALATED -> request.escalatedMinutes();
            default -> request.usableMinutes();
        };
    }

    /** What others approved before counts by the groups that they are in now. */
    private StoredRequest approved(StoredRequest request, Person who) throws NameServiceException {
        List<StoredRequest.Approved> before = new ArrayList<>();
        for (StoredRequest.Approved one : request.approvals()) {
            before.add(one.admin() ? one : one.in(accounts.groups(one.user())));
        }
        StoredRequest next = request.withApprovals(before).approvedBy(word(request, who));
        return next.isSatisfied()
                ? next.moved(RequestState.APPROVED, book.now(), request.usableMinutes(), "")
                : next;
    }
}
