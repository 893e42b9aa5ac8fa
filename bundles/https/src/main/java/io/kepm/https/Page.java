package io.kepm.https;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A part of a list that is in memory: at most {@code limit} items, beginning after the one whose id
 * is {@code after}; {@code next} says where to go on.
 */
final class Page {

    static final int MOST = 1000;

    private Page() {}

    static Answer of(Call call, List<Map<String, Object>> all) {
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
        while (!after.isEmpty() && from < all.size() && !after.equals(all.get(from).get("id"))) {
            from++;
        }
        if (!after.isEmpty() && from == all.size()) {
            return Answer.invalid("?after", "it is not in the list any more: begin anew");
        }
        from += after.isEmpty() ? 0 : 1;
        int to = Math.min(all.size(), from + Integer.parseInt(text));
        List<Map<String, Object>> items = all.subList(from, to);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("items", items);
        body.put(
                "next", to < all.size() ? items.get(items.size() - 1).get("id") : Optional.empty());
        body.put("limit", Long.parseLong(text));
        return Answer.ok(body);
    }
}
