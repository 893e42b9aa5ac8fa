package io.kepm.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.jobs.JobFault;
import io.kepm.api.jobs.Jobs.Outcome;
import io.kepm.api.policy.PolicyEngine.Configuration;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs that policies of type {@code JobUpdate} add, change and remove. One that a policy made
 * is remembered, and goes when no policy says anything about it any more; one that was there before
 * stays. For use by one thread at a time.
 */
final class PolicyJobs {

    private static final Logger LOG = LoggerFactory.getLogger(PolicyJobs.class);
    private static final String MADE = "policy/";

    private final JobBook book;
    private final Storage storage;
    private final AuditLog audit;

    PolicyJobs(JobBook book, Storage storage, AuditLog audit) {
        this.book = book;
        this.storage = storage;
        this.audit = audit;
    }

    /** A job that a policy made, as the policy wrote it. */
    private record Made(String policy, String sha256) {
        /** What is stored of it can't be read. */
        static final Made UNKNOWN = new Made("", "");
    }

    /**
     * @param done hears what was done, and {@code faults} what could not be
     */
    void follow(List<Configuration> policies, List<String> done, List<String> faults)
            throws StorageException {
        Set<String> wanted = new HashSet<>();
        boolean whole = true;
        for (Configuration each : policies) {
            Outcome outcome;
            try {
                outcome = follow(each, wanted);
            } catch (JsonText.Unreadable e) {
                // Which job it is about is not known: none is taken for one of nobody.
                whole = false;
                outcome = fault("", "its `Extension` can't be read: " + e.getMessage());
            }
            String id = each.policy().id();
            if (outcome.isDone()) {
                done.add(id + ": job `" + outcome.id() + "` is as it says");
            } else {
                faults.add(
                        id
                                + ": "
                                + String.join(
                                        "; ",
                                        outcome.faults().stream().map(JobFault::text).toList()));
            }
        }
        if (whole) {
            takeBack(wanted, done, faults);
        }
    }

    private Outcome follow(Configuration each, Set<String> wanted)
            throws StorageException, JsonText.Unreadable {
        ObjectNode extension = JsonText.read(each.extension().getBytes(StandardCharsets.UTF_8));
        String who = "policy " + each.policy().id();
        String action = extension.path("Action").asText("Add");
        JsonNode job = extension.path("Job");
        if (job.isTextual()) {
            job = JsonText.read(job.asText().getBytes(StandardCharsets.UTF_8));
        }
        String id = extension.path("JobId").asText(job.path("id").asText());
        if (action.equalsIgnoreCase("Delete")) {
            return book.all().containsKey(id) ? book.delete(id, who) : Outcome.done(id);
        }
        wanted.add(id);
        if (!action.equalsIgnoreCase("Add") && !action.equalsIgnoreCase("Update")) {
            return fault(id, "`Action` is none of Add, Update, Delete");
        }
        if (!job.path("id").asText().equals(id)) {
            return fault(id, "`JobId` is not the `id` of `Job`");
        }
        return written(id, job, each.policy().id());
    }

    /** INVARIANT: what a policy makes is remembered before it is there. */
    private Outcome written(String id, JsonNode job, String policy)
            throws StorageException, JsonText.Unreadable {
        String text = JsonText.pretty(job);
        Made made = new Made(policy, ExecCopies.sha256(text.getBytes(StandardCharsets.UTF_8)));
        Optional<Loaded> now = Optional.ofNullable(book.all().get(id));
        if (now.isEmpty()) {
            remember(id, made);
            Outcome added = book.add(text, "policy " + policy);
            if (!added.isDone()) {
                forget(id);
            }
            return added;
        }
        boolean same =
                !now.get().text().isEmpty()
                        && JsonText.read(now.get().text().getBytes(StandardCharsets.UTF_8))
                                .equals(job);
        if (same) {
            return Outcome.done(id);
        }
        Optional<Made> former = Optional.ofNullable(made().get(id));
        if (former.isPresent()) {
            remember(id, made);
        }
        Outcome updated = book.update(id, text, "policy " + policy);
        if (former.isPresent() && !updated.isDone()) {
            // It is as it was, and goes with what made it so.
            remember(id, former.get());
        }
        return updated;
    }

    private void takeBack(Set<String> wanted, List<String> done, List<String> faults)
            throws StorageException {
        for (Map.Entry<String, Made> each : made().entrySet()) {
            String id = each.getKey();
            if (wanted.contains(id)) {
                continue;
            }
            Optional<Loaded> now = Optional.ofNullable(book.all().get(id));
            String by = "policy " + each.getValue().policy();
            if (each.getValue().equals(Made.UNKNOWN)) {
                faults.add("job `" + id + "` stays: what is stored of who made it can't be read");
            } else if (now.isPresent() && !now.get().sha256().equals(each.getValue().sha256())) {
                done.add("job `" + id + "` stays: it is not as " + by + " made it");
            } else if (now.isPresent()) {
                Outcome gone = book.delete(id, by + ", which is gone");
                if (!gone.isDone()) {
                    faults.add("job `" + id + "`: " + gone.faults().get(0).text());
                    continue;
                }
                done.add("job `" + id + "` went with " + by);
            }
            forget(id);
        }
    }

    private Map<String, Made> made() throws StorageException {
        Map<String, Made> made = new TreeMap<>();
        for (var row : storage.list(Table.JOB_STATE).entrySet()) {
            if (row.getKey().startsWith(MADE)) {
                made.put(row.getKey().substring(MADE.length()), read(row.getKey(), row.getValue()));
            }
        }
        return made;
    }

    private static Made read(String key, byte[] bytes) {
        try {
            ObjectNode json = JsonText.read(bytes);
            return new Made(json.path("policy").asText(), json.path("sha256").asText());
        } catch (JsonText.Unreadable e) {
            LOG.error("what is stored as `{}` can't be read: {}", key, e.getMessage());
            return Made.UNKNOWN;
        }
    }

    private void remember(String id, Made made) throws StorageException {
        ObjectNode json =
                JsonText.object().put("policy", made.policy()).put("sha256", made.sha256());
        commit(
                new Mutation.Put(
                        Table.JOB_STATE,
                        MADE + id,
                        json.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private void forget(String id) throws StorageException {
        commit(new Mutation.Take(Table.JOB_STATE, MADE + id));
    }

    private void commit(Mutation step) throws StorageException {
        audit.commit(new Change(List.of(step), List.of()));
    }

    private static Outcome fault(String id, String message) {
        return Outcome.refused(id, List.of(new JobFault("", message)));
    }
}
