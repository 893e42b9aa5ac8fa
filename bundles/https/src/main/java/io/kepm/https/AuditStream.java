package io.kepm.https;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditPart;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * New records as server-sent events (WHATWG HTML §9.2), one after the other. A record is an event
 * without a name; {@code gap} says that records before the next one are gone, {@code older} that
 * the audit ends before the place asked for, {@code error} that it can't be read.
 *
 * <p>It asks the store itself, a page at a time, at the pace of its reader: nothing is queued for
 * one that is slow. After {@link Pace#life} it ends, so that rights that were taken away end too;
 * readers come back with {@code Last-Event-ID}.
 */
final class AuditStream implements Outflow {

    private final AuditLog audit;
    private final Predicate<Map<String, Object>> wanted;
    private final Streams streams;
    private final Shares.Share share;
    private final Pace pace;
    private long place;
    private long told;
    private long lastWrite;

    /**
     * A stream that goes on after a place.
     *
     * @param share its place among the streams
     */
    AuditStream(
            AuditLog audit,
            Predicate<Map<String, Object>> wanted,
            long after,
            Streams streams,
            Shares.Share share,
            Pace pace) {
        this.audit = audit;
        this.wanted = wanted;
        this.place = after;
        this.told = after;
        this.streams = streams;
        this.share = share;
        this.pace = pace;
    }

    /**
     * How it goes on.
     *
     * @param page records in memory at once
     * @param look how often it looks for new ones
     * @param beat after so long without a record it says that it is there, and how far it has come
     * @param life how long it goes on
     */
    record Pace(int page, Duration look, Duration beat, Duration life) {
        static final Pace STANDARD =
                new Pace(
                        200,
                        Duration.ofMillis(500),
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(15));
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        long end = System.nanoTime() + pace.life().toNanos();
        write(out, "retry: 2000\n\n");
        try {
            checkPlace(out);
            boolean more = true;
            while (more && System.nanoTime() < end) {
                AuditPart page = audit.search(AuditQuery.after(place, pace.page()));
                for (AuditEntry entry : page.entries()) {
                    show(out, entry);
                }
                if (System.nanoTime() - lastWrite > pace.beat().toNanos()) {
                    // Also moves the place to come back to, beyond records that nobody wants.
                    write(out, told == place ? ": \n\n" : "id: " + place + "\n\n");
                    told = place;
                }
                out.flush();
                more = page.next() > 0 ? !streams.isClosed() : streams.pause(pace.look());
            }
        } catch (StorageException e) {
            write(out, "event: error\ndata: {\"detail\":\"the audit can't be read now\"}\n\n");
        }
        out.flush();
    }

    private void checkPlace(OutputStream out) throws IOException, StorageException {
        long head = head(audit);
        if (place > head) {
            place = head;
            write(out, "event: older\nid: " + head + "\ndata: {\"head\":" + head + "}\n\n");
        }
        out.flush();
    }

    private void show(OutputStream out, AuditEntry entry) throws IOException {
        if (entry.seq() != place + 1) {
            write(
                    out,
                    "event: gap\ndata: {\"from\":%d,\"to\":%d}\n\n"
                            .formatted(place + 1, entry.seq() - 1));
        }
        place = entry.seq();
        if (wanted.test(RecordText.members(entry))) {
            write(out, "id: " + place + "\ndata: " + entry.exported() + "\n\n");
            told = place;
        }
    }

    private void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        lastWrite = System.nanoTime();
    }

    /** The place of the last record; 0 when there is none. */
    static long head(AuditLog audit) throws StorageException {
        AuditQuery newest =
                new AuditQuery(
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        1,
                        true);
        return audit.query(newest).stream().mapToLong(AuditEntry::seq).findFirst().orElse(0);
    }

    @Override
    public void close() {
        share.giveBack();
    }
}
