package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/**
 * {@code kepm dev}: an agent of one's own, without any right of root's, in a folder of one's own
 * and on other ports; for trying out policies, plugins and jobs (trust.md §3).
 */
public final class TryOut implements Verb {

    private static final String PORTS = "16888,16889,18675";

    @Override
    public void declare(Usage usage) {
        usage.value("DIR", "--from").value("DIR", "--folder").value("A,B,C", "--ports");
    }

    @Override
    public int run(Call call) throws Fault {
        Path from = path(call, "--from").orElse(Trusted.approot(call).resolve(".."));
        Path service = from.resolve("sbin/KeeperPrivilegeManager").toAbsolutePath().normalize();
        if (!Files.isExecutable(service)) {
            throw call.failed("dev.from", from.toAbsolutePath().normalize());
        }
        String[] ports = call.given().value("--ports").orElse(PORTS).split(",", -1);
        if (ports.length != 3 || !List.of(ports).stream().allMatch(p -> p.matches("[0-9]{1,5}"))) {
            throw call.usage("dev.ports");
        }
        try {
            Optional<Path> named = path(call, "--folder");
            Path folder = named.isPresent() ? named.get() : temporary();
            prepare(folder, ports);
            String real = folder.toRealPath().toString();
            call.console().line(call.say("dev.is", real));
            call.console().line(call.say("dev.ask", real + "/run/agent.sock"));
            call.console().flush();
            return call.world().launcher().launch(List.of(service.toString(), "--dev", real));
        } catch (IOException e) {
            throw call.failed("dev.failed", String.valueOf(e.getMessage()));
        }
    }

    private static Optional<Path> path(Call call, String option) throws Fault {
        try {
            return call.given().value(option).map(Path::of);
        } catch (InvalidPathException e) {
            throw call.usage("dev.path", option);
        }
    }

    /** Not in a folder that everybody may write: the agent would not trust what is in it. */
    private static Path temporary() throws IOException {
        String session = System.getenv("XDG_RUNTIME_DIR");
        Path home = Path.of(System.getProperty("user.home"));
        return Files.createTempDirectory(
                session == null || !Files.isWritable(Path.of(session)) ? home : Path.of(session),
                "kepm-dev-");
    }

    private static void prepare(Path folder, String[] ports) throws IOException {
        for (String name :
                List.of("sbin/Plugins", "sbin/Jobs", "sbin/policies", "sbin/Log", "state", "run")) {
            Path made = folder.resolve(name);
            // Who made a link of it would choose what is made, and closed, with our rights.
            if (Files.isSymbolicLink(made) || Files.isSymbolicLink(made.getParent())) {
                throw new IOException("`" + made + "` is, or is in, a link");
            }
            Files.createDirectories(made);
        }
        for (String name : List.of("sbin", "state", "sbin/policies")) {
            Files.setPosixFilePermissions(
                    folder.resolve(name), PosixFilePermissions.fromString("rwx------"));
        }
        Path settings = folder.resolve("sbin/appsettings.json");
        if (!Files.exists(settings)) {
            Files.writeString(
                    settings,
                    "{\"AllowedHosts\": \"localhost;127.0.0.1;[::1]\", \"Settings\": {"
                            + "\"KestrelHttpPort\": "
                            + ports[0]
                            + ", \"KestrelHttpsPort\": "
                            + ports[1]
                            + ", \"AlternativeSignatures\": [], \"MqttBrokerSettings\": {"
                            + "\"IpAddress\": \"127.0.0.1\", \"Port\": "
                            + ports[2]
                            + "}}}\n");
        }
    }
}
