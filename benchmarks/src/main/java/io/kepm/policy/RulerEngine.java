package io.kepm.policy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import software.amazon.event.ruler.Machine;

/** event-ruler: rules as patterns of JSON events. */
final class RulerEngine implements Engine {

    private final Machine machine = Machine.builder().build();
    private final Set<String> denying = new HashSet<>();
    private final String[] events;

    RulerEngine(RuleSet set) throws Exception {
        for (RuleSet.Rule rule : set.rules()) {
            machine.addRule(rule.id(), pattern(rule));
            if (rule.denies()) {
                denying.add(rule.id());
            }
        }
        events = set.asks().stream().map(RulerEngine::event).toArray(String[]::new);
    }

    private static String pattern(RuleSet.Rule rule) {
        String who = rule.group() ? "\"groups\"" : "\"user\"";
        String user = rule.user().equals("*") ? "" : who + ":[\"" + rule.user() + "\"],";
        String path =
                switch (rule.shape()) {
                    case EXACT -> "\"" + rule.path() + "\"";
                    case PREFIX -> "{\"prefix\":\"" + rule.path().replace("*", "") + "\"}";
                    case MIDDLE -> "{\"wildcard\":\"" + rule.path() + "\"}";
                };
        String words = String.join(" ", rule.arguments());
        String arguments =
                rule.arguments().isEmpty()
                        ? ""
                        : ",\"args\":["
                                + (rule.open()
                                        ? "{\"prefix\":\"" + words + " \"}"
                                        : "\"" + words + "\"")
                                + "]";
        return "{" + user + "\"path\":[" + path + "]" + arguments + "}";
    }

    private static String event(RuleSet.Ask ask) {
        return "{\"user\":\""
                + ask.user()
                + "\",\"groups\":[\""
                + String.join("\",\"", ask.groups())
                + "\"],\"path\":\""
                + ask.path()
                + "\",\"args\":\""
                + String.join(" ", ask.arguments())
                + "\"}";
    }

    @Override
    public boolean allows(int ask) {
        List<String> found;
        try {
            found = machine.rulesForJSONEvent(events[ask]);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        for (String rule : found) {
            if (denying.contains(rule)) {
                return false;
            }
        }
        return !found.isEmpty();
    }
}
