package io.kepm.mqtt;

import io.kepm.api.messages.BrokerWatch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Who is connected, who subscribed to what, and how a message gets there. Used on the broker's
 * thread only, but for {@link #clients} and the figures.
 */
final class Switchboard {

    private final ConcurrentMap<String, Session> sessions = new ConcurrentHashMap<>();
    private final Map<String, List<Subscription>> plain = new HashMap<>();
    private final List<Subscription> wild = new ArrayList<>();
    private final List<Session> targets = new ArrayList<>();
    private final LongAdder routed = new LongAdder();
    private final LongAdder delivered = new LongAdder();
    private final Consumer<Message> listeners;
    private final LongSupplier nanos;
    private long routes;
    private volatile int auditSubscribers;

    /**
     * A switchboard without anybody.
     *
     * @param listeners parts of the agent, which hear everything and choose
     */
    Switchboard(Consumer<Message> listeners, LongSupplier nanos) {
        this.listeners = listeners;
        this.nanos = nanos;
    }

    private record Subscription(Session session, TopicFilter filter, int qos) {}

    Optional<Session> session(String id) {
        return Optional.ofNullable(sessions.get(id)).filter(session -> !session.isEnded());
    }

    int size() {
        return sessions.size();
    }

    void join(Session session) {
        sessions.put(session.id(), session);
    }

    /** Forgets a session and all its subscriptions. */
    void leave(Session session) {
        sessions.remove(session.id(), session);
        wild.removeIf(subscription -> subscription.session() == session);
        Iterator<List<Subscription>> lists = plain.values().iterator();
        while (lists.hasNext()) {
            List<Subscription> list = lists.next();
            list.removeIf(subscription -> subscription.session() == session);
            if (list.isEmpty()) {
                lists.remove();
            }
        }
        countAuditSubscribers();
    }

    /** False when the session has too many. */
    boolean subscribe(Session session, TopicFilter filter, int qos) {
        if (!session.subscribed(filter.text(), qos)) {
            return false;
        }
        List<Subscription> list = list(filter);
        list.removeIf(same -> same.session() == session && same.filter().equals(filter));
        list.add(new Subscription(session, filter, qos));
        countAuditSubscribers();
        return true;
    }

    void unsubscribe(Session session, TopicFilter filter) {
        session.unsubscribed(filter.text());
        List<Subscription> list = list(filter);
        list.removeIf(same -> same.session() == session && same.filter().equals(filter));
        if (list.isEmpty() && filter.isPlain()) {
            plain.remove(filter.text());
        }
        countAuditSubscribers();
    }

    private List<Subscription> list(TopicFilter filter) {
        return filter.isPlain()
                ? plain.computeIfAbsent(filter.text(), text -> new ArrayList<>())
                : wild;
    }

    /** Hands a message to everybody who subscribed, once each, and to parts of the agent. */
    void route(Message message) {
        Topic topic = message.topic();
        long number = ++routes;
        routed.increment();
        for (Subscription subscription : plain.getOrDefault(topic.text(), List.of())) {
            target(subscription, topic, number);
        }
        for (Subscription subscription : wild) {
            if (subscription.filter().matches(topic)) {
                target(subscription, topic, number);
            }
        }
        long now = nanos.getAsLong();
        for (Session session : targets) {
            if (session.deliver(message, now)) {
                delivered.increment();
                session.flush();
            } else {
                session.tooSlow("it did not take its messages fast enough");
            }
        }
        targets.clear();
        listeners.accept(message);
    }

    private void target(Subscription subscription, Topic topic, long number) {
        Session session = subscription.session();
        // Answers are read by the one who asked, whatever others subscribed to.
        boolean may = !topic.isPrivate() || topic.first().equals(session.id());
        if (may && !session.isEnded() && session.isFirstOnRoute(number, subscription.qos())) {
            targets.add(session);
        }
    }

    /** Whether anybody subscribed to the audit; from any thread. */
    boolean isAuditHeard() {
        return auditSubscribers > 0;
    }

    /** Who listens to the audit; from any thread. */
    List<Session> auditListeners() {
        return sessions.values().stream().filter(Switchboard::hearsAudit).toList();
    }

    private static boolean hearsAudit(Session session) {
        return session.seen().subscriptions().stream()
                .anyMatch(filter -> filter.startsWith(Topic.AUDIT));
    }

    private void countAuditSubscribers() {
        Topic audit = Topic.of(Topic.AUDIT);
        long byWildcard =
                wild.stream().filter(subscription -> subscription.filter().matches(audit)).count();
        auditSubscribers =
                plain.getOrDefault(Topic.AUDIT, List.of()).size() + Math.toIntExact(byWildcard);
    }

    List<Session> sessions() {
        return List.copyOf(sessions.values());
    }

    /** Who is connected, by id; from any thread. */
    List<BrokerWatch.Client> clients() {
        return sessions.values().stream()
                .map(Session::seen)
                .sorted(Comparator.comparing(BrokerWatch.Client::id))
                .toList();
    }

    long routed() {
        return routed.sum();
    }

    long delivered() {
        return delivered.sum();
    }
}
