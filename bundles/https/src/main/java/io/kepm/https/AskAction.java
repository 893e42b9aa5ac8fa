package io.kepm.https;

import io.kepm.api.elevation.LaunchDecision;
import io.kepm.api.elevation.LaunchDecision.Ahead;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.elevation.Requests.Person;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.Peer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks ahead for the approval of a command, for oneself alone. What a person would be asked on the
 * way comes with it: the reason, a code of the second factor, a confirmation.
 */
final class AskAction implements Action {

    private static final int TEXT = 4096;

    private static final int MOST_ARGUMENTS = 1_000;

    private final LaunchDecision launches;
    private final People people;
    private final CommandPath commands;

    AskAction(LaunchDecision launches, People people, CommandPath commands) {
        this.launches = launches;
        this.people = people;
        this.commands = commands;
    }

    @Override
    public Answer answer(Call call) throws NameServiceException {
        Optional<Person> who = people.person(call.caller());
        if (who.isEmpty()) {
            return RequestActions.noAccount();
        }
        Fields fields = new Fields(call.body());
        List<String> argv = fields.texts("argv").orElse(List.of());
        String runAs = fields.text("runAs", 256).orElse("root");
        String cwd = fields.text("cwd", TEXT).orElse("/");
        Optional<String> reason = fields.text("reason", TEXT);
        String code = fields.text("code", Given.LONGEST_FACTOR).orElse("");
        boolean confirmed = fields.flag("confirm");
        if (argv.isEmpty() || argv.size() > MOST_ARGUMENTS) {
            fields.fault("argv", "the command and its arguments, at most " + MOST_ARGUMENTS);
        }
        if (!cwd.startsWith("/")) {
            fields.fault("cwd", "not an absolute path");
        }
        Optional<String> path = argv.isEmpty() ? Optional.empty() : commands.find(argv.get(0));
        if (!argv.isEmpty() && path.isEmpty()) {
            fields.fault("argv/0", "no such command: name it by its absolute path");
        }
        if (!fields.faults().isEmpty() || path.isEmpty()) {
            return Answer.invalid(fields.faults());
        }
        LaunchRequest request =
                new LaunchRequest(
                        "",
                        LaunchRequest.AHEAD,
                        who.get().user(),
                        who.get().uid(),
                        path.get(),
                        argv,
                        runAs,
                        List.of(),
                        false,
                        cwd,
                        "",
                        call.caller().peer().map(Peer::pid).orElse(0),
                        Optional.empty(),
                        "",
                        reason,
                        true);
        return told(launches.ask(request, new Given(code, confirmed)), who.get());
    }

    private static Answer told(Ahead ahead, Person who) {
        if (ahead instanceof Ahead.Kept kept) {
            Map<String, Object> body = RequestActions.json(kept.request(), who);
            return Answer.ok(body);
        }
        if (ahead instanceof Ahead.Refused refused) {
            return refused(refused.code(), refused.message());
        }
        return Answer.ok(Map.of("needed", false));
    }

    /** Why, for a person and, by its code, for a program. */
    static Answer refused(String code, String message) {
        Answer problem = Answer.problem(409, message);
        Map<String, Object> body = new LinkedHashMap<>(problem.body().orElse(Map.of()));
        body.put("code", code);
        return new Answer(
                problem.status(),
                problem.contentType(),
                Optional.of(body),
                problem.headers(),
                problem.close(),
                problem.note());
    }
}
