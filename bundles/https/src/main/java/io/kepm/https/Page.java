package io.kepm.https;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A part of a list that is in memory: at most {@code limit} items, beginning after the one whose id
 * is {@code after}; {@code next} says where to go on.
 */
final class Page {

    static final int MOST = 1000;

    private Page() {}

    static Answer of(Call call, List<Map<String, Object>> all) {
        return of(call, all, item -> String.valueOf(item.get("id")), item -> item, Map.of());
    }

    /**
     * A part of a long list, of which only that part is made.
     *
     * @param id of an item
     * @param more members of the answer before the items
     */
    static <T> Answer of(
            Call call,
            List<T> all,
            Function<T, String> id,
            Function<T, Map<String, Object>> json,
            Map<String, Object> more) {
        for (String name : call.query().keySet()) {
            if (!name.equals("limit") && !name.equals("after")) {
                return Answer.invalid("?" + name, "unknown parameter; known: after, limit");
            }
        }
        String text = call.query().getOrDefault("limit", Integer.toString(MOST));
        if (!text.matches("[0-9]{1,4}")
                || Integer.parseInt(text) < 1
                || Integer.parseInt(text) > MOST) {
            return Answer.invalid("?limit", "a number from 1 to " + MOST);
        }
        int from = 0;
        String after = call.query().getOrDefault("after", "");
        while (!after.isEmpty() && from < all.size() && !after.equals(id.apply(all.get(from)))) {
            from++;
        }
        if (!after.isEmpty() && from == all.size()) {
            return Answer.invalid("?after", "it is not in the list any more: begin anew");
        }
        from += after.isEmpty() ? 0 : 1;
        int to = Math.min(all.size(), from + Integer.parseInt(text));
        Map<String, Object> body = new LinkedHashMap<>(more);
        body.put("items", all.subList(from, to).stream().map(json).toList());
        body.put("next", to < all.size() ? id.apply(all.get(to - 1)) : Optional.empty());
        body.put("limit", Long.parseLong(text));
        return Answer.ok(body);
    }
}
