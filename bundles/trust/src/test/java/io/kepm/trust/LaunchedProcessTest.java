package io.kepm.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kepm.api.linux.LaunchOrder;
import io.kepm.api.linux.Launcher;
import io.kepm.api.trust.Launches.Component;
import io.kepm.api.trust.Launches.Reach;
import io.kepm.api.trust.Launches.Verdict;
import io.kepm.api.trust.TopicRights;
import io.kepm.api.trust.WrongProofs;
import io.kepm.linux.LauncherComponent;
import io.kepm.linux.SocketOwnersComponent;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The registry over the real kernel: real processes, real connections. */
class LaunchedProcessTest {

    private static final long UID = 61_234;
    private static final Path PYTHON = Path.of("/usr/bin/python3");

    /** Reads its line, connects, says `client id, secret`, waits to be hung up on, again. */
    private static final String SPEAK =
            "import json,socket,sys\n"
                    + "line = json.loads(sys.stdin.read())\n"
                    + "while True:\n"
                    + "    s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))\n"
                    + "    s.sendall((line['clientId'] + ' ' + line['secret'] + '\\n').encode())\n"
                    + "    s.recv(1)\n";

    private final List<String> refused = new CopyOnWriteArrayList<>();
    private final List<Launcher.Child> children = new ArrayList<>();
    private ScheduledExecutorService thread;
    private LauncherComponent launcher;
    private LaunchRegistry registry;
    private ServerSocket door;

    @BeforeEach
    void prepare() throws Exception {
        assumeTrue(
                Files.getOwner(Path.of("/proc/self")).getName().equals("root"),
                "to launch as somebody else needs root");
        Path build = Path.of("target/native").toAbsolutePath();
        assumeTrue(
                new ProcessBuilder(
                                        "make",
                                        "-s",
                                        "-C",
                                        "../../native",
                                        "BUILD=" + build,
                                        build + "/launch")
                                .inheritIO()
                                .start()
                                .waitFor()
                        == 0,
                "the native launcher can't be built here");
        System.setProperty("kepm.libexec", build.toString());
        launcher = new LauncherComponent();
        thread = Executors.newSingleThreadScheduledExecutor();
        registry =
                new LaunchRegistry(
                        launcher,
                        new SocketOwnersComponent(),
                        new OwnedFiles(0),
                        new Teller(
                                new LaunchLine("127.0.0.1", 8675, "https://localhost:6889"),
                                () -> Optional.of("PEM\n"),
                                () -> true,
                                thread),
                        new WrongProofs(InstantSource.system()),
                        (client, uid, reason) -> refused.add(uid + " " + reason));
        door = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
    }

    @AfterEach
    void stop() throws Exception {
        System.clearProperty("kepm.libexec");
        for (Launcher.Child child : children) {
            child.end(Duration.ofSeconds(1));
        }
        if (door != null) {
            thread.shutdownNow();
            door.close();
        }
    }

    @Test
    void a_process_is_known_from_any_connection_of_its_own_and_while_it_lives() throws Exception {
        Launcher.Child child = launch("plugin:a");
        String secret = "";
        for (int i = 0; i < 2; i++) {
            try (Socket served = door.accept()) {
                secret = line(served).split(" ")[1];
                assertThat(identify("plugin:a", secret, served))
                        .isInstanceOfSatisfying(
                                Verdict.Known.class,
                                known -> {
                                    assertThat(known.process()).isEqualTo(child.identity());
                                    assertThat(known.process().uid()).isEqualTo(UID);
                                });
            }
        }
        try (Socket served = door.accept()) {
            child.end(Duration.ofSeconds(60));
            assertThat(child.exit().get(60, TimeUnit.SECONDS)).isEqualTo(143);
            assertThat(identify("plugin:a", secret, served)).isInstanceOf(Verdict.Unknown.class);
        }
    }

    @Test
    void ab_32_ab_33_a_stolen_secret_is_worth_nothing_to_another_process() throws Exception {
        launch("plugin:a");
        try (Socket served = door.accept()) {
            String secret = line(served).split(" ")[1];
            // Of the same user, and of another one.
            for (long uid : new long[] {UID, 61_999}) {
                Process thief =
                        new ProcessBuilder(
                                        "/usr/bin/setpriv",
                                        "--reuid=" + uid,
                                        "--regid=" + uid,
                                        "--clear-groups",
                                        PYTHON.toString(),
                                        "-c",
                                        "import socket,sys; s=socket.create_connection(('127.0.0.1',"
                                                + door.getLocalPort()
                                                + ")); s.recv(1)")
                                .start();
                try (Socket stolen = door.accept()) {
                    assertThat(identify("plugin:a", secret, stolen))
                            .isInstanceOf(Verdict.Unknown.class);
                } finally {
                    thief.destroyForcibly().waitFor(60, TimeUnit.SECONDS);
                }
            }
            assertThat(refused).hasSize(2);
            assertThat(refused.get(0)).contains("the connection is not of process");
            assertThat(refused.get(1)).contains("right secret, but of user " + UID);
            assertThat(identify("plugin:a", secret, served)).isInstanceOf(Verdict.Known.class);
        }
    }

    @Test
    void ab_33_the_secret_is_in_no_argument_and_in_no_environment() throws Exception {
        Launcher.Child child = launch("plugin:a");
        try (Socket served = door.accept()) {
            String secret = line(served).split(" ")[1];
            Path process = Path.of("/proc/" + child.identity().pid());
            assertThat(Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1))
                    .contains("python3")
                    .doesNotContain(secret);
            assertThat(Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1))
                    .contains("WORD=1")
                    .doesNotContain(secret);
            assertThat(Files.readString(process.resolve("limits")))
                    .containsPattern("Max core file size +0 +0 ");
            // Nobody but itself and root reads its memory: it has a user of its own.
            assertThat(Files.readString(process.resolve("status"))).contains("Uid:\t" + UID);
        }
    }

    @Test
    void ab_32_a_process_that_became_another_program_is_refused_with_its_own_secret()
            throws Exception {
        Launcher.Child child =
                launch(
                        "plugin:a",
                        "import json,os,socket,sys\n"
                                + "line = json.loads(sys.stdin.read())\n"
                                + "s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))\n"
                                + "s.set_inheritable(True)\n"
                                + "s.sendall((line['clientId'] + ' ' + line['secret'] + '\\n').encode())\n"
                                + "s.recv(1)\n"
                                + "os.execv('/usr/bin/sleep', ['sleep', '600'])\n");
        try (Socket served = door.accept()) {
            String secret = line(served).split(" ")[1];
            assertThat(identify("plugin:a", secret, served)).isInstanceOf(Verdict.Known.class);
            served.getOutputStream().write('x');
            Waiting.until(() -> !child.isUnchanged());
            assertThat(child.isAlive()).isTrue();
            assertThat(identify("plugin:a", secret, served))
                    .isInstanceOfSatisfying(
                            Verdict.Unknown.class,
                            unknown -> assertThat(unknown.reason()).contains("another program"));
            assertThat(registry.running("plugin:a")).isEmpty();
        }
    }

    @Test
    void ab_31_a_claimant_that_is_gone_during_the_check_is_nobody() throws Exception {
        Launcher.Child child = launch("plugin:a");
        try (Socket served = door.accept()) {
            String secret = line(served).split(" ")[1];
            child.end(Duration.ZERO);
            Verdict verdict = identify("plugin:a", secret, served);
            assertThat(verdict).isInstanceOf(Verdict.Unknown.class);
        }
    }

    private Launcher.Child launch(String clientId) throws Exception {
        return launch(clientId, SPEAK);
    }

    private Launcher.Child launch(String clientId, String script) throws Exception {
        Launcher.Child child =
                registry.launch(
                        new Component(clientId, Reach.PLUGIN, TopicRights.NONE, true),
                        new LaunchOrder(
                                "test",
                                PYTHON,
                                List.of(
                                        "python3",
                                        "-c",
                                        script,
                                        Integer.toString(door.getLocalPort())),
                                Map.of("WORD", "1"),
                                Path.of("/"),
                                new LaunchOrder.LaunchUser(UID, UID, List.of()),
                                LaunchOrder.LaunchLimits.USUAL));
        children.add(child);
        return child;
    }

    private Verdict identify(String clientId, String secret, Socket served) {
        return registry.identify(
                clientId,
                secret.getBytes(StandardCharsets.US_ASCII),
                (InetSocketAddress) served.getRemoteSocketAddress(),
                (InetSocketAddress) served.getLocalSocketAddress());
    }

    private static String line(Socket served) throws Exception {
        return new BufferedReader(
                        new InputStreamReader(served.getInputStream(), StandardCharsets.US_ASCII))
                .readLine();
    }
}
