package io.kepm.https;

import io.kepm.api.jobs.Jobs;
import io.kepm.api.jobs.Launch;
import io.kepm.api.json.Fields;
import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.Accounts.NameServiceException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A plugin asks for what a job declares to be launched: as whom, for which request. Whether that
 * plugin may is said by the job's document, and whether anything runs elevated by the one launch
 * decision.
 */
final class LaunchAction implements Action {

    private static final String PLUGIN = "plugin:";

    private final Supplier<Optional<Jobs>> jobs;
    private final People people;

    LaunchAction(Supplier<Optional<Jobs>> jobs, People people) {
        this.jobs = jobs;
        this.people = people;
    }

    @Override
    public Answer answer(Call call) throws NameServiceException {
        // Whoever is known by another proof has no document that names it.
        String plugin = call.caller().via();
        if (!plugin.startsWith(PLUGIN)) {
            return Answer.problem(
                    403, "plugins ask here; administrators use POST /api/jobs/{id}/run");
        }
        Fields fields = new Fields(call.body());
        String job = fields.requiredText("job", 100);
        Optional<String> user = fields.text("user", 256);
        String request = fields.text("request", 64).orElse("");
        Map<String, Object> parameters = fields.members("parameters");
        Optional<Account> account = user.isEmpty() ? Optional.empty() : people.byName(user.get());
        if (user.isPresent() && account.filter(one -> one.uid() != 0).isEmpty()) {
            fields.fault("user", "no such user, or root");
        }
        if (!fields.faults().isEmpty()) {
            return Answer.invalid(fields.faults());
        }
        Launch launch =
                new Launch(
                        plugin,
                        account.map(one -> new Launch.User(one.name(), one.uid())),
                        request,
                        parameters);
        return jobs.get()
                .map(there -> JobActions.started(there.launch(job, launch)))
                .orElseGet(() -> Answer.problem(503, "the jobs are not there now"));
    }
}
