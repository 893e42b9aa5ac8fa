package io.kepm.elevation;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.api.linux.Scopes;
import io.kepm.api.policy.Conditions;
import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the end of a grant: durable with its records first, then at the service manager, which ends
 * what it is not told about at the former time. Safe for use by many threads.
 */
final class Prolonging {

    private static final Logger LOG = LoggerFactory.getLogger(Prolonging.class);

    /** Less than this is no more time. */
    private static final Duration LEAST = Duration.ofSeconds(1);

    private final Grants grants;
    private final RequestBook book;
    private final Scopes scopes;
    private final Clocks clocks;
    private final Duration longest;
    private final boolean killsAtExpiry;

    /**
     * @param longest no grant lasts longer, however often it is extended (elevation.md §4)
     */
    Prolonging(
            Grants grants,
            RequestBook book,
            Scopes scopes,
            Clocks clocks,
            Duration longest,
            boolean killsAtExpiry) {
        this.grants = grants;
        this.book = book;
        this.scopes = scopes;
        this.clocks = clocks;
        this.longest = longest;
        this.killsAtExpiry = killsAtExpiry;
    }

    /** What became of it. */
    sealed interface Result {
        record Done(StoredGrant stored) implements Result {}

        /**
         * It ends when it did before.
         *
         * @param why for the person
         */
        record Not(String why) implements Result {}
    }

    /** Why a grant can't be extended whatever policy says; empty when it can. */
    Optional<String> fault(StoredGrant stored) {
        if (stored.life().closed()
                || stored.life().ending() != GrantLife.Ending.NONE
                || clocks.read().isOver(stored)) {
            return Optional.of(Texts.say("extension.late"));
        }
        return stored.asked().isPresent()
                ? Optional.empty()
                : Optional.of(Texts.say("extension.unjudged"));
    }

    /**
     * Moves it.
     *
     * @param before records of what led to it
     * @throws RequestBook.Overtaken when its approval was used or taken back just now
     */
    Result prolong(
            StoredGrant stored,
            Caller caller,
            Conditions conditions,
            Controls.Result.Met how,
            List<AuditDraft> before)
            throws StorageException, RequestBook.Overtaken {
        Clocks.Reading now = clocks.read();
        Duration lasts = lasts(stored, caller, conditions, now);
        if (lasts.minus(LEAST).compareTo(stored.life().lasts()) < 0) {
            return new Result.Not(notLonger(stored, caller, conditions));
        }
        StoredGrant next = stored.lasting(lasts, now.wall().plus(left(stored, lasts, now)));
        List<AuditDraft> drafts = new ArrayList<>(before);
        drafts.add(extended(stored, next, how));
        boolean changed =
                how.approved().isPresent()
                        ? use(how.approved().get(), stored, next, drafts)
                        : grants.change(stored, next, drafts);
        if (!changed) {
            return new Result.Not(Texts.say("extension.overtaken"));
        }
        return moved(stored, next);
    }

    /** From the beginning of the grant to its new end. */
    private Duration lasts(
            StoredGrant stored, Caller caller, Conditions conditions, Clocks.Reading now) {
        Duration ran = now.sinceBoot().minus(stored.life().from());
        Duration wanted = ran.plus(perPolicy(stored, caller, conditions));
        Duration most = most(stored, caller);
        return wanted.compareTo(most) < 0 ? wanted : most;
    }

    private static Duration left(StoredGrant stored, Duration lasts, Clocks.Reading now) {
        return stored.life().from().plus(lasts).minus(now.sinceBoot());
    }

    private Duration perPolicy(StoredGrant stored, Caller caller, Conditions conditions) {
        return isUnit(stored)
                ? conditions.validFor()
                : Carriage.lifetime(conditions, caller, scopes.means());
    }

    /** sudo's own limit, of governed users, can't be moved once it runs. */
    private Duration most(StoredGrant stored, Caller caller) {
        boolean sudoEndsIt = !isUnit(stored) && caller == Caller.GOVERNED;
        return sudoEndsIt && longest.compareTo(Carriage.COMMAND_TIMEOUT) > 0
                ? Carriage.COMMAND_TIMEOUT
                : longest;
    }

    private static boolean isUnit(StoredGrant stored) {
        return Way.of(stored.asked().map(AskedAs::door).orElse("")) == Way.UNIT;
    }

    private String notLonger(StoredGrant stored, Caller caller, Conditions conditions) {
        Duration most = most(stored, caller);
        boolean atMost = stored.life().lasts().plus(LEAST).compareTo(most) >= 0;
        return atMost
                ? Texts.say("extension.most", most.toMinutes())
                : Texts.say("extension.all", perPolicy(stored, caller, conditions).toMinutes());
    }

    private static AuditDraft extended(
            StoredGrant stored, StoredGrant next, Controls.Result.Met how) {
        AuditDraft.Builder draft =
                stored.record(AuditType.GRANT_EXTENDED, "OK")
                        .reason("it was given more time")
                        .detail("from", stored.grant().to().toString())
                        .detail("to", next.grant().to().toString());
        how.approved().ifPresent(request -> draft.detail("approval", request.id()));
        return draft.build();
    }

    private boolean use(
            StoredRequest request, StoredGrant stored, StoredGrant next, List<AuditDraft> drafts)
            throws StorageException, RequestBook.Overtaken {
        StoredRequest used = request.used();
        drafts.add(
                used.record(AuditType.REQUEST_STATUS_CHANGED, "OK")
                        .reason("it was used for more time")
                        .detail("from", request.state().word())
                        .detail("grant", stored.id())
                        .detail("uses_left", Integer.toString(used.usesLeft()))
                        .build());
        return grants.change(
                stored, next, mutation -> book.move(request, used, List.of(mutation), drafts));
    }

    private Result moved(StoredGrant stored, StoredGrant next) throws StorageException {
        if (!killsAtExpiry || !next.life().scoped()) {
            return new Result.Done(next);
        }
        try {
            scopes.prolong(next.id(), next.life().lasts());
            return new Result.Done(next);
        } catch (IOException | RuntimeException e) {
            String why = Texts.say("extension.unmoved", String.valueOf(e.getMessage()));
            LOG.error("grant {} ends at its former time: {}", stored.id(), e.getMessage());
            boolean back =
                    grants.change(
                            /* stored= */ next,
                            /* next= */ stored,
                            List.of(
                                    stored.record(AuditType.GRANT_EXTENDED, "FAILED")
                                            .reason(why)
                                            .detail("to", stored.grant().to().toString())
                                            .build()));
            LOG.debug("the former end of grant {} is back: {}", stored.id(), back);
            return new Result.Not(why);
        }
    }
}
