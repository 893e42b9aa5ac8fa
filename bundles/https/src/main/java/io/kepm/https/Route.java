package io.kepm.https;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One line of the table of routes.
 *
 * @param template path in lower case; a segment {@code {name}} stands for any one segment, a last
 *     {@code {*}} for any number
 * @param tier the least tier that may call it
 * @param readers group whose members may call it from any tier; empty for none
 * @param pace how often one user may call it
 * @param readsBody whether the body is read; otherwise it is ignored
 * @param takesValue whether the body may be any JSON value: one that is no object is its member
 *     {@code value}
 */
record Route(
        String method,
        String template,
        Tier tier,
        String readers,
        Pace pace,
        boolean readsBody,
        boolean takesValue,
        Action action) {

    /** What one user has only so much of; an administrator has all of it. */
    enum Pace {
        FREE,

        /** It is decided: what is asked here counts with all other questions of that user. */
        DECISIONS,

        /** It only reads what policy says: that takes nothing from what may be decided. */
        READING
    }

    static Route get(String template, Tier tier, Action action) {
        return new Route("GET", template, tier, "", Pace.FREE, false, false, action);
    }

    static Route post(String template, Tier tier, Action action) {
        return new Route("POST", template, tier, "", Pace.FREE, true, false, action);
    }

    static Route put(String template, Tier tier, Action action) {
        return new Route("PUT", template, tier, "", Pace.FREE, true, false, action);
    }

    static Route delete(String template, Tier tier, Action action) {
        return new Route("DELETE", template, tier, "", Pace.FREE, true, false, action);
    }

    /**
     * A route of the contract that this version does not serve.
     *
     * @param instead what to do in its place
     */
    static Route later(String method, String template, Tier tier, String instead) {
        return new Route(
                method, template, tier, "", Pace.FREE, false, false, new NotServed(instead));
    }

    /** Whether this version serves it. */
    boolean isServed() {
        return !(action instanceof NotServed);
    }

    private record NotServed(String instead) implements Action {
        @Override
        public Answer answer(Call call) {
            return Answer.problem(501, instead).closing();
        }
    }

    Route readableBy(String group) {
        return new Route(method, template, tier, group, pace, readsBody, takesValue, action);
    }

    Route at(Pace other) {
        return new Route(method, template, tier, readers, other, readsBody, takesValue, action);
    }

    /** Takes any JSON value as its body. */
    Route ofValue() {
        return new Route(method, template, tier, readers, pace, readsBody, true, action);
    }

    boolean isLiteral() {
        return template.indexOf('{') < 0;
    }

    boolean matches(List<String> segments) {
        List<String> own = segments(template);
        boolean open = own.get(own.size() - 1).equals("{*}");
        int fixed = open ? own.size() - 1 : own.size();
        if (open ? segments.size() < fixed : segments.size() != fixed) {
            return false;
        }
        for (int i = 0; i < fixed; i++) {
            String segment = segments.get(i);
            boolean fits =
                    own.get(i).startsWith("{")
                            ? !segment.isEmpty()
                            : own.get(i).equals(segment.toLowerCase(Locale.ROOT));
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    /** What its open segments are in a path that it matches. */
    Map<String, String> variables(String path) {
        if (isLiteral()) {
            return Map.of();
        }
        Map<String, String> variables = new HashMap<>();
        List<String> own = segments(template);
        List<String> given = segments(path);
        for (int i = 0; i < Math.min(own.size(), given.size()); i++) {
            String name = own.get(i);
            if (name.equals("{*}")) {
                variables.put("*", String.join("/", given.subList(i, given.size())));
            } else if (name.startsWith("{")) {
                variables.put(name.substring(1, name.length() - 1), given.get(i));
            }
        }
        return variables;
    }

    static List<String> segments(String path) {
        return List.of(path.substring(1).split("/", -1));
    }
}
