package io.kepm.https;

import io.kepm.api.elevation.AccessRequest;
import io.kepm.api.elevation.Requests;
import io.kepm.api.elevation.Requests.Person;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Requests of one's own, and those one may decide, as server-sent events (WHATWG HTML §9.2): first
 * all that are there, the oldest first, then each when it is made or changed. An event is a whole
 * request as {@code GET /api/requests} shows it, so that a reader who comes back misses nothing;
 * {@code gone} names one that is not kept, or not the reader's to see, any more. Who the reader is
 * and in which groups is read again with each look.
 */
final class RequestStream implements Outflow {

    private final Requests requests;
    private final Reader reader;
    private final Streams streams;
    private final Shares.Share share;
    private final Pace pace;
    private final Map<String, AccessRequest> told = new HashMap<>();
    private long lastWrite;

    RequestStream(
            Requests requests, Reader reader, Streams streams, Shares.Share share, Pace pace) {
        this.requests = requests;
        this.reader = reader;
        this.streams = streams;
        this.share = share;
        this.pace = pace;
    }

    /** Who reads it, as the system says it now; empty when that is nobody any more. */
    @FunctionalInterface
    interface Reader {
        Optional<Person> now() throws NameServiceException;
    }

    /**
     * How it goes on.
     *
     * @param look how often it looks for changes
     * @param beat after so long without an event it says that it is there
     * @param life how long it goes on
     */
    record Pace(Duration look, Duration beat, Duration life) {
        static final Pace STANDARD =
                new Pace(Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofMinutes(15));
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        long end = System.nanoTime() + pace.life().toNanos();
        write(out, "retry: 2000\n\n");
        try {
            boolean more = true;
            while (more && System.nanoTime() < end) {
                Optional<Person> who = reader.now();
                if (who.isEmpty()) {
                    break;
                }
                look(out, who.get());
                if (System.nanoTime() - lastWrite > pace.beat().toNanos()) {
                    write(out, ": \n\n");
                }
                out.flush();
                more = streams.pause(pace.look());
            }
        } catch (StorageException | NameServiceException e) {
            write(out, "event: error\ndata: {\"detail\":\"requests can't be read now\"}\n\n");
        }
        out.flush();
    }

    private void look(OutputStream out, Person who) throws StorageException, IOException {
        List<AccessRequest> now = requests.visibleTo(who);
        for (int i = now.size() - 1; i >= 0; i--) {
            AccessRequest request = now.get(i);
            if (!request.equals(told.put(request.id(), request))) {
                event(out, "", RequestActions.json(request, who));
            }
        }
        if (told.size() > now.size()) {
            List<String> gone =
                    told.keySet().stream()
                            .filter(id -> now.stream().noneMatch(one -> one.id().equals(id)))
                            .toList();
            for (String id : gone) {
                told.remove(id);
                event(out, "event: gone\n", Map.of("id", id));
            }
        }
    }

    private void event(OutputStream out, String kind, Map<String, Object> data) throws IOException {
        String json = new String(JsonText.write(data), StandardCharsets.UTF_8);
        write(out, kind + "data: " + json + "\n\n");
    }

    private void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        lastWrite = System.nanoTime();
    }

    @Override
    public void close() {
        share.giveBack();
    }
}
