package io.kepm.itests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * The real assembled agent with real sudo in a private world, driven by the same {@code ./run} that
 * people use, on a loopback of its own. One at a time for each state folder, which each process of
 * the tests has for itself; {@link #close} leaves nothing behind.
 */
final class Trial implements AutoCloseable {

    static final Path REPOSITORY =
            Path.of(System.getProperty("kepm.repository", "..")).toAbsolutePath().normalize();

    /** Where worlds of tests live; another checkout on the same machine sets another place. */
    private static final String WORLDS =
            System.getenv().getOrDefault("KEPM_WORLDS", "/run/kepm-itests-");

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Stories refuse one user more often than people do; {@link LimitsIT} has the real ones. */
    private static final List<String> LIMITS =
            List.of(
                    "PolicyEngine.EvaluationsPerMinute=1000000",
                    "PolicyEngine.FailuresToOpen=1000000");

    private static final String POLICIES = "/opt/keeper/sbin/policies";

    private final Map<String, String> environment;

    private Trial(Map<String, String> environment) {
        this.environment = environment;
    }

    /** How a command ended. */
    record Result(int code, String out, String err) {
        String both() {
            return out + err;
        }
    }

    /** A trial on the ports that the agent is shipped with, without any policy. */
    static Trial up() {
        return up(Map.of());
    }

    /** A trial with the limits that the agent is shipped with. */
    static Trial upWithLimits() {
        return up(Map.of(), List.of());
    }

    /** A trial with further variables for {@code ./run}, such as {@code KEPM_BASE}. */
    static Trial up(Map<String, String> more) {
        return up(more, LIMITS);
    }

    /** A trial with a setting of its own beside, such as {@code Elevation.OwnWay=true}. */
    static Trial up(Map<String, String> more, String setting) {
        List<String> settings = new ArrayList<>(LIMITS);
        settings.add(setting);
        return up(more, settings);
    }

    private static Trial up(Map<String, String> more, List<String> settings) {
        Map<String, String> environment = new TreeMap<>(more);
        environment.putIfAbsent("KEPM_STATE", WORLDS + System.getProperty("kepm.fork", "1"));
        Trial trial = new Trial(environment);
        trial.run(Duration.ofMinutes(5), "", "down");
        Path empty = trial.emptyFolder();
        List<String> up =
                new ArrayList<>(List.of("up", "--private-net", "--policies", empty.toString()));
        settings.forEach(setting -> up.addAll(List.of("--set", setting)));
        Result result = trial.run(Duration.ofMinutes(20), "", up.toArray(String[]::new));
        if (result.code() != 0) {
            throw new AssertionError("the trial did not come up:\n" + result.both());
        }
        return trial;
    }

    /** Runs a command as root inside. */
    Result exec(String... command) {
        return run(Duration.ofMinutes(5), "", prefixed(List.of("exec", "--"), command));
    }

    /** Runs a shell line as root inside. */
    Result sh(String line) {
        return exec("bash", "-c", line);
    }

    /** Runs a command as a user inside, without a terminal; an unknown user is made, governed. */
    Result as(String user, String... command) {
        return run(Duration.ofMinutes(5), "", prefixed(List.of("as", user, "--"), command));
    }

    /** Runs a command as a user on a terminal and types lines once {@code prompt} was shown. */
    Result onTerminal(String user, String prompt, String typed, String... command) {
        String[] words = prefixed(List.of("as", user, "--"), command);
        List<String> driver =
                new ArrayList<>(
                        List.of(
                                "python3",
                                REPOSITORY
                                        .resolve("itests/src/test/resources/type_at_prompt.py")
                                        .toString(),
                                prompt,
                                typed,
                                REPOSITORY.resolve("run").toString()));
        driver.addAll(Arrays.asList(words));
        return process(Duration.ofMinutes(5), "", driver);
    }

    /** Makes a user who is not governed. */
    void otherUser(String name, String... groups) {
        sh("id -u " + name + " >/dev/null 2>&1 || useradd -m -s /bin/bash " + name);
        for (String group : groups) {
            sh("groupadd -f " + group + " && gpasswd -a " + name + " " + group);
        }
    }

    void start() {
        require(run(Duration.ofMinutes(5), "", "start"));
    }

    void stop() {
        require(run(Duration.ofMinutes(5), "", "stop"));
    }

    void kill() {
        require(run(Duration.ofMinutes(5), "", "stop", "--kill"));
    }

    void restart() {
        require(run(Duration.ofMinutes(5), "", "restart"));
    }

    String logs() {
        return run(Duration.ofMinutes(5), "", "logs").both();
    }

    /** Writes bytes to a file inside, for root alone. */
    void put(String path, byte[] content) {
        require(
                run(
                        Duration.ofMinutes(5),
                        Base64.getEncoder().encodeToString(content),
                        "exec",
                        "--",
                        "bash",
                        "-c",
                        "base64 -d > '" + path + "' && chmod 0640 '" + path + "'"));
    }

    /** Builds and signs a plugin of {@code samples/} and puts it inside. */
    void sample(String name, String path) {
        try {
            Path out = Files.createTempDirectory("kepm-sample");
            String script = REPOSITORY.resolve("samples/build-sample").toString();
            require(process(Duration.ofMinutes(5), "", List.of(script, name, out.toString())));
            String end = path.substring(path.lastIndexOf('.'));
            put(path, Files.readAllBytes(out.resolve(name + end)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes one policy file and has the agent decide by it. */
    void policy(String file, String json) {
        write("/root/policy", json, "0640");
        sh("chown root:kepm-admins /root/policy && mv /root/policy " + POLICIES + "/" + file);
        reload();
    }

    /** Removes all policies and has the agent notice. */
    void noPolicies() {
        sh("rm -f " + POLICIES + "/*.json");
        reload();
    }

    private void reload() {
        require(exec("kepm", "policy", "reload"));
    }

    /** Writes a file inside. */
    void write(String path, String content, String mode) {
        Result result =
                run(
                        Duration.ofMinutes(5),
                        content,
                        "exec",
                        "--",
                        "bash",
                        "-c",
                        "cat > '" + path + "' && chmod " + mode + " '" + path + "'");
        require(result);
    }

    String read(String path) {
        return exec("cat", path).out();
    }

    boolean exists(String path) {
        return exec("test", "-e", path).code() == 0;
    }

    /**
     * Records, oldest first, as the CLI gives them to root; options as {@code kepm audit list}
     * takes them.
     */
    List<JsonNode> audit(String... options) {
        Result result =
                exec(
                        prefixed(
                                List.of(
                                        "kepm", "audit", "list", "--json", "--order", "asc",
                                        "--limit", "1000"),
                                options));
        require(result);
        List<JsonNode> items = new ArrayList<>();
        json(result.out()).path("items").forEach(items::add);
        return items;
    }

    JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }

    /** The health checks by name: {@code state} of each. */
    Map<String, String> health() {
        Result result =
                exec(
                        "curl",
                        "-s",
                        "--unix-socket",
                        "/run/keeper/agent.sock",
                        "http://kepm/api/health");
        Map<String, String> checks = new TreeMap<>();
        json(result.out())
                .path("checks")
                .forEach(
                        check ->
                                checks.put(
                                        check.path("name").asText(),
                                        check.path("state").asText()
                                                + ": "
                                                + check.path("detail").asText()));
        return checks;
    }

    void waitFor(String what, BooleanSupplier condition) {
        // Less than what looks happen once a minute find without a word of anybody.
        waitFor(what, 45, condition);
    }

    /** For what the agent does once a minute. */
    void waitForMinutes(String what, BooleanSupplier condition) {
        waitFor(what, 300, condition);
    }

    void waitFor(String what, int seconds, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        "waited " + seconds + " s in vain for " + what + "\n" + logs());
            }
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        }
    }

    @Override
    public void close() {
        require(run(Duration.ofMinutes(5), "", "down"));
    }

    Result run(Duration timeout, String input, String... words) {
        List<String> command = new ArrayList<>(List.of(REPOSITORY.resolve("run").toString()));
        command.addAll(Arrays.asList(words));
        return process(timeout, input, command);
    }

    private Path emptyFolder() {
        try {
            return Files.createTempDirectory("kepm-no-policies");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Result process(Duration timeout, String input, List<String> command) {
        try {
            Path out = Files.createTempFile("kepm-out", "");
            Path err = Files.createTempFile("kepm-err", "");
            Path in = Files.writeString(Files.createTempFile("kepm-in", ""), input);
            ProcessBuilder builder =
                    new ProcessBuilder(command)
                            .redirectInput(in.toFile())
                            .redirectOutput(out.toFile())
                            .redirectError(err.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            if (!process.waitFor(timeout.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(
                        command.stream().collect(Collectors.joining(" "))
                                + " did not end within "
                                + timeout);
            }
            Result result =
                    new Result(
                            process.exitValue(),
                            new String(Files.readAllBytes(out), StandardCharsets.UTF_8),
                            new String(Files.readAllBytes(err), StandardCharsets.UTF_8));
            Files.delete(out);
            Files.delete(err);
            Files.delete(in);
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private static String[] prefixed(List<String> prefix, String[] words) {
        List<String> all = new ArrayList<>(prefix);
        all.addAll(Arrays.asList(words));
        return all.toArray(String[]::new);
    }

    private static void require(Result result) {
        if (result.code() != 0) {
            throw new AssertionError("exit code " + result.code() + ": " + result.both());
        }
    }
}
