package io.kepm.elevation;

import io.kepm.api.audit.AuditDraft;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * News that reached nobody, to be told when that person is there again: of one {@value
 * #MOST_OF_ONE} at most, the oldest go first, of all {@value #MOST}, then no more are kept. In
 * memory alone: a restart forgets them. Safe for use by many threads.
 */
final class UnheardNews {

    static final int MOST = 256;
    static final int MOST_OF_ONE = 8;

    /**
     * One of them.
     *
     * @param about the request; news of it that come later take its place
     * @param record makes the record of an outcome
     */
    record News(String about, long uid, String text, Function<String, AuditDraft.Builder> record) {}

    private final Map<Long, Deque<News>> kept = new HashMap<>();
    private int count;

    synchronized void keep(News news) {
        if (count >= MOST) {
            return;
        }
        Deque<News> own = kept.computeIfAbsent(news.uid(), uid -> new ArrayDeque<>());
        own.add(news);
        count++;
        if (own.size() > MOST_OF_ONE) {
            own.remove();
            count--;
        }
    }

    /** What is not so any more is no news. */
    synchronized void forget(long uid, String about) {
        Deque<News> own = kept.get(uid);
        if (own != null) {
            int before = own.size();
            own.removeIf(news -> news.about().equals(about));
            count -= before - own.size();
            drop(uid, own);
        }
    }

    synchronized List<Long> people() {
        return new ArrayList<>(kept.keySet());
    }

    synchronized Optional<News> first(long uid) {
        return Optional.ofNullable(kept.get(uid)).map(Deque::peek);
    }

    synchronized void heard(News news) {
        Deque<News> own = kept.get(news.uid());
        if (own != null && own.remove(news)) {
            count--;
            drop(news.uid(), own);
        }
    }

    private void drop(long uid, Deque<News> own) {
        if (own.isEmpty()) {
            kept.remove(uid);
        }
    }
}
