package io.kepm.linux;

import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.FolderBell;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells which accounts go from passwd(5), by that file alone, so that nobody waits for a name
 * service. A thread of its own ({@code kepm-accounts}) is woken by the kernel and looks at once:
 * the tools that delete an account and make it anew each put another file into its place. Who was
 * away for less than a look takes, or while nobody looked, is missing in the copy that those tools
 * keep of the file before their change. What is within one change never was away.
 */
final class LocalAccounts implements Accounts.Watch {

    private static final Logger LOG = LoggerFactory.getLogger(LocalAccounts.class);
    private static final Path ETC = Path.of("/etc");
    private static final String PASSWD = "passwd";
    private static final String BEFORE = "passwd-";
    private static final int MOST_BYTES = 64 << 20;
    private static final int TRIES = 5;

    /** For what the kernel does not tell, such as a change by another name of the file. */
    private static final Duration LOOK = Duration.ofMinutes(1);

    /** Whoever writes into the file itself first empties it. */
    private static final Duration UNTIL_WRITTEN = Duration.ofMillis(100);

    private final Path file;
    private final Path former;
    private final Accounts.Departures departures;
    private final FolderBell bell;
    private final Thread thread;
    private volatile boolean closed;

    /** What the last look saw; of the thread alone once it runs. */
    private Seen seen;

    /** When the copy and the file were changed that were compared last; of the thread alone. */
    private List<Instant> compared = List.of();

    /** One line of the file. */
    private record Local(String name, long uid) {}

    /**
     * The file at a look.
     *
     * @param which file it is: another one was put there whole
     * @param written when it was written last (mtime)
     * @param changed the same, or in anything else (ctime)
     */
    private record Seen(String which, Instant written, Instant changed, Set<Local> accounts) {}

    private LocalAccounts(Path folder, Accounts.Departures departures) {
        this.departures = departures;
        file = folder.resolve(PASSWD);
        former = folder.resolve(BEFORE);
        bell = FolderBell.of(folder, name -> name.toString().equals(PASSWD));
        // It hangs before the first look, so that nothing is missed between.
        boolean unused = bell.rang();
        seen = read(file).orElse(new Seen("none", Instant.MIN, Instant.MIN, Set.of()));
        thread = new Thread(this::run, "kepm-accounts");
        thread.setDaemon(true);
    }

    static LocalAccounts watch(Accounts.Departures departures) {
        return watch(ETC, departures);
    }

    static LocalAccounts watch(Path folder, Accounts.Departures departures) {
        LocalAccounts watch = new LocalAccounts(folder, departures);
        watch.thread.start();
        return watch;
    }

    private void run() {
        try {
            boolean settled = lookBack();
            while (!closed) {
                boolean unused = bell.await(settled ? LOOK : UNTIL_WRITTEN);
                look();
                settled = lookBack();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() throws InterruptedException {
        Instant begun = Instant.now();
        Optional<Seen> now = read(file);
        if (now.isPresent()
                && now.get().which().equals(seen.which())
                && !now.get().accounts().containsAll(seen.accounts())) {
            Thread.sleep(UNTIL_WRITTEN.toMillis());
            now = read(file);
        }
        // A file that is not there, or can't be read, says nothing about anybody.
        if (now.isEmpty() || closed) {
            return;
        }
        Set<Local> gone = new HashSet<>(seen.accounts());
        gone.removeAll(now.get().accounts());
        seen = now.get();
        for (Local account : gone) {
            LOG.info("the account `{}` ({}) is gone", account.name(), account.uid());
            tell(account, begun);
        }
    }

    /**
     * Those that are there and were not before the last change are new then, or anew.
     *
     * @return false when it is too early to tell
     */
    private boolean lookBack() {
        Optional<Seen> before = read(former);
        if (before.filter(LocalAccounts::isBeingWritten).isPresent()) {
            return false;
        }
        before.ifPresent(this::compare);
        return true;
    }

    private void compare(Seen before) {
        List<Instant> both = List.of(before.changed(), seen.changed());
        if (both.equals(compared) || closed) {
            return;
        }
        compared = both;
        Set<Local> came = new HashSet<>(seen.accounts());
        came.removeAll(before.accounts());
        // A copy that was only touched, by a backup say, or a file that a tool without copies
        // wrote, makes nobody new.
        Instant moment = Collections.min(List.of(before.changed(), seen.written()));
        came.forEach(account -> tell(account, moment));
    }

    /** The tools write the copy into the file itself. */
    private static boolean isBeingWritten(Seen copy) {
        Duration old = Duration.between(copy.changed(), Instant.now());
        return !old.isNegative() && old.compareTo(UNTIL_WRITTEN) < 0;
    }

    private void tell(Local account, Instant before) {
        try {
            departures.gone(account.name(), account.uid(), before);
        } catch (RuntimeException e) {
            LOG.error("that `{}` was gone could not be told", account.name(), e);
        }
    }

    /** All of one file; empty when it can't be told, also since it is changed all the time. */
    private static Optional<Seen> read(Path file) {
        try {
            for (int i = 0; i < TRIES; i++) {
                Map<String, Object> before = attributes(file);
                byte[] bytes;
                try (var in = Files.newInputStream(file)) {
                    bytes = in.readNBytes(MOST_BYTES);
                }
                if (bytes.length == MOST_BYTES) {
                    return Optional.empty();
                }
                if (before.equals(attributes(file))
                        && before.get("lastModifiedTime") instanceof FileTime written
                        && before.get("ctime") instanceof FileTime changed) {
                    return Optional.of(
                            new Seen(
                                    before.get("dev") + ":" + before.get("ino"),
                                    written.toInstant(),
                                    changed.toInstant(),
                                    accounts(bytes)));
                }
            }
        } catch (IOException e) {
            LOG.debug("`{}` can't be read", file, e);
        }
        return Optional.empty();
    }

    private static Map<String, Object> attributes(Path file) throws IOException {
        return Files.readAttributes(file, "unix:dev,ino,lastModifiedTime,ctime,size");
    }

    private static Set<Local> accounts(byte[] bytes) {
        Set<Local> accounts = new HashSet<>();
        new String(bytes, StandardCharsets.ISO_8859_1)
                .lines()
                .map(line -> line.split(":", -1))
                .filter(fields -> fields.length > 2 && fields[2].matches("[0-9]{1,10}"))
                .forEach(fields -> accounts.add(new Local(fields[0], Long.parseLong(fields[2]))));
        return accounts;
    }

    @Override
    public void close() {
        closed = true;
        bell.close();
        thread.interrupt();
    }
}
