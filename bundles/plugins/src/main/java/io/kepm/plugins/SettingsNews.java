package io.kepm.plugins;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kepm.api.messages.Messages;
import io.kepm.api.settings.EffectiveSetting;
import io.kepm.api.settings.SettingsDesk;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Tells a plugin over the broker which of its settings have another value now: their names on
 * {@code ID/Commands/SettingsChanged}; the values are had from the API. {@link #look} is for one
 * thread, {@link #changed} for any.
 */
final class SettingsNews {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final SettingsDesk desk;
    private final Supplier<Optional<Messages>> broker;
    private final Map<String, Map<String, Object>> known = new HashMap<>();
    private volatile boolean stale = true;

    SettingsNews(SettingsDesk desk, Supplier<Optional<Messages>> broker) {
        this.desk = desk;
        this.broker = broker;
    }

    static String topic(String id) {
        return id + "/Commands/SettingsChanged";
    }

    /** Something may have another value. */
    void changed() {
        stale = true;
    }

    /**
     * Compares with the last look and tells what is different; one that is new is told nothing.
     *
     * @param ids of the plugins there are
     */
    void look(List<String> ids) {
        if (!stale && known.keySet().containsAll(ids)) {
            return;
        }
        // Before the look: what changes during it is looked at again.
        stale = false;
        known.keySet().retainAll(ids);
        for (String id : ids) {
            Map<String, Object> now = new HashMap<>();
            for (EffectiveSetting each : desk.list(id).orElse(List.of())) {
                now.put(each.setting().name().name(), each.value());
            }
            Map<String, Object> before = known.put(id, now);
            if (before != null && !before.equals(now)) {
                tell(id, before, now);
            }
        }
    }

    private void tell(String id, Map<String, Object> before, Map<String, Object> now) {
        TreeSet<String> names = new TreeSet<>(before.keySet());
        names.addAll(now.keySet());
        names.removeIf(name -> Objects.equals(before.get(name), now.get(name)));
        try {
            String text = JSON.writeValueAsString(Map.of("settings", names));
            broker.get()
                    .ifPresent(
                            open -> {
                                var unused =
                                        open.publish(
                                                topic(id), text.getBytes(StandardCharsets.UTF_8));
                            });
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("names are no JSON", e);
        }
    }
}
