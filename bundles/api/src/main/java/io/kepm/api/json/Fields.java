package io.kepm.api.json;

import io.kepm.api.policy.EvaluationForm;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A typed reader of one JSON object. It goes on after a fault, so that a caller learns of all of
 * them at once; ask {@link #faults} last. Not for use by two threads.
 */
public final class Fields implements EvaluationForm.Reader {

    /** More than so many are not told. */
    public static final int MAX_FAULTS = 50;

    private static final int MAX_LIST = 10_000;

    /**
     * One thing that is wrong with what was sent.
     *
     * @param place JSON pointer into it, or {@code ?name} for a query parameter
     */
    public record Fault(String place, String detail) {
        /** As an error of RFC 9457 names it. */
        public Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            if (place.startsWith("?")) {
                json.put("parameter", place.substring(1));
            } else {
                json.put("pointer", place);
            }
            json.put("detail", detail);
            return json;
        }
    }

    private final Map<String, Object> object;
    private final String place;
    private final List<Fault> faults;
    // What was asked for, as often as it was.
    private final List<String> known = new ArrayList<>();
    private final List<Fields> inner = new ArrayList<>();

    /**
     * The members of an object.
     *
     * @param object of plain values: texts, {@code Long}, {@code Boolean}, lists, maps; an empty
     *     {@link Optional} stands for null
     */
    public Fields(Map<String, Object> object) {
        this(object, "", new ArrayList<>());
    }

    private Fields(Map<String, Object> object, String place, List<Fault> faults) {
        this.object = object;
        this.place = place;
        this.faults = faults;
    }

    /** What was wrong, members that nobody asked for included, up to what an answer shows. */
    public List<Fault> faults() {
        List<Fault> all = new ArrayList<>(faults);
        unknown(all);
        return all;
    }

    @Override
    public boolean has(String name) {
        return value(name).isPresent();
    }

    @Override
    public void fault(String name, String detail) {
        if (faults.size() < MAX_FAULTS) {
            faults.add(new Fault(pointer(name), detail));
        }
    }

    @Override
    public Optional<String> text(String name, int maxLength) {
        Optional<Object> value = value(name);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (!(value.get() instanceof String text)) {
            fault(name, "not a text");
            return Optional.empty();
        }
        if (text.length() > maxLength) {
            fault(name, "longer than " + maxLength + " characters");
            return Optional.empty();
        }
        return Optional.of(text);
    }

    @Override
    public String requiredText(String name, int maxLength) {
        Optional<String> text = text(name, maxLength);
        if (!has(name)) {
            fault(name, "missing");
        }
        return text.orElse("");
    }

    @Override
    public long number(String name, long absent, long min, long max) {
        Optional<Object> value = value(name);
        if (value.isEmpty()) {
            return absent;
        }
        if (value.get() instanceof Long number && number >= min && number <= max) {
            return number;
        }
        fault(name, "not an integer from " + min + " to " + max);
        return absent;
    }

    @Override
    public boolean flag(String name) {
        Optional<Object> value = value(name);
        if (value.isPresent() && !(value.get() instanceof Boolean)) {
            fault(name, "neither true nor false");
        }
        return value.isPresent() && Boolean.TRUE.equals(value.get());
    }

    /** A list of texts; empty when the member is absent. */
    @Override
    public Optional<List<String>> texts(String name) {
        return items(name)
                .map(
                        items -> {
                            List<String> texts = new ArrayList<>();
                            for (int i = 0; i < items.size(); i++) {
                                if (items.get(i) instanceof String text) {
                                    texts.add(text);
                                } else {
                                    fault(name + "/" + i, "not a text");
                                }
                            }
                            return texts;
                        });
    }

    /** A list of texts and nulls. */
    @Override
    public Optional<List<Optional<String>>> maybeTexts(String name) {
        return items(name)
                .map(
                        items -> {
                            List<Optional<String>> texts = new ArrayList<>();
                            for (int i = 0; i < items.size(); i++) {
                                if (items.get(i) instanceof String text) {
                                    texts.add(Optional.of(text));
                                } else if (items.get(i) instanceof Optional<?>) {
                                    texts.add(Optional.empty());
                                } else {
                                    fault(name + "/" + i, "neither a text nor null");
                                }
                            }
                            return texts;
                        });
    }

    /** A member that is an object; without members when it is absent. */
    @Override
    @SuppressWarnings("unchecked")
    public Fields object(String name) {
        Optional<Object> value = value(name);
        Map<String, Object> members = Map.of();
        if (value.isPresent() && value.get() instanceof Map<?, ?> map) {
            members = (Map<String, Object>) map;
        } else if (value.isPresent()) {
            fault(name, "not an object");
        }
        Fields fields = new Fields(members, pointer(name), faults);
        inner.add(fields);
        return fields;
    }

    /** A member that is an object of any members, as it came; none when it is absent. */
    @SuppressWarnings("unchecked")
    public Map<String, Object> members(String name) {
        Optional<Object> value = value(name);
        if (value.isPresent() && value.get() instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        if (value.isPresent()) {
            fault(name, "not an object");
        }
        return Map.of();
    }

    private Optional<List<?>> items(String name) {
        Optional<Object> value = value(name);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (!(value.get() instanceof List<?> items)) {
            fault(name, "not a list");
            return Optional.empty();
        }
        if (items.size() > MAX_LIST) {
            fault(name, "more than " + MAX_LIST + " entries");
            return Optional.empty();
        }
        return Optional.of(items);
    }

    /** Null stands for absent. */
    private Optional<Object> value(String name) {
        known.add(name);
        Object value = object.get(name);
        return value == null || value instanceof Optional<?>
                ? Optional.empty()
                : Optional.of(value);
    }

    private String pointer(String name) {
        return place + "/" + name;
    }

    private void unknown(List<Fault> all) {
        for (String name : object.keySet()) {
            if (all.size() >= MAX_FAULTS) {
                return;
            }
            if (!known.contains(name)) {
                String shown = name.length() > 64 ? name.substring(0, 64) + "…" : name;
                String escaped = shown.replace("~", "~0").replace("/", "~1");
                all.add(
                        new Fault(
                                pointer(escaped),
                                "unknown member; known: "
                                        + String.join(", ", new LinkedHashSet<>(known))));
            }
        }
        inner.forEach(fields -> fields.unknown(all));
    }
}
