package io.kepm.elevation;

import io.kepm.api.audit.AuditDraft;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * News that reached nobody, to be told when that person is there again: for a week, as long as
 * {@code kepm status} tells them too; of one {@value #MOST_OF_ONE} at most and of all {@value
 * #MOST}, where the oldest go first. In memory alone: a restart forgets them. Safe for use by many
 * threads.
 */
final class UnheardNews {

    static final int MOST = 256;
    static final int MOST_OF_ONE = 8;
    static final Duration LIFE = Duration.ofDays(7);

    /**
     * One of them.
     *
     * @param about the request; news of it that come later take its place
     * @param user whose the uid was when it was made
     * @param record makes the record of an outcome
     */
    record News(
            String about,
            String user,
            long uid,
            String text,
            Function<String, AuditDraft.Builder> record) {}

    private record Kept(News news, long sinceNanos) {}

    private final LongSupplier nanos;
    private final Map<Long, Deque<Kept>> kept = new HashMap<>();
    private int count;

    /**
     * @param nanos time that nobody can set, in nanoseconds
     */
    UnheardNews(LongSupplier nanos) {
        this.nanos = nanos;
    }

    synchronized void keep(News news) {
        forgetOld();
        Deque<Kept> own = kept.computeIfAbsent(news.uid(), uid -> new ArrayDeque<>());
        own.add(new Kept(news, nanos.getAsLong()));
        count++;
        if (own.size() > MOST_OF_ONE) {
            own.remove();
            count--;
        }
        if (count > MOST) {
            forgetOldest();
        }
    }

    /** What is not so any more is no news. */
    synchronized void forget(long uid, String about) {
        Deque<Kept> own = kept.get(uid);
        if (own != null) {
            int before = own.size();
            own.removeIf(one -> one.news().about().equals(about));
            count -= before - own.size();
            drop(uid, own);
        }
    }

    synchronized List<Long> people() {
        forgetOld();
        return new ArrayList<>(kept.keySet());
    }

    synchronized Optional<News> first(long uid) {
        return Optional.ofNullable(kept.get(uid)).map(Deque::peek).map(Kept::news);
    }

    synchronized void heard(News news) {
        Deque<Kept> own = kept.get(news.uid());
        if (own != null && own.removeIf(one -> one.news().equals(news))) {
            count--;
            drop(news.uid(), own);
        }
    }

    private void forgetOld() {
        long now = nanos.getAsLong();
        for (Deque<Kept> own : kept.values()) {
            while (!own.isEmpty() && now - own.element().sinceNanos() > LIFE.toNanos()) {
                own.remove();
                count--;
            }
        }
        kept.values().removeIf(Deque::isEmpty);
    }

    private void forgetOldest() {
        long now = nanos.getAsLong();
        kept.entrySet().stream()
                .max(
                        (a, b) ->
                                Long.compare(
                                        now - a.getValue().element().sinceNanos(),
                                        now - b.getValue().element().sinceNanos()))
                .ifPresent(
                        of -> {
                            of.getValue().remove();
                            count--;
                            drop(of.getKey(), of.getValue());
                        });
    }

    private void drop(long uid, Deque<Kept> own) {
        if (own.isEmpty()) {
            kept.remove(uid);
        }
    }
}
