package io.kepm.audit.export;

import io.kepm.api.audit.AuditEntry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The last records of a file that was written before this start. After a crash they come once more;
 * by their place and hash they are known, so that the file stays one chain. A record that has the
 * place of one of them and is another one tells that the store is not the one that wrote the file,
 * or an older copy of it. For use by one thread.
 */
final class FileTail {

    /** Bytes of the file that are looked at, at most; what a second wrote is less. */
    static final int MOST = 32 << 20;

    private static final int STEP = 64 * 1024;

    /** Inside of a text a quote is never bare, so that none can be mistaken for these. */
    private static final Pattern PLACE = Pattern.compile("\"seq\":([0-9]{1,18})[,}]");

    private static final Pattern HASH = Pattern.compile("\"hash\":\"([0-9a-f]{64})\"}$");

    private final Map<Long, String> hashes = new HashMap<>();
    private long last;

    private FileTail() {}

    static FileTail none() {
        return new FileTail();
    }

    /**
     * Reads the end of a file that holds whole lines.
     *
     * @param first the place from which on records will come
     */
    static FileTail of(FileChannel file, long first) throws IOException {
        FileTail tail = new FileTail();
        BufferedReader lines = lines(file, start(file, first));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Optional<Long> place = place(line);
            Matcher hash = HASH.matcher(line);
            if (place.isPresent() && place.get() >= first && hash.find()) {
                tail.hashes.put(place.get(), hash.group(1));
                tail.last = Math.max(tail.last, place.get());
            }
        }
        return tail;
    }

    /** Where a line begins that is before all that can come again. */
    private static long start(FileChannel file, long first) throws IOException {
        long least = Math.max(0, file.size() - MOST);
        long start = file.size();
        long at = start;
        while (at > least) {
            at = Math.max(least, at - STEP);
            Optional<Long> line = at == 0 ? Optional.of(0L) : lineAfter(file, at);
            if (line.isPresent()) {
                start = line.get();
                String text = lines(file, start).readLine();
                if (text != null && place(text).filter(seq -> seq < first).isPresent()) {
                    break;
                }
            }
        }
        return start;
    }

    private static Optional<Long> lineAfter(FileChannel file, long at) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(STEP);
        while (bytes.hasRemaining() && file.read(bytes, at + bytes.position()) > 0) {
            // until it is full
        }
        for (int i = 0; i < bytes.position(); i++) {
            if (bytes.get(i) == '\n') {
                return Optional.of(at + i + 1);
            }
        }
        return Optional.empty();
    }

    /** Not to be closed: the file goes on to be written. */
    private static BufferedReader lines(FileChannel file, long start) throws IOException {
        file.position(start);
        return new BufferedReader(
                new InputStreamReader(Channels.newInputStream(file), StandardCharsets.UTF_8));
    }

    private static Optional<Long> place(String line) {
        Matcher place = PLACE.matcher(line);
        return place.find() ? Optional.of(Long.parseLong(place.group(1))) : Optional.empty();
    }

    /** The records that do not stand in the file yet, in their order. */
    List<AuditEntry> missing(List<AuditEntry> batch) {
        return batch.stream()
                .filter(entry -> !entry.hash().equals(hashes.get(entry.seq())))
                .toList();
    }

    /** The place of the first that stands in the file as another one. */
    Optional<Long> other(List<AuditEntry> batch) {
        return missing(batch).stream().map(AuditEntry::seq).filter(hashes::containsKey).findFirst();
    }

    /** Whether everything after this place is new to the file. */
    boolean endsBefore(long seq) {
        return seq >= last;
    }
}
