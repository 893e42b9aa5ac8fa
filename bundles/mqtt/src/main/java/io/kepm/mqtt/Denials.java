package io.kepm.mqtt;

import io.kepm.api.messages.BrokerWatch.Denial;
import io.kepm.api.metrics.Counter;
import io.kepm.api.metrics.Metric;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was denied: counted by kind, and the last thousand kept for people. The same thing again is
 * one entry with a count. Safe for use by many threads.
 */
final class Denials {

    static final int KEPT = 1_000;

    private final InstantSource clock;
    private final Counter<Kind> counts = new Counter<>(Kind.class);
    private final Map<Key, Denial> kept = new LinkedHashMap<>(16, 0.75f, true);

    Denials(InstantSource clock) {
        this.clock = clock;
    }

    private record Key(String client, Kind kind, String what) {}

    /** Notes one; client and what are text from outside, cut here. */
    void note(String client, Kind kind, String what, String reason) {
        counts.add(kind);
        Instant now = clock.instant();
        Key key = new Key(Shown.cut(client), kind, Shown.cut(what));
        synchronized (kept) {
            Denial before = kept.get(key);
            kept.put(
                    key,
                    new Denial(
                            before == null ? now : before.first(),
                            now,
                            key.client(),
                            kind.toString(),
                            key.what(),
                            reason,
                            before == null ? 1 : before.count() + 1));
            if (kept.size() > KEPT) {
                kept.remove(kept.keySet().iterator().next());
            }
        }
    }

    /** Newest first. */
    List<Denial> list() {
        List<Denial> list;
        synchronized (kept) {
            list = new ArrayList<>(kept.values());
        }
        Collections.reverse(list);
        return List.copyOf(list);
    }

    long count(Kind kind) {
        return counts.count(kind);
    }

    Metric metric() {
        return counts.metric(
                "kepm_mqtt_denials_total", "What the broker denied, by what was tried.", "kind");
    }
}
