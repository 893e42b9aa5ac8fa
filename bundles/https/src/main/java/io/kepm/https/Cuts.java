package io.kepm.https;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.linux.Peer;
import io.kepm.api.linux.TurnedAway;
import io.kepm.api.metrics.Counter;
import io.kepm.api.metrics.Metric;
import io.kepm.api.metrics.MetricSource;
import io.kepm.api.storage.StorageException;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections that were not let in, or were cut: counted at once, on record as a minute of each
 * user. Counting never waits. Safe for use by many threads.
 */
final class Cuts implements MinuteSums, MetricSource {

    private static final Logger LOG = LoggerFactory.getLogger(Cuts.class);

    private final AuditLog audit;
    private final People people;
    private final TurnedAway away;
    private final Counter<Why> counts = new Counter<>(Why.class);

    /** Then nobody waits for the name service. */
    private volatile boolean ending;

    Cuts(AuditLog audit, People people, InstantSource clock) {
        this.audit = audit;
        this.people = people;
        away = new TurnedAway(clock);
    }

    /** Why a connection is not let in, or not kept. */
    enum Why {
        /** Its user connects too often. */
        PACE,
        /** Its user has as many as one may have. */
        SHARE,
        /** All places, or those that are for users, are taken. */
        ROOM,
        /** Its request was longer on its way than one may be. */
        SLOW,
        /** The kernel does not say who is at the other end of the socket. */
        UNKNOWN;

        /** The word in records. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Counts one at a door. */
    void count(Guest guest, Door door, Why why) {
        counts.add(why);
        away.count(new TurnedAway.User(guest.counts(), door == Door.UNIX), door.word(), why.word());
    }

    @Override
    public void sweep() {
        away.ended().forEach(this::append);
    }

    @Override
    public void end() {
        ending = true;
        away.rest().forEach(this::append);
    }

    private void append(TurnedAway.Minute minute) {
        AuditDraft.Builder draft =
                AuditDraft.of(AuditType.AUTHORIZATION_FAILED, "REFUSED")
                        .sessionType("api")
                        .reason("connections that were not let in, or were cut, within a minute")
                        .detail("door", words(minute.doors()))
                        .detail("why", words(minute.reasons()))
                        .detail("count", Long.toString(minute.count()))
                        .detail("since", minute.since().toString());
        // Nobody answers for all the others.
        minute.user().ifPresent(user -> named(draft, user));
        try {
            audit.append(draft.build());
        } catch (StorageException e) {
            // They stay cut; that the audit is down is shown by its own health check.
            LOG.warn("connections that were cut are not on record: {}", e.getMessage());
        }
    }

    private void named(AuditDraft.Builder draft, TurnedAway.User user) {
        boolean known = user.proved() && user.uid() >= 0;
        Caller caller = known ? Caller.of(new Peer(0, user.uid(), Guest.NOBODY)) : Caller.UNKNOWN;
        draft.user(ending ? caller.info() : people.info(caller));
        if (!known && user.uid() >= 0) {
            draft.detail("owner", Long.toString(user.uid()));
        }
    }

    private static String words(Set<String> words) {
        return String.join(", ", new TreeSet<>(words));
    }

    @Override
    public List<Metric> metrics() {
        return List.of(
                counts.metric(
                        "kepm_http_connections_refused_total",
                        "Connections that were not let in, or were cut, by why.",
                        "why"));
    }
}
