package io.kepm.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditPart;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.jobs.Chore;
import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How many records of each kind and outcome there were in the last days, and whether the whole
 * chain holds: whoever changed old records is found once a week, though nobody asks.
 */
record AuditSummary(AuditLog audit, Reports reports, Times times) implements Chore {

    private static final long MOST = 2_000_000;
    private static final int PAGE = 1000;

    @Override
    public String name() {
        return "summarize-audit";
    }

    @Override
    public String run(Map<String, String> arguments)
            throws IOException, StorageException, InterruptedException {
        int days = Integer.parseInt(arguments.getOrDefault("days", "7"));
        Instant to = times.now();
        Instant from = to.minus(Duration.ofDays(Math.max(1, Math.min(days, 366))));
        Map<String, Map<String, Long>> counts = new TreeMap<>();
        long after = 0;
        long seen = 0;
        do {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            AuditPart page = audit.search(query(from, to, after));
            for (AuditEntry entry : page.entries()) {
                counts.computeIfAbsent(entry.type(), type -> new TreeMap<>())
                        .merge(outcome(entry), 1L, Long::sum);
                seen++;
            }
            after = page.next();
        } while (after > 0 && seen < MOST);
        ObjectNode report =
                JsonText.object()
                        .put("from", from.toString())
                        .put("to", to.toString())
                        .put("records", seen)
                        .put("complete", seen < MOST);
        AuditLog.Verification chain = audit.verify();
        report.put("intact", chain.intact()).put("firstBad", chain.firstBad());
        report.set("types", JsonText.of(counts));
        Path written = reports.write("weekly-audit-summary", report);
        if (!chain.intact()) {
            throw new IOException("the audit is damaged: " + chain.firstBad());
        }
        return seen
                + " records in "
                + days
                + " days, "
                + counts.getOrDefault("ELEVATION_REFUSED", Map.of()).values().stream()
                        .mapToLong(Long::longValue)
                        .sum()
                + " elevations refused: "
                + written;
    }

    private static AuditQuery query(Instant from, Instant to, long after) {
        return new AuditQuery(
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(from),
                Optional.of(to),
                after,
                PAGE,
                false);
    }

    private static String outcome(AuditEntry entry) {
        try {
            return JsonText.read(entry.json().getBytes(StandardCharsets.UTF_8))
                    .path("outcome")
                    .asText("");
        } catch (JsonText.Unreadable e) {
            return "unreadable";
        }
    }
}
