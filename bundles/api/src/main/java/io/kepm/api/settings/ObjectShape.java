package io.kepm.api.settings;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What stands in each object of a setting that is a list of objects.
 *
 * @param members by name, in the order in which they are shown
 */
public record ObjectShape(Map<String, Member> members) {

    public ObjectShape {
        members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    /** Of what kind a member is. */
    public enum Kind {
        TEXT("text"),
        INTEGER("integer"),
        FLAG("true or false"),
        TEXTS("list of texts");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** For people. */
        public String word() {
            return word;
        }
    }

    /**
     * One member.
     *
     * @param least of an integer
     * @param most of an integer
     * @param words of a text: it is one of them; empty for any text
     */
    public record Member(
            Kind kind,
            boolean required,
            Optional<Long> least,
            Optional<Long> most,
            List<String> words) {

        public Member {
            words = List.copyOf(words);
        }

        private Object read(Object json) {
            boolean fits =
                    switch (kind) {
                        case TEXT ->
                                json instanceof String text
                                        && (words.isEmpty() || words.contains(text));
                        case INTEGER ->
                                json instanceof Long number
                                        && number >= least.orElse(Long.MIN_VALUE)
                                        && number <= most.orElse(Long.MAX_VALUE);
                        case FLAG -> json instanceof Boolean;
                        case TEXTS ->
                                json instanceof List<?> list
                                        && list.stream().allMatch(String.class::isInstance);
                    };
            if (!fits) {
                throw new IllegalArgumentException("not " + text());
            }
            return json instanceof List<?> list ? List.copyOf(list) : json;
        }

        /** What may stand there, for people. */
        String text() {
            String range =
                    least.isPresent() || most.isPresent()
                            ? " from "
                                    + least.orElse(Long.MIN_VALUE)
                                    + " to "
                                    + most.orElse(Long.MAX_VALUE)
                            : words.isEmpty() ? "" : " of " + String.join(", ", words);
            return kind.word() + range;
        }
    }

    /**
     * A list of such objects, from String, Long, Boolean, List and Map.
     *
     * @throws IllegalArgumentException when it is none; names the object by its place, from 0
     */
    public List<Map<String, Object>> read(Object json) {
        if (!(json instanceof List<?> list)) {
            throw new IllegalArgumentException("not a list of objects");
        }
        List<Map<String, Object>> read = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            read.add(object(i, list.get(i)));
        }
        return List.copyOf(read);
    }

    private Map<String, Object> object(int place, Object json) {
        if (!(json instanceof Map<?, ?> given)) {
            throw new IllegalArgumentException(place + ": not an object");
        }
        Map<String, Object> read = new LinkedHashMap<>();
        given.forEach(
                (name, value) -> {
                    Member member = members.get(String.valueOf(name));
                    if (member == null) {
                        throw new IllegalArgumentException(
                                place + ": a member that is not known; known: " + names());
                    }
                    try {
                        read.put(String.valueOf(name), member.read(value));
                    } catch (IllegalArgumentException e) {
                        throw new IllegalArgumentException(
                                place + "/" + name + ": " + e.getMessage(), e);
                    }
                });
        members.forEach(
                (name, member) -> {
                    if (member.required() && !read.containsKey(name)) {
                        throw new IllegalArgumentException(place + "/" + name + ": it is needed");
                    }
                });
        return Collections.unmodifiableMap(read);
    }

    private String names() {
        return String.join(", ", members.keySet());
    }

    /** What may stand there, for people. */
    public String text() {
        return members.entrySet().stream()
                .map(
                        each ->
                                each.getKey()
                                        + (each.getValue().required() ? "" : "?")
                                        + ": "
                                        + each.getValue().text())
                .collect(Collectors.joining("; ", "[{", "}, …]"));
    }
}
