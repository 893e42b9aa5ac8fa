package io.kepm.jobs;

import io.kepm.api.jobs.JobFault;
import io.kepm.api.jobs.Jobs.Outcome;
import io.kepm.api.linux.FolderBell;
import io.kepm.api.storage.StorageException;
import io.kepm.api.trust.FileAuthors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The documents that are used, and when each is due. What changes them happens one at a time; reads
 * never wait.
 */
final class JobBook {

    private static final Logger LOG = LoggerFactory.getLogger(JobBook.class);

    /** After so many looks at the bell alone there is one at the files, for what it is not told. */
    private static final int LOOKS = 10;

    private final JobFolder folder;
    private final LiveRuns live;
    private final RunRecords records;
    private final FileAuthors authors;
    private final Times times;
    private final Map<String, Due> due = new ConcurrentHashMap<>();
    private volatile Map<String, Loaded> jobs = Map.of();
    private volatile String trouble = "";
    private @Nullable FolderBell bell;
    private long print;
    private long outline;
    private boolean leadsElsewhere;
    private boolean known;
    private int looks;
    private Runnable first = () -> {};

    JobBook(JobFolder folder, LiveRuns live, RunRecords records, FileAuthors authors, Times times) {
        this.folder = folder;
        this.live = live;
        this.records = records;
        this.authors = authors;
        this.times = times;
    }

    Map<String, Loaded> all() {
        return jobs;
    }

    Optional<JobDocument> document(String id) {
        return Optional.ofNullable(jobs.get(id)).flatMap(Loaded::document);
    }

    Optional<Due> due(String id) {
        return Optional.ofNullable(due.get(id));
    }

    /** Why the folder could not be read; empty when it was. */
    String trouble() {
        return trouble;
    }

    /**
     * Reads the folder again if something is different there. The kernel says so at once; what it
     * does not tell, such as a change by another name of a file, is found by every tenth look.
     */
    synchronized void look() {
        FolderBell ours = bell == null ? folder.bell() : bell;
        if (bell == null && !ours.isThere()) {
            LOG.warn("the kernel tells no changes of the jobs: they are looked at instead");
        }
        bell = ours;
        boolean quiet = !ours.rang() && !leadsElsewhere && folder.outline() == outline;
        if (known && quiet && ++looks < LOOKS) {
            return;
        }
        looks = 0;
        outline = folder.outline();
        if (!known || !trouble.isEmpty() || folder.print() != print) {
            load("root, on disk");
        }
    }

    /** Nothing is looked at any more. */
    synchronized void close() {
        if (bell != null) {
            bell.close();
        }
    }

    /**
     * Loads the documents for the first time.
     *
     * @param then is done once, after the first load that succeeds, which may be a later one
     */
    synchronized void begin(String who, Runnable then) {
        first = then;
        load(who);
    }

    synchronized void load(String who) {
        long now = folder.print();
        leadsElsewhere = folder.leadsElsewhere();
        Map<String, Loaded> fresh;
        try {
            fresh = folder.read();
            trouble = "";
        } catch (IOException e) {
            String found = "the folder of the jobs can't be read: " + e.getMessage();
            if (!found.equals(trouble)) {
                LOG.error("{}", found);
            }
            trouble = found;
            // The bell does not ring for that: the next look tries again.
            looks = LOOKS;
            return;
        }
        if (known) {
            tell(fresh, who);
        } else {
            fresh.values().stream()
                    .filter(one -> one.document().isEmpty())
                    .forEach(one -> refused(one, who));
        }
        timed(fresh);
        jobs = fresh;
        print = now;
        known = true;
        Runnable then = first;
        first = () -> {};
        then.run();
    }

    /** What changed is on record by the watch of all configuration; why it is not used, by us. */
    private void tell(Map<String, Loaded> fresh, String who) {
        for (Loaded one : fresh.values()) {
            Loaded before = jobs.get(one.id());
            boolean same =
                    before != null
                            && before.sha256().equals(one.sha256())
                            && before.faults().equals(one.faults());
            if (!same && one.document().isEmpty()) {
                refused(one, who);
            }
        }
    }

    private void refused(Loaded one, String who) {
        LOG.warn("job `{}` is not used: {}", one.id(), one.faults().get(0).text());
        records.refused(one.id(), folder.file(one.id()).toString(), one.faults(), who);
    }

    /**
     * A schedule that is as it was keeps what it knows of times that were taken. A job that may not
     * run misses nothing: its times begin when it may.
     */
    private void timed(Map<String, Loaded> fresh) {
        due.keySet().removeIf(id -> fresh.get(id) == null || fresh.get(id).document().isEmpty());
        Map<String, LiveRuns.Taken> taken = new HashMap<>();
        try {
            taken.putAll(live.taken());
        } catch (StorageException e) {
            LOG.error("which times of jobs were taken is not known: {}", e.getMessage());
        }
        Instant now = times.now();
        Map<JobDocument, Instant> begun = new HashMap<>();
        for (Loaded one : fresh.values()) {
            Optional<Schedule> schedule =
                    one.document().filter(JobDocument::mayRun).flatMap(JobDocument::schedule);
            if (schedule.isEmpty()) {
                due.remove(one.id());
                continue;
            }
            Due before = due.get(one.id());
            if (before != null && before.schedule().text().equals(schedule.get().text())) {
                if (before.schedule().runMissed() != schedule.get().runMissed()) {
                    due.put(
                            one.id(),
                            new Due(schedule.get(), before.from(), times.sinceBootMillis()));
                }
                continue;
            }
            Optional<LiveRuns.Taken> last =
                    Optional.ofNullable(taken.get(one.id()))
                            .filter(each -> each.schedule().equals(schedule.get().text()));
            boolean same = last.isPresent();
            Instant from = last.map(LiveRuns.Taken::from).orElse(now);
            if (!same && schedule.get().table().isPresent()) {
                one.document().ifPresent(document -> begun.put(document, now));
            }
            due.put(one.id(), new Due(schedule.get(), from, times.sinceBootMillis()));
        }
        try {
            live.taken(begun);
            live.forget(taken.keySet().stream().filter(id -> isTimeless(fresh.get(id))).toList());
        } catch (StorageException e) {
            LOG.error("from when on jobs are due is not on record: {}", e.getMessage());
        }
    }

    /** Of a document with a fault nobody can say: what its times were is kept. */
    private static boolean isTimeless(@Nullable Loaded one) {
        return one == null
                || one.document()
                        .filter(job -> !job.mayRun() || job.schedule().isEmpty())
                        .isPresent();
    }

    synchronized Outcome add(String text, String who) {
        DocumentReader.Read read = DocumentReader.read(text.getBytes(StandardCharsets.UTF_8), "");
        if (read.document().isEmpty()) {
            return Outcome.refused("", read.faults());
        }
        String id = read.document().get().id();
        if (folder.exists(id)) {
            return fault(id, "there is a job of that id: update it, or delete it first");
        }
        if (jobs.size() >= JobFolder.MOST) {
            return fault(id, "there are 1,000 jobs already");
        }
        return write(id, text, who);
    }

    synchronized Outcome update(String id, String text, String who) {
        if (!jobs.containsKey(id)) {
            return Outcome.unknown(id);
        }
        DocumentReader.Read read = DocumentReader.read(text.getBytes(StandardCharsets.UTF_8), id);
        return read.document().isEmpty()
                ? Outcome.refused(id, read.faults())
                : write(id, text, who);
    }

    private Outcome write(String id, String text, String who) {
        try {
            String pretty = JsonText.pretty(JsonText.read(text.getBytes(StandardCharsets.UTF_8)));
            Optional<JobFault> full =
                    JobFolder.room(
                            jobs.values().stream().filter(one -> !one.id().equals(id)).toList(),
                            pretty);
            if (full.isPresent()) {
                return Outcome.refused(id, List.of(full.get()));
            }
            authors.writes(
                    folder.file(id),
                    ExecCopies.sha256(pretty.getBytes(StandardCharsets.UTF_8)),
                    who);
            folder.write(id, pretty);
        } catch (IOException | JsonText.Unreadable e) {
            return fault(id, "the document can't be written: " + e.getMessage());
        }
        load(who);
        List<JobFault> faults =
                Optional.ofNullable(jobs.get(id)).map(Loaded::faults).orElse(List.of());
        return faults.isEmpty() ? Outcome.done(id) : Outcome.refused(id, faults);
    }

    synchronized Outcome delete(String id, String who) {
        if (!jobs.containsKey(id)) {
            return Outcome.unknown(id);
        }
        try {
            authors.writes(folder.file(id), "", who);
            folder.delete(id);
        } catch (IOException e) {
            return fault(id, "the document can't be removed: " + e.getMessage());
        }
        load(who);
        return Outcome.done(id);
    }

    private static Outcome fault(String id, String message) {
        return Outcome.refused(id, List.of(new JobFault("", message)));
    }
}
