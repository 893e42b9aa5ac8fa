package io.kepm.elevation;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.Notices;
import io.kepm.api.linux.Notices.Notice;
import io.kepm.api.linux.Notices.Shown;
import io.kepm.api.storage.StorageException;
import io.kepm.elevation.UnheardNews.News;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people, where they are now, what became of what they asked for, when nobody of them waits
 * for it; and puts on record whether it reached them. Who is not there is told within a minute
 * after coming back, and nobody who has the uid of a person who went. On threads of their own
 * ({@link NoticeQueue}), since showing takes seconds. What is too much is left out, and said in the
 * log: `kepm status` tells it all the same. Safe for use by many threads.
 */
final class PersonalNotices implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PersonalNotices.class);
    private static final String TITLE = "KEPM";

    private final Notices notices;
    private final AuditLog audit;
    private final Accounts accounts;
    private final Predicate<String> attended;
    private final AtomicBoolean full = new AtomicBoolean();
    private final NoticeQueue queue = new NoticeQueue();
    private final UnheardNews unheard = new UnheardNews(System::nanoTime);

    /**
     * @param attended whether somebody waits at a terminal for a request, and so is told there
     */
    PersonalNotices(
            Notices notices, AuditLog audit, Accounts accounts, Predicate<String> attended) {
        this.notices = notices;
        this.audit = audit;
        this.accounts = accounts;
        this.attended = attended;
    }

    @Override
    public void close() {
        queue.close();
    }

    /** A request is another version now. */
    void moved(StoredRequest from, StoredRequest to) {
        if (from.state() == to.state()) {
            return;
        }
        unheard.forget(to.uid(), to.id());
        String text = Texts.outcome(from, to);
        if (!text.isEmpty() && !attended.test(to.id())) {
            tell(
                    new News(
                            to.id(),
                            to.user(),
                            to.uid(),
                            text,
                            outcome -> to.record(AuditType.USER_INTERACTION, outcome)));
        }
    }

    /** Once a minute: who was not there may be now. */
    void again() {
        for (long uid : unheard.people()) {
            boolean waits = queue.add(uid, () -> again(uid));
            LOG.trace("news of user {} are tried again: {}", uid, waits);
        }
    }

    private void again(long uid) {
        Optional<News> next = unheard.first(uid);
        while (next.isPresent() && (isOver(next.get()) || shown(next.get(), false))) {
            unheard.heard(next.get());
            next = unheard.first(uid);
        }
    }

    /** What runs will be ended, and its terminal could not be told. */
    void ending(StoredGrant stored, Duration left) {
        tell(
                new News(
                        "",
                        stored.grant().user(),
                        stored.grant().uid(),
                        Texts.endsSoon(stored, left),
                        outcome ->
                                stored.record(AuditType.USER_INTERACTION, outcome)
                                        .detail("seconds", Long.toString(left.toSeconds()))));
    }

    private void tell(News news) {
        boolean waits = queue.add(news.uid(), () -> show(news));
        if (!waits && full.compareAndSet(false, true)) {
            LOG.warn("user {} and others are not told news: too many wait", news.uid());
        }
    }

    private void show(News news) {
        full.set(false);
        if (isOver(news)) {
            return;
        }
        // What is about a request is news still when its person is there again.
        if (!shown(news, true) && !news.about().isEmpty()) {
            unheard.keep(news);
        }
    }

    /** Whether its uid is nobody's any more, or somebody else's; who can't tell waits. */
    private boolean isOver(News news) {
        try {
            return accounts.byUid(news.uid())
                    .map(Account::name)
                    .filter(news.user()::equals)
                    .isEmpty();
        } catch (NameServiceException e) {
            LOG.debug("whose uid {} is can't be told now", news.uid(), e);
            return false;
        }
    }

    /**
     * Whether it was shown anywhere, which is on record.
     *
     * @param first whether that it was not is on record as well
     */
    private boolean shown(News news, boolean first) {
        boolean anywhere = false;
        try {
            Shown shown = notices.show(new Notice(news.uid(), TITLE, news.text()));
            anywhere = shown.isAnywhere();
            if (anywhere || first) {
                audit.append(
                        news.record()
                                .apply(anywhere ? "NOTIFIED" : "NOT_REACHED")
                                .reason(news.text())
                                .detail("where", shown.words())
                                .build());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (StorageException | RuntimeException e) {
            LOG.warn(
                    "that user {} was told something is not on record: {}",
                    news.uid(),
                    e.getMessage());
        }
        return anywhere;
    }
}
