package io.kepm.linux;

import io.kepm.api.linux.Peer;
import io.kepm.api.linux.TransientUnits;
import io.kepm.api.linux.TransientUnits.Caller;
import io.kepm.api.linux.TransientUnits.End;
import io.kepm.api.linux.TransientUnits.Order;
import io.kepm.api.linux.TransientUnits.Recorder;
import io.kepm.api.linux.TransientUnits.Unit;
import io.kepm.api.linux.TransientUnits.User;
import io.kepm.api.linux.UnixSockets.Descriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** What {@link TransientUnitsTest} runs inside, one step by its name; says what it saw. */
public final class UnitTrial {

    private static final Path OUT = Path.of("/run/out");
    private static final int SEQPACKET = 5;
    private static final String ORPHAN = "orphan";
    private static final KeptConnections KEPT = kept();
    private static final List<String> TAKEN = new CopyOnWriteArrayList<>();
    private static String step = "";

    private final ScopesComponent scopes = new ScopesComponent();
    private final TransientUnits units;

    private UnitTrial(Path supervisor) throws IOException {
        units = new TransientUnitsComponent(scopes, supervisor);
    }

    public static void main(String[] words) throws Exception {
        // The tests' folder need not be root's alone: a copy in /run is.
        Path supervisor = Path.of("/run/supervise");
        if (!Files.exists(supervisor)) {
            Files.copy(Path.of(words[0]), supervisor);
            supervisor.toFile().setExecutable(true, false);
        }
        UnitTrial trial = new UnitTrial(supervisor);
        for (String word : List.of(words).subList(1, words.length)) {
            step = word;
            switch (word) {
                case "runs" -> trial.runs();
                case "ends" -> trial.ends();
                case "recorded" -> trial.recorded();
                case "refusals" -> trial.refusals();
                case "late" -> trial.late();
                case "leave" -> trial.leave();
                case "found" -> say("present", trial.scopes.present());
                case "await" -> trial.await();
                default -> {}
            }
        }
        System.exit(0);
    }

    private static KeptConnections kept() {
        try {
            return new KeptConnections("trial", 4, pair(Libc.SOCK_STREAM)[0]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void say(String what, Object value) {
        System.out.println(step + ": " + what + " " + value);
    }

    private void runs() throws Exception {
        say("obstacle", units.obstacle().orElse("none"));
        String line =
                "exec 2>&1; test $PPID = \"$(cat /run/supervisor)\" && echo parent; "
                        + "echo output $(id -un) $(id -Gn) $(umask) $PWD A=$A; cat /proc/self/loginuid; exit 3";
        Unit unit = units.start(order("runs", user(1, 1), line, Duration.ofMinutes(5)));
        Files.writeString(Path.of("/run/supervisor"), Integer.toString(unit.pid()));
        boolean inUnit = scopes.members("runs").contains(unit.pid());
        String user = systemctl("show", "-p", "User", "--value", "kepm-grant-runs.service");
        End end = go(unit);
        List<String> said = Files.readAllLines(OUT);
        say("parent is systemd's supervisor", said.get(0).equals("parent"));
        say("in its unit", inUnit);
        say("unit user", user);
        say("output", said.get(1).replace("output ", ""));
        say("end", end.how() + " " + end.status());
        say("login", said.size() > 2 ? said.get(2) : "1001");
    }

    private void ends() throws Exception {
        End end = timed(Duration.ofSeconds(2));
        say("time", end.how() + " " + end.status());
        Unit asked = units.start(order("asked", user(0, 0), "sleep 600", Duration.ofMinutes(5)));
        CompletableFuture<End> told = begin(asked);
        scopes.end("asked", Duration.ofSeconds(60));
        end = told.get(60, TimeUnit.SECONDS);
        say("asked", end.how() + " " + end.status());
        Unit killed =
                units.start(order("killed", user(0, 0), "trap : TERM; sleep 600", Duration.ZERO));
        told = begin(killed);
        scopes.end("killed", Duration.ZERO);
        end = told.get(60, TimeUnit.SECONDS);
        say("killed", end.how() + " " + end.status());
        Trials.await(() -> present().isEmpty());
        say("left", present());
    }

    /** Of a command with so little time; with more of it where that was over before it began. */
    private End timed(Duration most) throws Exception {
        String line = "setsid sleep 600 & sleep 600";
        try {
            return go(units.start(order("timed", user(0, 0), line, most)));
        } catch (IOException e) {
            if (most.toSeconds() > 10) {
                throw e;
            }
            Trials.await(() -> present().isEmpty());
            return timed(most.multipliedBy(3));
        }
    }

    /** The command goes on when what it showed before was taken. */
    private void recorded() throws Exception {
        End end =
                go(
                        units.start(
                                order(
                                        "recorded",
                                        user(1, 1),
                                        "echo one; " + untilTaken("one") + "echo two; exit 3",
                                        Duration.ZERO)));
        Trials.await(() -> TAKEN.contains("over"));
        say("end", end.how() + " " + end.status());
        say("taken", TAKEN);
        say("shown", Files.readAllLines(OUT));
        TAKEN.clear();
        String line =
                "trap '' HUP TERM PIPE; echo first; "
                        + untilTaken("first")
                        + "echo unkept; sleep 1; echo last; sleep 600";
        end = go(units.start(order("recorded-not", user(0, 0), line, Duration.ZERO)));
        say("lost", end.how() + " " + TAKEN);
        Trials.await(() -> present().isEmpty());
        say("left", present() + " " + Files.readAllLines(OUT).contains("last"));
    }

    private static String untilTaken(String word) {
        return "until [ -e /run/taken-" + word + " ]; do sleep 0.05; done; ";
    }

    private void refusals() throws Exception {
        refused(
                "no user",
                order("nobodys", new User("no-such-user", 5, 5, List.of()), "true", Duration.ZERO));
        Order good = order("text", user(0, 0), "true", Duration.ZERO);
        Order bad =
                new Order(
                        good.id(),
                        good.caller(),
                        good.user(),
                        good.login(),
                        good.argv(),
                        good.environment(),
                        Duration.ZERO,
                        false,
                        false,
                        open("/etc/passwd", 0),
                        Optional.empty());
        refused("no program", bad);
        Unit first = units.start(order("twice", user(0, 0), "true", Duration.ZERO));
        refused("twice", order("twice", user(0, 0), "true", Duration.ZERO));
        first.cancel();
        Trials.await(() -> present().isEmpty());
        say("cancelled left", present());
    }

    private void refused(String what, Order order) throws Exception {
        Optional<Unit> unit = Optional.empty();
        try {
            unit = Optional.of(units.start(order));
            begin(unit.get());
            say(what, "ran");
        } catch (IOException e) {
            say(what, "refused: " + e.getMessage());
            unit.filter(Unit::mayHaveBegun).ifPresent(one -> say(what, "may have begun"));
        }
    }

    /** Its supervisor comes to the order when the agent has given up on it. */
    private void late() throws Exception {
        Unit unit = units.start(order("late", user(0, 0), "echo ran", Duration.ofMinutes(5)));
        signal("STOP", unit.pid());
        try {
            begin(unit);
            say("began", true);
        } catch (IOException e) {
            say("refused", present());
            say("may have begun", unit.mayHaveBegun());
        }
        signal("CONT", unit.pid());
        Thread.sleep(500);
        say("output", Files.readAllLines(OUT));
    }

    private static void signal(String name, int pid) throws Exception {
        new ProcessBuilder("kill", "-" + name, Integer.toString(pid)).start().waitFor();
    }

    /** Agent and client die at once; the command takes no notice of that, but of its time. */
    private void leave() throws Exception {
        begin(
                units.start(
                        order(
                                ORPHAN,
                                user(0, 0),
                                "trap '' HUP; sleep 600",
                                Duration.ofSeconds(20))));
        new ProcessBuilder("kill", "-KILL", Long.toString(ProcessHandle.current().pid()))
                .start()
                .waitFor();
    }

    private void await() throws Exception {
        Trials.await(() -> !present(ORPHAN));
        say("ended without an agent", true);
    }

    /** But for what {@link #leave} left, which has its time while the other steps go on. */
    private Set<String> present() {
        try {
            Set<String> present = new HashSet<>(scopes.present());
            present.remove(ORPHAN);
            return present;
        } catch (IOException e) {
            return Set.of("?");
        }
    }

    private boolean present(String id) {
        try {
            return scopes.present().contains(id);
        } catch (IOException e) {
            return true;
        }
    }

    private static CompletableFuture<End> begin(Unit unit) throws IOException {
        CompletableFuture<End> end = new CompletableFuture<>();
        unit.go(end::complete);
        return end;
    }

    private static End go(Unit unit) throws Exception {
        return begin(unit).get(60, TimeUnit.SECONDS);
    }

    private static User user(long uid, long gid) {
        return new User(uid == 0 ? "root" : "daemon", uid, gid, List.of(gid));
    }

    private static Order order(String id, User user, String line, Duration most)
            throws IOException {
        Files.deleteIfExists(OUT);
        Files.createFile(OUT);
        int pid = (int) ProcessHandle.current().pid();
        return new Order(
                id,
                new Caller(1001, pid, PathWalk.readLink("/proc/self/cwd"), asker()),
                user,
                OptionalLong.of(1001),
                List.of("bash", "-c", line),
                List.of("PATH=/usr/bin:/bin", "A=b"),
                most,
                false,
                false,
                open("/bin/bash", 0),
                recorder(id));
    }

    /** What is shown goes to a file as well, for the ids that say so. */
    private static Optional<Recorder> recorder(String id) {
        return id.startsWith("recorded") ? Optional.of(new Written()) : Optional.empty();
    }

    /** Keeps what is shown until it hears of a word that it can't keep. */
    private static final class Written implements Recorder {
        @Override
        public void take(char kind, Duration since, byte[] bytes) throws IOException {
            String text = kind + " " + new String(bytes, StandardCharsets.UTF_8).strip();
            if (text.contains("unkept")) {
                throw new IOException("it can't be kept");
            }
            TAKEN.add(text);
            if (text.startsWith("o ")) {
                Files.createFile(Path.of("/run/taken-" + text.substring(2)));
            }
        }

        @Override
        public void pause() {}

        @Override
        public void over() {
            TAKEN.add("over");
        }
    }

    /** Our end of the connection of somebody who passes his streams when he is asked for them. */
    private static SocketConnection asker() throws IOException {
        int[] ends = pair(Libc.SOCK_STREAM);
        int[] control = pair(SEQPACKET);
        int in = open("/dev/null", 0).number();
        int out = open(OUT.toString(), Libc.O_WRONLY).number();
        int folder = open(".", Libc.O_PATH).number();
        Thread thread =
                new Thread(
                        () -> {
                            try (FrameReader asked = new FrameReader(ends[1], true)) {
                                Client client = new Client(streams(asked));
                                pass(client, "folder", folder);
                                pass(client, "in", in);
                                pass(client, "out", out);
                                pass(client, "err", out);
                                // Our own end stays open, as with a client that waits.
                                pass(client, "control", control[1]);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        },
                        "client");
        thread.setDaemon(true);
        thread.start();
        return new SocketConnection(ends[0], new Peer(1, 1001, 1001), KEPT, false);
    }

    private static int streams(FrameReader asked) throws IOException {
        return asked.receive(1 << 10, Duration.ofSeconds(30)).descriptor().orElseThrow().number();
    }

    private static void pass(Client client, String name, int number) {
        byte[] words = ("v=1\0op=stream\0name=" + name + "\0").getBytes(StandardCharsets.UTF_8);
        client.send(Client.frame(words), number);
    }

    private static int[] pair(int type) throws IOException {
        int[] ends = {-1, -1};
        if (Libc.socketpair(Libc.AF_UNIX, type | Libc.CLOEXEC, 0, ends) != 0) {
            throw new IOException("socketpair");
        }
        return ends;
    }

    private static Descriptor open(String path, int flags) throws IOException {
        int number = Libc.open(Libc.text(path), flags | Libc.CLOEXEC);
        if (number < 0) {
            throw new IOException(path);
        }
        return new PassedDescriptor(number);
    }

    private static String systemctl(String... words) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of("systemctl"));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).start();
        String out =
                new String(
                        process.getInputStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8);
        process.waitFor();
        return out.strip();
    }
}
