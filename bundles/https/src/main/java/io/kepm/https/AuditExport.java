package io.kepm.https;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditPart;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.audit.FilterSearch;
import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * Records, oldest first, up to the last one there was at the beginning; a page of them in memory at
 * once.
 */
final class AuditExport implements Outflow {

    private static final int PAGE = 200;
    private static final Duration LONGEST = Duration.ofHours(1);

    private final AuditLog audit;
    private final AuditQuery asked;
    private final FilterSearch wanted;
    private final ExportForm form;
    private final long head;
    private final Streams streams;
    private final Shares.Share share;

    /**
     * An export.
     *
     * @param asked with the place to go on after; oldest first
     * @param head the last record that belongs to it
     */
    AuditExport(
            AuditLog audit,
            AuditQuery asked,
            FilterSearch wanted,
            ExportForm form,
            long head,
            Streams streams,
            Shares.Share share) {
        this.audit = audit;
        this.asked = asked;
        this.wanted = wanted;
        this.form = form;
        this.head = head;
        this.streams = streams;
        this.share = share;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        if (form.head().isPresent()) {
            line(out, form.head().get());
        }
        Optional<FilterSearch.Narrowed> narrowed = wanted.narrowed(asked);
        if (narrowed.isPresent()) {
            try {
                copy(out, narrowed.get());
            } catch (StorageException e) {
                throw new IOException("the audit can't be read", e);
            }
        }
        out.flush();
    }

    private void copy(OutputStream out, FilterSearch.Narrowed narrowed)
            throws IOException, StorageException {
        long end = System.nanoTime() + LONGEST.toNanos();
        long place = narrowed.query().after();
        while (place < head) {
            if (streams.isClosed() || System.nanoTime() > end) {
                throw new IOException("the export took too long, or the agent stops");
            }
            AuditPart page = audit.search(narrowed.query().page(place, PAGE));
            for (AuditEntry entry : page.entries()) {
                if (entry.seq() <= head
                        && (narrowed.exact() || wanted.test(RecordText.members(entry)))) {
                    line(out, form.line(entry));
                }
            }
            place = page.next();
            if (place == 0) {
                return;
            }
        }
    }

    private static void line(OutputStream out, String line) throws IOException {
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        share.giveBack();
    }
}
