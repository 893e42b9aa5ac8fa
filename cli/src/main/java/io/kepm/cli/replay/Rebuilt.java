package io.kepm.cli.replay;

import io.kepm.api.audit.Secrets;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.EventType;
import io.kepm.cli.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A request made anew from its record. What the record does not hold is assumed ({@link #ASSUMED});
 * where that would be a guess, there is no request.
 *
 * @param missing the fact without which there is no request; empty when there is one
 */
record Rebuilt(Optional<EvaluationRequest> request, String missing) {

    /** What is taken for granted of every request. */
    static final List<String> ASSUMED =
            List.of(
                    "no links on the way to program and arguments",
                    "home /home/NAME",
                    "no domain",
                    "no desktop");

    /** How the word begins that says how much was cut off. */
    private static final String PERCENT = "[0-9]{1,3}";

    private static final String CUT = "… (";

    private static Rebuilt without(String fact) {
        return new Rebuilt(Optional.empty(), fact);
    }

    /** From a {@code POLICY_EVALUATION} record. */
    static Rebuilt of(Json record, Groups groups, String machine) {
        Json target = record.at("target_info");
        List<String> argv = target.at("argv").texts();
        String type = record.at("details").at("event_type").text();
        String user = record.at("user_info").at("name").text();
        List<String> codes = List.of(record.at("details").at("codes").text().split(",", -1));
        Optional<EventType> event = EventType.of(type);
        if (codes.contains("guard:malformed")) {
            return without("malformed");
        }
        if (event.isEmpty()) {
            return without("event_type");
        }
        Json asked = record.at("details");
        if (event.get() == EventType.HTTP_ACCESS && isNotWhole(asked.at("url").text(CUT))) {
            return without("url");
        }
        if (event.get() == EventType.FILE_ACCESS && access(asked).isEmpty()) {
            return without("access");
        }
        if (event.get().isAgentic() && !asked.at("ai_likelihood").text().matches(PERCENT)) {
            return without("ai_likelihood");
        }
        if (user.isEmpty() || record.at("user_info").at("uid").number(-1) < 0) {
            return without("user");
        }
        if (target.at("path").text().isEmpty() || argv.isEmpty()) {
            return without("target");
        }
        if (argv.stream().anyMatch(Rebuilt::isNotWhole)) {
            return without("argv");
        }
        Optional<List<String>> members = groups.of(user);
        return members.isEmpty()
                ? without("groups")
                : new Rebuilt(
                        Optional.of(request(record, type, members.get(), codes, machine)), "");
    }

    private static Optional<EvaluationRequest.Access> access(Json asked) {
        return switch (asked.at("access").text()) {
            case "read" -> Optional.of(EvaluationRequest.Access.READ);
            case "write" -> Optional.of(EvaluationRequest.Access.WRITE);
            default -> Optional.empty();
        };
    }

    /** Details are texts; a request that nobody took for one of AI has none. */
    private static int likelihood(Json asked) {
        String text = asked.at("ai_likelihood").text("0");
        return text.matches(PERCENT) ? Integer.parseInt(text) : 0;
    }

    /** A word in which something was hidden, or the one that says how much was cut off. */
    private static boolean isNotWhole(String word) {
        return word.contains(Secrets.HIDDEN) || word.startsWith(CUT);
    }

    private static EvaluationRequest request(
            Json record, String type, List<String> groups, List<String> codes, String machine) {
        Json target = record.at("target_info");
        Json asked = record.at("details");
        String user = record.at("user_info").at("name").text();
        return new EvaluationRequest(
                record.at("request_uid").text(),
                type,
                record.at("session_uid").text(),
                new EvaluationRequest.User(
                        user,
                        record.at("user_info").at("uid").number(-1),
                        groups,
                        Optional.of(user.equals("root") ? "/root" : "/home/" + user),
                        Optional.empty()),
                new EvaluationRequest.Machine(machine, "linux"),
                target(target, asked, codes),
                Optional.of(asked.at("url").text()).filter(url -> !url.isEmpty()),
                access(asked).orElse(EvaluationRequest.Access.READ),
                target.at("cwd").text("/"),
                target.at("run_as").text("root"),
                List.of(),
                Optional.empty(),
                likelihood(asked),
                false,
                Optional.empty());
    }

    private static EvaluationRequest.Target target(Json target, Json asked, List<String> codes) {
        List<String> argv = target.at("argv").texts();
        List<Optional<String>> reals = new ArrayList<>();
        argv.stream().skip(1).map(Optional::of).forEach(reals::add);
        String path = target.at("path").text();
        String signers = asked.at("signers").text();
        return new EvaluationRequest.Target(
                path,
                path,
                argv,
                reals,
                Optional.of(target.at("sha256").text()).filter(digest -> !digest.isEmpty()),
                signers.isEmpty() ? List.of() : List.of(signers.split(",", -1)),
                asked.at("signer_unknown").text(),
                codes.contains("guard:unsafe-target") ? List.of("recorded as unsafe") : List.of(),
                codes.contains("guard:setuid-target"));
    }
}
