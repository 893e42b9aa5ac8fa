package io.kepm.jobs;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.jobs.JobFault;
import io.kepm.api.jobs.JobRun;
import io.kepm.api.jobs.RunState;
import io.kepm.api.storage.StorageException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the audit is told of jobs: every run that is over, and every change of a document. */
final class RunRecords {

    private static final Logger LOG = LoggerFactory.getLogger(RunRecords.class);
    private static final int MOST_FAULTS = 20;

    private final AuditLog audit;

    RunRecords(AuditLog audit) {
        this.audit = audit;
    }

    AuditDraft of(JobRun run) {
        AuditDraft.Builder draft =
                AuditDraft.of(AuditType.JOB_RUN, run.state().word().toUpperCase(Locale.ROOT))
                        .sessionType("job")
                        .reason(run.reason())
                        .detail("job", run.jobId())
                        .detail("run", run.id())
                        .detail("trigger", run.trigger());
        if (!run.by().isEmpty()) {
            draft.detail("by", run.by());
        }
        if (run.started().isPresent() && run.ended().isPresent()) {
            draft.detail(
                    "duration_ms",
                    Long.toString(
                            Duration.between(run.started().get(), run.ended().get()).toMillis()));
        }
        for (JobRun.TaskRun task : run.tasks()) {
            draft.detail(
                    "task." + task.id(),
                    task.state().word() + task.exitCode().map(code -> " " + code).orElse(""));
        }
        return draft.build();
    }

    /** How a run ended is not known: what is stored of it can't be read. */
    AuditDraft unreadable(String run, String why) {
        return AuditDraft.of(AuditType.JOB_RUN, RunState.FAILED.word().toUpperCase(Locale.ROOT))
                .sessionType("job")
                .reason("agent restarted; what is stored of it can't be read: " + why)
                .detail("run", run)
                .build();
    }

    /** A document is not used. */
    void refused(String id, String file, List<JobFault> faults, String who) {
        put(
                AuditDraft.of(AuditType.CONFIGURATION_CHANGED, "REFUSED")
                        .sessionType("job")
                        .target(new AuditDraft.TargetInfo(file, List.of(), "", "", ""))
                        .reason(
                                String.join(
                                        "; ",
                                        faults.stream()
                                                .limit(MOST_FAULTS)
                                                .map(JobFault::text)
                                                .toList()))
                        .detail("job", id)
                        .detail("by", who)
                        .build());
    }

    private void put(AuditDraft draft) {
        try {
            audit.append(draft);
        } catch (StorageException e) {
            LOG.error("a change of a job is not on record: {}", e.getMessage());
        }
    }
}
