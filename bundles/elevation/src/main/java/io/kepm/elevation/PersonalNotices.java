package io.kepm.elevation;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.linux.Notices;
import io.kepm.api.linux.Notices.Notice;
import io.kepm.api.linux.Notices.Shown;
import io.kepm.api.storage.StorageException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people, where they are now, what became of what they asked for, when nobody of them waits
 * for it; and puts on record whether it reached them. On threads of their own ({@link
 * NoticeQueue}), since showing takes seconds. What is too much is left out, and said in the log:
 * `kepm status` tells it all the same. Safe for use by many threads.
 */
final class PersonalNotices implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PersonalNotices.class);
    private static final String TITLE = "KEPM";

    private final Notices notices;
    private final AuditLog audit;
    private final Predicate<String> attended;
    private final AtomicBoolean full = new AtomicBoolean();
    private final NoticeQueue queue = new NoticeQueue();

    /**
     * @param attended whether somebody waits at a terminal for a request, and so is told there
     */
    PersonalNotices(Notices notices, AuditLog audit, Predicate<String> attended) {
        this.notices = notices;
        this.audit = audit;
        this.attended = attended;
    }

    @Override
    public void close() {
        queue.close();
    }

    /** A request is another version now. */
    void moved(StoredRequest from, StoredRequest to) {
        String text = from.state() == to.state() ? "" : Texts.outcome(from, to);
        if (!text.isEmpty() && !attended.test(to.id())) {
            tell(to.uid(), text, outcome -> to.record(AuditType.USER_INTERACTION, outcome));
        }
    }

    /** What runs will be ended, and its terminal could not be told. */
    void ending(StoredGrant stored, Duration left) {
        tell(
                stored.grant().uid(),
                Texts.endsSoon(stored, left),
                outcome ->
                        stored.record(AuditType.USER_INTERACTION, outcome)
                                .detail("seconds", Long.toString(left.toSeconds())));
    }

    private void tell(long uid, String text, Function<String, AuditDraft.Builder> record) {
        boolean waits = queue.add(uid, () -> show(uid, text, record));
        if (!waits && full.compareAndSet(false, true)) {
            LOG.warn("user {} and others are not told news: too many wait", uid);
        }
    }

    private void show(long uid, String text, Function<String, AuditDraft.Builder> record) {
        full.set(false);
        try {
            Shown shown = notices.show(new Notice(uid, TITLE, text));
            audit.append(
                    record.apply(shown.isAnywhere() ? "NOTIFIED" : "NOT_REACHED")
                            .reason(text)
                            .detail("where", shown.words())
                            .build());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (StorageException | RuntimeException e) {
            LOG.warn("that user {} was told something is not on record: {}", uid, e.getMessage());
        }
    }
}
