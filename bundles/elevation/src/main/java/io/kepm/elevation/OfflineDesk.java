package io.kepm.elevation;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.elevation.AccessRequest;
import io.kepm.api.elevation.OfflineApprovals;
import io.kepm.api.elevation.OfflineChallenge;
import io.kepm.api.elevation.OfflineKey;
import io.kepm.api.elevation.RequestState;
import io.kepm.api.elevation.Requests.Person;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Approvals by code. One step at a time, so that no counter is given twice and no try is left out.
 * INVARIANT: a code counts for the one request whose challenge it answers, and the challenge goes
 * with it.
 */
final class OfflineDesk implements OfflineApprovals {

    private static final Logger LOG = LoggerFactory.getLogger(OfflineDesk.class);

    static final int MOST_WRONG = 5;
    static final Duration LOCKED = Duration.ofHours(1);

    /** Who stands behind a code: somebody who holds the site's key. No account has such a name. */
    static final String PERSON = "offline code";

    private static final int SHORTEST_PREFIX = 6;
    private static final String KEY = "offline.key";

    private final Storage storage;
    private final AuditLog audit;
    private final RequestBook book;
    private final String machine;

    OfflineDesk(Storage storage, AuditLog audit, RequestBook book) {
        this.storage = storage;
        this.audit = audit;
        this.book = book;
        machine = OfflineKey.machine(storage.agentUid());
    }

    @Override
    public synchronized Status status() throws StorageException {
        return new Status(machine, stored().key().map(OfflineKey::fingerprint));
    }

    /** Whether there is a key; a store that can't say has none. */
    boolean hasKey() {
        try {
            return status().fingerprint().isPresent();
        } catch (StorageException e) {
            LOG.warn("whether there is a key of offline codes can't be told: {}", e.getMessage());
            return false;
        }
    }

    @Override
    public synchronized Reply takeKey(String line, String admin) throws StorageException {
        Optional<OfflineKey> key = OfflineKey.parse(line);
        if (key.isEmpty()) {
            return new Reply.Refused(Texts.say("codes.key.none"));
        }
        if (key.get().isOfSite()) {
            return new Reply.Refused(Texts.say("codes.key.site", machine));
        }
        if (!key.get().machine().equals(machine)) {
            return new Reply.Refused(Texts.say("codes.key.other", key.get().machine(), machine));
        }
        StoredKey next = stored().with(key.get().line());
        audit.commit(
                new Change(
                        List.of(put(next)),
                        List.of(
                                changed(admin, "OK", "the key of offline codes was brought in")
                                        .detail("fingerprint", key.get().fingerprint())
                                        .build())));
        return new Reply.Keyed(status());
    }

    @Override
    public synchronized Reply forgetKey(String admin) throws StorageException {
        StoredKey stored = stored();
        if (stored.key().isEmpty()) {
            return new Reply.Refused(Texts.say("codes.key.gone"));
        }
        audit.commit(
                new Change(
                        List.of(put(stored.with(""))),
                        List.of(
                                changed(admin, "REMOVED", "the key of offline codes was removed")
                                        .build())));
        return new Reply.Keyed(status());
    }

    private static AuditDraft.Builder changed(String admin, String outcome, String what) {
        return AuditDraft.of(AuditType.CONFIGURATION_CHANGED, outcome)
                .reason(what)
                .detail("admin", admin);
    }

    @Override
    public synchronized Reply challenge(String id, Person who) throws StorageException {
        Optional<StoredRequest> found = own(id, who);
        if (found.isEmpty()) {
            return new Reply.Unknown();
        }
        StoredRequest request = found.get();
        StoredKey stored = stored();
        Optional<String> fault = fault(request, stored);
        if (fault.isPresent()) {
            return refused(request, fault.get());
        }
        if (request.challenge() != 0) {
            return shown(request);
        }
        if (stored.counter() >= OfflineChallenge.LAST) {
            return refused(request, Texts.say("codes.last"));
        }
        StoredKey next = stored.next();
        StoredRequest asked = request.challenged(next.counter());
        try {
            book.move(
                    request,
                    asked,
                    List.of(put(next)),
                    List.of(
                            asked.record(AuditType.USER_INTERACTION, "CHALLENGED")
                                    .reason("a challenge for an offline code was made")
                                    .detail("challenge", of(asked).text())
                                    .build()));
            return shown(asked);
        } catch (RequestBook.Overtaken e) {
            return new Reply.Refused(Texts.overtaken(request));
        }
    }

    @Override
    public synchronized Reply answer(String id, Person who, String code) throws StorageException {
        Optional<StoredRequest> found = own(id, who);
        if (found.isEmpty()) {
            return new Reply.Unknown();
        }
        StoredRequest request = found.get();
        StoredKey stored = stored();
        Optional<String> fault = fault(request, stored);
        if (fault.isPresent()) {
            return refused(request, fault.get());
        }
        if (request.challenge() == 0) {
            return refused(request, Texts.say("codes.unasked", Texts.shortId(request)));
        }
        WrongCodes wrong = wrong(who);
        long now = book.now().toEpochMilli();
        if (wrong.lockedUntil() > now) {
            return refused(request, locked(Duration.ofMillis(wrong.lockedUntil() - now)));
        }
        return stored.key().orElseThrow().isAnswer(of(request), command(request), code)
                ? approved(request, who)
                : wrong(request, who, wrong.oneMore(MOST_WRONG, now + LOCKED.toMillis()));
    }

    /** Why no code can do anything for a request; empty when one can. */
    private Optional<String> fault(StoredRequest request, StoredKey stored) {
        if (stored.key().isEmpty()) {
            return Optional.of(Texts.say("codes.no_key"));
        }
        if (!request.state().isOpen() || request.until().isBefore(book.now())) {
            return Optional.of(Texts.say("codes.late"));
        }
        return request.approvals().stream().anyMatch(one -> one.person().equals(PERSON))
                ? Optional.of(Texts.say("codes.again"))
                : Optional.empty();
    }

    private Reply approved(StoredRequest request, Person who) throws StorageException {
        String by = PERSON + " " + request.challenge();
        StoredRequest counted =
                request.challenged(0)
                        .approvedBy(
                                new StoredRequest.Approved(
                                        by, PERSON, true, List.of(), request.state()));
        StoredRequest next =
                counted.isSatisfied()
                        ? counted.moved(
                                RequestState.APPROVED, book.now(), request.usableMinutes(), "")
                        : counted;
        try {
            book.move(
                    request,
                    next,
                    List.of(put(who, WrongCodes.none(who.user()))),
                    List.of(
                            next.record(AuditType.REQUEST_STATUS_CHANGED, "OK")
                                    .reason("approved by the answer to a challenge")
                                    .detail("from", request.state().word())
                                    .detail("act", "APPROVE")
                                    .detail("by", by)
                                    .detail("challenge", of(request).text())
                                    .build()));
            return new Reply.Done(next.shown());
        } catch (RequestBook.Overtaken e) {
            return new Reply.Refused(Texts.overtaken(request));
        }
    }

    private Reply wrong(StoredRequest request, Person who, WrongCodes now) throws StorageException {
        boolean isLocked = now.lockedUntil() != 0;
        AuditDraft failed = failed(request, "a wrong offline code").build();
        AuditDraft alarm =
                request.record(AuditType.CIRCUIT_OPENED, "DENY")
                        .reason("too many wrong offline codes: somebody may be guessing them")
                        .detail("minutes", Long.toString(LOCKED.toMinutes()))
                        .build();
        audit.commit(
                new Change(
                        List.of(put(who, now)),
                        isLocked ? List.of(failed, alarm) : List.of(failed)));
        if (!isLocked) {
            int left = MOST_WRONG - now.wrong();
            return new Reply.Refused(
                    Texts.SENTENCES.count("factor.wrong", left, Texts.say("factor.word.code")));
        }
        LOG.error(
                "user `{}` gave {} wrong offline codes and is locked out", who.user(), MOST_WRONG);
        return new Reply.Refused(locked(LOCKED));
    }

    private static String locked(Duration left) {
        return Texts.say("codes.locked", left.toMinutes() + 1);
    }

    private Reply refused(StoredRequest request, String why) throws StorageException {
        audit.append(failed(request, why).build());
        return new Reply.Refused(why);
    }

    private static AuditDraft.Builder failed(StoredRequest request, String why) {
        return request.record(AuditType.AUTHORIZATION_FAILED, "DENY")
                .reason(why)
                .detail("by", request.user())
                .detail("act", "OFFLINE_CODE");
    }

    private Reply shown(StoredRequest request) {
        return new Reply.Challenge(of(request).text(), request.shown());
    }

    private OfflineChallenge of(StoredRequest request) {
        return OfflineChallenge.of(
                machine, request.challenge(), request.hash(), request.id(), command(request));
    }

    /** As the person is shown it, who reads it to the approver. */
    private static OfflineChallenge.Command command(StoredRequest request) {
        AccessRequest shown = request.shown();
        List<String> words = new ArrayList<>(List.of(shown.path()));
        words.addAll(shown.argv().subList(Math.min(1, shown.argv().size()), shown.argv().size()));
        return new OfflineChallenge.Command(shown.user(), shown.runAs(), words);
    }

    private Optional<StoredRequest> own(String id, Person who) {
        if (id.length() < SHORTEST_PREFIX) {
            return Optional.empty();
        }
        List<StoredRequest> found =
                book.list(
                        request ->
                                request.id().startsWith(id)
                                        && request.uid() == who.uid()
                                        && request.user().equals(who.user()));
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    private StoredKey stored() throws StorageException {
        Optional<byte[]> bytes = storage.get(Table.SECRETS, KEY);
        return bytes.isPresent() ? StoredKey.of(bytes.get()) : StoredKey.NONE;
    }

    /** Of another owner of the uid than now it counts as nothing. */
    private WrongCodes wrong(Person who) throws StorageException {
        Optional<byte[]> bytes = storage.get(Table.SECRETS, key(who));
        WrongCodes wrong =
                bytes.isPresent() ? WrongCodes.of(bytes.get()) : WrongCodes.none(who.user());
        return wrong.user().equals(who.user()) ? wrong : WrongCodes.none(who.user());
    }

    private static Mutation put(StoredKey next) {
        return new Mutation.Put(Table.SECRETS, KEY, next.toBytes());
    }

    private static Mutation put(Person who, WrongCodes now) {
        return new Mutation.Put(Table.SECRETS, key(who), now.toBytes());
    }

    private static String key(Person who) {
        return "offline.wrong." + who.uid();
    }
}
