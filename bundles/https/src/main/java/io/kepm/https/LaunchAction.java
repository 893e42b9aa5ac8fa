package io.kepm.https;

import io.kepm.api.elevation.AccessRequest;
import io.kepm.api.elevation.Requests;
import io.kepm.api.elevation.Requests.Person;
import io.kepm.api.jobs.Jobs;
import io.kepm.api.jobs.Launch;
import io.kepm.api.json.Fields;
import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.storage.StorageException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * A plugin asks for what a job declares to be launched: as whom, for which request. Whether that
 * plugin may is said by the job's document, and whether anything runs elevated by the one launch
 * decision.
 */
final class LaunchAction implements Action {

    private static final String PLUGIN = "plugin:";

    private final Supplier<Optional<Jobs>> jobs;
    private final Requests requests;
    private final People people;

    LaunchAction(Supplier<Optional<Jobs>> jobs, Requests requests, People people) {
        this.jobs = jobs;
        this.requests = requests;
        this.people = people;
    }

    @Override
    public Answer answer(Call call) throws NameServiceException, StorageException {
        // Whoever is known by another proof has no document that names it.
        String plugin = call.caller().via();
        if (!plugin.startsWith(PLUGIN)) {
            return Answer.problem(
                    403, "plugins ask here; administrators use POST /api/jobs/{id}/run");
        }
        Fields fields = new Fields(call.body());
        String job = fields.requiredText("job", 100);
        Optional<String> user = fields.text("user", 256);
        Optional<String> named = fields.text("request", 64);
        Map<String, Object> parameters = fields.members("parameters");
        Optional<Account> account = user.isEmpty() ? Optional.empty() : people.byName(user.get());
        if (user.isPresent() && account.filter(one -> one.uid() != 0).isEmpty()) {
            fields.fault("user", "no such user, or root");
        }
        Optional<String> request = Optional.empty();
        if (named.isPresent() && account.isPresent()) {
            request = ofUser(named.get(), account.get());
        }
        if (named.isPresent() && request.isEmpty()) {
            fields.fault("request", "`user` has no such request");
        }
        if (!fields.faults().isEmpty()) {
            return Answer.invalid(fields.faults());
        }
        Launch launch =
                new Launch(
                        plugin,
                        account.map(one -> new Launch.User(one.name(), one.uid())),
                        request.orElse(""),
                        parameters);
        return jobs.get()
                .map(there -> JobActions.started(there.launch(job, launch)))
                .orElseGet(() -> Answer.problem(503, "the jobs are not there now"));
    }

    /**
     * The whole id of a request that this user made: no record names one that is somebody else's.
     */
    private Optional<String> ofUser(String id, Account user) throws StorageException {
        Person person = new Person(user.name(), user.uid(), OptionalLong.empty(), List.of());
        return requests.view(id, person)
                .filter(found -> found.uid() == user.uid())
                .map(AccessRequest::id);
    }
}
