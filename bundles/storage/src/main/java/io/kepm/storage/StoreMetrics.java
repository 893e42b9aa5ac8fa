package io.kepm.storage;

import io.kepm.api.metrics.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The figures of the store. Asks the file system for sizes; never opens a file of the store. */
final class StoreMetrics {

    private StoreMetrics() {}

    static List<Metric> of(
            CommitTally tally, WorkQueue.Depth depth, Head head, StoreFolder folder) {
        List<Metric> metrics = new ArrayList<>(tally.metrics());
        metrics.add(
                Metric.counter(
                        "kepm_audit_records_total",
                        "Records of the audit, all since the store was made.",
                        head.seq()));
        metrics.add(
                Metric.gauge(
                        "kepm_storage_queue",
                        "Changes and reads that wait for the writer.",
                        "kind",
                        Map.of("changes", (long) depth.changes(), "reads", (long) depth.reads())));
        try {
            metrics.add(
                    Metric.gauge(
                            "kepm_storage_bytes",
                            "Size of the store's files.",
                            "file",
                            Map.of(
                                    "database", Files.size(folder.database()),
                                    "wal", size(folder))));
            metrics.add(
                    Metric.gauge(
                            "kepm_storage_free_bytes",
                            "Free space on the store's file system.",
                            Files.getFileStore(folder.path()).getUsableSpace()));
        } catch (IOException e) {
            // The health check says so; without a figure there is none.
        }
        return metrics;
    }

    private static long size(StoreFolder folder) throws IOException {
        return Files.exists(folder.wal()) ? Files.size(folder.wal()) : 0;
    }
}
