package io.kepm.policy;

import io.kepm.api.policy.EvaluationRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * One generated set of rules and the requests to it, in words that every engine can be given: who,
 * which program, which arguments. Eight kinds of rules, as sites mix them: a user's own command, a
 * group's folder of programs, a program for everybody, one unit of a service manager, a package, a
 * pattern with a wildcard in its middle, a user's own folder, and a program that is denied to a
 * group. Half of the requests hit the rule they were made from; the others miss it by one thing.
 */
final class RuleSet {

    /** What a rule says of the program. */
    enum Shape {
        EXACT,
        PREFIX,
        MIDDLE
    }

    /**
     * One rule.
     *
     * @param user who, or a group when {@code group} is set; {@code *} is everybody
     * @param path program, or its pattern with {@code *}
     * @param arguments all arguments, or the first ones when {@code open}; empty and open: any
     */
    record Rule(
            String id,
            String user,
            boolean group,
            Shape shape,
            String path,
            List<String> arguments,
            boolean open,
            boolean denies) {}

    /** A request and what has to come out. */
    record Ask(String user, List<String> groups, String path, List<String> arguments) {}

    private final List<Rule> rules = new ArrayList<>();
    private final List<Ask> asks = new ArrayList<>();

    RuleSet(int size, int requests) {
        for (int i = 0; i < size; i++) {
            rules.add(rule(i));
        }
        Random random = new Random(7);
        for (int i = 0; i < requests; i++) {
            asks.add(ask(random.nextInt(size), i % 2 == 0));
        }
    }

    List<Rule> rules() {
        return rules;
    }

    List<Ask> asks() {
        return asks;
    }

    private static Rule rule(int i) {
        String id = "p" + i;
        return switch (i % 8) {
            case 0 ->
                    new Rule(
                            id,
                            "user" + i,
                            false,
                            Shape.EXACT,
                            "/usr/bin/tool" + i,
                            List.of("restart", "service" + i),
                            false,
                            false);
            case 1 ->
                    new Rule(
                            id,
                            "group" + i % 97,
                            true,
                            Shape.PREFIX,
                            "/opt/app" + i + "/bin/*",
                            List.of(),
                            true,
                            false);
            case 2 ->
                    new Rule(
                            id,
                            "*",
                            false,
                            Shape.EXACT,
                            "/usr/lib/app" + i + "/run",
                            List.of(),
                            true,
                            false);
            case 3 ->
                    new Rule(
                            id,
                            "*",
                            false,
                            Shape.EXACT,
                            "/usr/bin/systemctl",
                            List.of("restart", "unit" + i),
                            false,
                            false);
            case 4 ->
                    new Rule(
                            id,
                            "staff",
                            true,
                            Shape.EXACT,
                            "/usr/bin/apt-get",
                            List.of("install", "package" + i),
                            true,
                            false);
            case 5 ->
                    new Rule(
                            id,
                            "user" + i,
                            false,
                            Shape.MIDDLE,
                            "/srv/*/job" + i,
                            List.of(),
                            true,
                            false);
            case 6 ->
                    new Rule(
                            id,
                            "user" + i,
                            false,
                            Shape.PREFIX,
                            "/home/user" + i + "/bin/*",
                            List.of(),
                            true,
                            false);
            default ->
                    new Rule(
                            id,
                            "contractors",
                            true,
                            Shape.EXACT,
                            "/usr/lib/app" + (i - 5) + "/run",
                            List.of(),
                            true,
                            true);
        };
    }

    private Ask ask(int number, boolean hits) {
        Rule rule = rules.get(number);
        String group = rule.group() ? rule.user() : "group" + number % 97;
        // One of three misses by the user, one by the program, one by an argument where one counts.
        int miss = hits ? -1 : number % 3;
        boolean other = miss == 0;
        List<String> groups =
                other ? List.of("users", "audio", "nobodys") : List.of("users", "audio", group);
        String user = rule.group() || rule.user().equals("*") ? "user" + number : rule.user();
        String path = rule.path().replace("*", rule.shape() == Shape.MIDDLE ? "depot" : "start");
        List<String> arguments = new ArrayList<>(rule.arguments());
        if (miss == 2 && !arguments.isEmpty()) {
            arguments.set(arguments.size() - 1, arguments.get(arguments.size() - 1) + "x");
        }
        if (rule.open()) {
            arguments.add("--quiet");
        }
        return new Ask(
                other ? "somebody" + number : user,
                groups,
                miss == 1 ? path + "x" : path,
                arguments);
    }

    /** The rule as a document of ours. */
    static String document(Rule rule) {
        String what =
                rule.arguments().isEmpty()
                        ? "\"ApplicationCheck\":[\"" + rule.path() + "\"]"
                        : "\"Extension\":{\"Commands\":[{\"Path\":\""
                                + rule.path()
                                + "\",\"Args\":["
                                + String.join(
                                        ",",
                                        rule.arguments().stream().map(a -> '"' + a + '"').toList())
                                + (rule.open() ? ",{\"Rest\":true}" : "")
                                + "]}]}";
        return "{\"PolicyId\":\""
                + rule.id()
                + "\",\"PolicyName\":\"Policy "
                + rule.id()
                + "\",\"PolicyType\":\"CommandLine\",\"Status\":\"enforce\",\"UserCheck\":[\""
                + (rule.group() ? "%" : "")
                + rule.user()
                + "\"],\"Actions\":{\"OnSuccess\":{\"Controls\":[\""
                + (rule.denies() ? "DENY" : "ALLOW")
                + "\"]}},"
                + what
                + "}";
    }

    /** The request as ours. */
    static EvaluationRequest request(Ask ask) {
        List<String> argv = new ArrayList<>(List.of(ask.path()));
        argv.addAll(ask.arguments());
        List<Optional<String>> real = new ArrayList<>();
        ask.arguments().forEach(argument -> real.add(Optional.empty()));
        return new EvaluationRequest(
                "request",
                "CommandLine",
                "1000@tty",
                new EvaluationRequest.User(
                        ask.user(),
                        1000,
                        ask.groups(),
                        Optional.of("/home/" + ask.user()),
                        Optional.empty()),
                new EvaluationRequest.Machine("ws-17.example.org", "linux"),
                new EvaluationRequest.Target(
                        ask.path(),
                        ask.path(),
                        argv,
                        real,
                        Optional.empty(),
                        List.of(),
                        List.of(),
                        false),
                Optional.empty(),
                EvaluationRequest.Access.READ,
                "/",
                "root",
                List.of(),
                Optional.empty(),
                0,
                false,
                Optional.empty());
    }
}
