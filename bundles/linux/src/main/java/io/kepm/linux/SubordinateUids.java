package io.kepm.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose the subordinate uids are (subuid(5)), of which one user may have 65,536. By the files of
 * this machine alone, so that nobody waits for a name service. Safe for use by many threads.
 */
final class SubordinateUids {

    private static final Logger LOG = LoggerFactory.getLogger(SubordinateUids.class);
    private static final int MOST_BYTES = 4 << 20;
    private static final long LOOK_NANOS = 1_000_000_000L;

    /** Accounts of the system; no subordinate uid counts as one of them. */
    private static final long FIRST_USER = 1000;

    private final Path ranges;
    private final Path accounts;
    private final LongSupplier nanos;
    private volatile Known known = new Known(List.of(), Set.of());

    // Guarded by this.
    private String seen = "";
    private long looked;
    private boolean begun;

    SubordinateUids() {
        this(Path.of("/etc/subuid"), Path.of("/etc/passwd"), System::nanoTime);
    }

    SubordinateUids(Path ranges, Path accounts, LongSupplier nanos) {
        this.ranges = ranges;
        this.accounts = accounts;
        this.nanos = nanos;
    }

    /** Uids from the first on; whoever answers for them. */
    private record Range(long first, long count, long owner) {
        boolean holds(long uid) {
            return uid >= first && uid - first < count;
        }
    }

    private record Known(List<Range> ranges, Set<Long> accounts) {}

    /**
     * The user who has a subordinate uid: the same for all of a range, also where nobody knows the
     * user. Any other uid answers for itself.
     */
    long answersFor(long uid) {
        if (uid < FIRST_USER) {
            return uid;
        }
        look();
        Known now = known;
        if (now.accounts().contains(uid)) {
            return uid;
        }
        return now.ranges().stream()
                .filter(range -> range.holds(uid))
                .findFirst()
                .map(Range::owner)
                .orElse(uid);
    }

    private synchronized void look() {
        long now = nanos.getAsLong();
        if (begun && now - looked < LOOK_NANOS) {
            return;
        }
        begun = true;
        looked = now;
        String present = stamp(ranges) + stamp(accounts);
        if (!present.equals(seen)) {
            seen = present;
            known = read();
        }
    }

    private static String stamp(Path file) {
        try {
            return Files.readAttributes(file, "unix:ino,size,ctime,lastModifiedTime").toString();
        } catch (IOException e) {
            return "absent";
        }
    }

    private Known read() {
        Map<String, Long> named = new HashMap<>();
        for (String line : lines(accounts)) {
            String[] fields = line.split(":", -1);
            if (fields.length > 2) {
                number(fields[2]).ifPresent(uid -> named.putIfAbsent(fields[0], uid));
            }
        }
        List<Range> found = new ArrayList<>();
        for (String line : lines(ranges)) {
            String[] fields = line.split(":", -1);
            if (fields.length == 3) {
                add(fields, named, found);
            }
        }
        return new Known(List.copyOf(found), new HashSet<>(named.values()));
    }

    private static void add(String[] fields, Map<String, Long> named, List<Range> found) {
        var first = number(fields[1]);
        var count = number(fields[2]);
        if (first.isEmpty() || count.isEmpty()) {
            return;
        }
        long owner =
                number(fields[0])
                        .or(() -> Optional.ofNullable(named.get(fields[0])))
                        .filter(uid -> uid >= FIRST_USER)
                        .orElse(Math.max(first.get(), FIRST_USER));
        found.add(new Range(first.get(), count.get(), owner));
    }

    private static Optional<Long> number(String text) {
        return text.matches("[0-9]{1,10}") ? Optional.of(Long.parseLong(text)) : Optional.empty();
    }

    private static List<String> lines(Path file) {
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MOST_BYTES), StandardCharsets.ISO_8859_1)
                    .lines()
                    .toList();
        } catch (IOException e) {
            LOG.debug("no `{}`", file, e);
            return List.of();
        }
    }
}
