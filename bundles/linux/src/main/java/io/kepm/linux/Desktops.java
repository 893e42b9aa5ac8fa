package io.kepm.linux;

import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.LaunchOrder;
import io.kepm.api.linux.Launcher;
import io.kepm.api.linux.Sessions;
import io.kepm.api.text.VisibleText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Desktops of people, by the buses of their sessions. A program of the system, run as the user,
 * speaks there: the agent itself never does, so nothing that answers there reaches it.
 */
final class Desktops {

    private static final Logger LOG = LoggerFactory.getLogger(Desktops.class);
    private static final int MOST_WORDS = 2000;
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Launcher launcher;
    private final Accounts accounts;
    private final Path buses;
    private final List<Path> folders;
    private final Duration patience;

    Desktops(Launcher launcher, Accounts accounts, Path buses, List<Path> folders) {
        this(launcher, accounts, buses, folders, PATIENCE);
    }

    /**
     * @param buses folder of the run-time folders of users, by number
     * @param folders where programs are
     * @param patience with the slowest of them
     */
    Desktops(
            Launcher launcher,
            Accounts accounts,
            Path buses,
            List<Path> folders,
            Duration patience) {
        this.launcher = launcher;
        this.accounts = accounts;
        this.buses = buses;
        this.folders = List.copyOf(folders);
        this.patience = patience;
    }

    /** What came of a try; {@code why} is empty when it is shown. */
    record Tried(long uid, String program, String why) {
        boolean isShown() {
            return why.isEmpty();
        }
    }

    private record Going(long uid, String program, Launcher.Child child) {}

    /** Shows a text to several people at once; the slowest of them holds it up by three seconds. */
    List<Tried> show(List<Long> uids, String title, String text) throws InterruptedException {
        List<Tried> tried = new ArrayList<>();
        List<Going> going = new ArrayList<>();
        Optional<Notifier> notifier = notifier();
        for (long uid : uids) {
            String why = obstacle(uid, notifier);
            if (!why.isEmpty()) {
                tried.add(new Tried(uid, "", why));
                continue;
            }
            String program = notifier.orElseThrow().program();
            try {
                List<String> argv = notifier.get().argv(title, text);
                going.add(new Going(uid, program, started(uid, argv)));
            } catch (IOException | NameServiceException e) {
                tried.add(new Tried(uid, program, String.valueOf(e.getMessage())));
            }
        }
        long end = System.nanoTime() + patience.toNanos();
        for (Going each : going) {
            tried.add(new Tried(each.uid(), each.program(), ended(each, end)));
        }
        return tried;
    }

    private Optional<Notifier> notifier() {
        for (Notifier notifier : Notifier.values()) {
            if (find(notifier.program()).isPresent()) {
                return Optional.of(notifier);
            }
        }
        return Optional.empty();
    }

    private Optional<Path> find(String program) {
        return folders.stream()
                .map(folder -> folder.resolve(program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private String obstacle(long uid, Optional<Notifier> notifier) {
        if (uid <= 0 || !Files.exists(buses.resolve(uid + "/bus"))) {
            return "user " + uid + " has no session bus";
        }
        return notifier.isPresent() ? "" : "there is no notify-send, gdbus or busctl";
    }

    private Launcher.Child started(long uid, List<String> argv)
            throws IOException, NameServiceException {
        Account account =
                accounts.byUid(uid).orElseThrow(() -> new IOException("there is no user " + uid));
        Map<String, String> environment = new HashMap<>(Sessions.Session.bus(uid));
        environment.put("PATH", "/usr/bin:/bin");
        environment.put("LANG", "C.UTF-8");
        Launcher.Child child =
                launcher.launch(
                        new LaunchOrder(
                                "notice",
                                find(argv.get(0)).orElseThrow(),
                                argv,
                                environment,
                                Path.of("/"),
                                new LaunchOrder.LaunchUser(uid, account.gid(), List.of()),
                                LaunchOrder.LaunchLimits.USUAL));
        child.tell(new byte[0]);
        return child;
    }

    /** Why it was not shown; empty when it was. */
    private static String ended(Going going, long end) throws InterruptedException {
        Launcher.Child child = going.child();
        try {
            long left = Math.max(0, end - System.nanoTime());
            int code = child.exit().get(left, TimeUnit.NANOSECONDS);
            return code == 0 ? "" : "`" + going.program() + "`: " + words(child, code);
        } catch (TimeoutException e) {
            end(child);
            return "`" + going.program() + "` did not come back";
        } catch (ExecutionException e) {
            return "`" + going.program() + "`: " + e.getCause();
        } catch (InterruptedException e) {
            end(child);
            throw e;
        }
    }

    private static String words(Launcher.Child child, int code) {
        try {
            String said = new String(child.output().readNBytes(MOST_WORDS), StandardCharsets.UTF_8);
            return said.isBlank()
                    ? "exit code " + code
                    : VisibleText.of(said.strip().lines().findFirst().orElse(""), 200);
        } catch (IOException e) {
            return "exit code " + code;
        }
    }

    private static void end(Launcher.Child child) {
        try {
            child.end(Duration.ZERO);
        } catch (IOException e) {
            LOG.warn("what shows a notice still runs: {}", e.getMessage());
        }
    }
}
