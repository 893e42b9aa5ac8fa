package io.kepm.https;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * The one table of what can be called and by whom. INVARIANT: what is not in it answers 404, for
 * everybody.
 */
final class Routes {

    private final Map<String, List<Route>> literal = new LinkedHashMap<>();
    private final List<Route> templates = new ArrayList<>();

    Routes(List<Route> routes) {
        for (Route route : routes) {
            if (route.isLiteral()) {
                literal.computeIfAbsent(route.template(), path -> new ArrayList<>()).add(route);
            } else {
                templates.add(route);
            }
        }
    }

    /** What the table says about a path and a method. */
    sealed interface Match {
        record Found(Route route) implements Match {}

        record WrongMethod(String allow) implements Match {}

        record Nothing() implements Match {}
    }

    /** {@code HEAD} is served as {@code GET}. */
    Match match(String method, String path) {
        List<Route> here = literal.getOrDefault(path.toLowerCase(Locale.ROOT), List.of());
        if (here.isEmpty()) {
            List<String> segments = Route.segments(path);
            here = templates.stream().filter(route -> route.matches(segments)).toList();
        }
        if (here.isEmpty()) {
            return new Match.Nothing();
        }
        String wanted = method.equals("HEAD") ? "GET" : method;
        for (Route route : here) {
            if (route.method().equals(wanted)) {
                return new Match.Found(route);
            }
        }
        TreeSet<String> allowed = new TreeSet<>();
        here.forEach(route -> allowed.add(route.method()));
        if (allowed.contains("GET")) {
            allowed.add("HEAD");
        }
        return new Match.WrongMethod(String.join(", ", allowed));
    }

    /** Every route, for the test that pins the table. */
    List<Route> all() {
        List<Route> all = new ArrayList<>();
        literal.values().forEach(all::addAll);
        all.addAll(templates);
        return all;
    }
}
