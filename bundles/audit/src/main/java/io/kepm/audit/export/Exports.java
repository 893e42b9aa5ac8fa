package io.kepm.audit.export;

import io.kepm.api.health.HealthCheck.Health;
import io.kepm.api.storage.StorageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All exports. One whose address is wrong is left out and named; the others run. Safe for use by
 * many threads.
 */
final class Exports implements AutoCloseable {

    /** How long the end of all of them may take. */
    static final Duration END = Duration.ofMillis(1_500);

    private static final String ADVICE =
            "look at the other side, or at `Exports` in section `Audit` of appsettings.json;"
                    + " nothing is lost meanwhile";
    private static final Logger LOG = LoggerFactory.getLogger(Exports.class);

    private final Exporter.Source source;
    private final List<String> faults = new ArrayList<>();
    private final List<Cursor> cursors = new ArrayList<>();
    private final List<Exporter> exporters = new ArrayList<>();
    private final List<ExportThread> threads = new ArrayList<>();
    private final Runnable wake;

    /** Makes the sink of an address. */
    interface Maker {
        Sink of(Address address) throws BadAddress;
    }

    /** Starts them. */
    Exports(List<String> addresses, Exporter.Source source, Maker maker) {
        this.source = source;
        this.wake = this::wakeAll;
        Set<String> names = new HashSet<>();
        for (String text : addresses) {
            try {
                Address address = AddressParser.parse(text);
                if (!names.add(address.name())) {
                    throw new BadAddress(address.shown(), "its name is taken: add another `name=`");
                }
                // Also without a sink it keeps its place, and its records.
                Cursor cursor = new Cursor(source.storage(), source.audit(), address.name());
                cursors.add(cursor);
                exporters.add(new Exporter(address, maker.of(address), source, cursor));
            } catch (BadAddress e) {
                fault(String.valueOf(e.getMessage()));
            } catch (StorageException e) {
                fault("export `" + AddressParser.shown(text) + "`: " + e.getMessage());
            }
        }
        for (Exporter exporter : exporters) {
            threads.add(new ExportThread(exporter, threads.size() + 1));
        }
        threads.forEach(ExportThread::start);
        source.bell().addListener(wake);
    }

    private void fault(String text) {
        LOG.error("{}; the agent goes on without this export", text);
        faults.add(text);
    }

    private void wakeAll() {
        threads.forEach(ExportThread::wake);
    }

    /** The first record that is still needed. */
    long oldestNeeded() {
        return cursors.stream().mapToLong(cursor -> cursor.kept() + 1).min().orElse(Long.MAX_VALUE);
    }

    long count() {
        return exporters.size();
    }

    /** Records that the one furthest behind has not sent yet. */
    long behind() {
        return exporters.stream().mapToLong(Exporter::behind).max().orElse(0);
    }

    Health health() {
        List<String> complaints = new ArrayList<>(faults);
        for (ExportThread thread : threads) {
            String complaint = thread.complaint();
            if (!complaint.isEmpty()) {
                complaints.add(complaint);
            }
        }
        if (!complaints.isEmpty()) {
            return Health.degraded(String.join("; ", complaints), ADVICE);
        }
        return Health.healthy(
                exporters.isEmpty()
                        ? "none"
                        : exporters.size() + " exports, at most " + behind() + " records behind");
    }

    @Override
    public void close() {
        source.bell().removeListener(wake);
        threads.forEach(ExportThread::stop);
        long end = System.nanoTime() + END.toNanos();
        threads.forEach(thread -> thread.join(Duration.ofNanos(end - System.nanoTime())));
    }
}
