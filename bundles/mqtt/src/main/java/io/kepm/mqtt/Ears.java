package io.kepm.mqtt;

import io.kepm.api.messages.MessageListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/** The listeners inside the agent. Safe for use by many threads; nothing here blocks. */
final class Ears {

    private final List<Ear> ears = new CopyOnWriteArrayList<>();
    private final LongAdder lostByThoseGone = new LongAdder();

    /**
     * Adds a listener, with a thread of its own.
     *
     * @param may whether it may hear a topic, asked for each message
     */
    void add(MessageListener listener, List<TopicFilter> filters, Predicate<Topic> may) {
        Ear ear = new Ear(listener, filters, may);
        ears.add(ear);
        ear.start();
    }

    void remove(MessageListener listener) {
        List<Ear> gone = ears.stream().filter(ear -> ear.isOf(listener)).toList();
        ears.removeAll(gone);
        for (Ear ear : gone) {
            ear.close();
            lostByThoseGone.add(ear.lost());
        }
    }

    void hear(Message message) {
        for (Ear ear : ears) {
            ear.hear(message);
        }
    }

    /** Messages that listeners lost because they were too slow; only ever grows. */
    long lost() {
        return lostByThoseGone.sum() + ears.stream().mapToLong(Ear::lost).sum();
    }

    /** Names of listeners that lost something lately. */
    List<String> slow() {
        return ears.stream().filter(Ear::isBehind).map(Ear::name).toList();
    }

    int size() {
        return ears.size();
    }

    void close() {
        ears.forEach(Ear::close);
        ears.clear();
    }
}
