package io.kepm.cli;

import io.kepm.cli.agent.FakeAgent;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Console;
import io.kepm.cli.text.Messages;
import io.kepm.cli.text.Screen;
import io.kepm.cli.text.Times;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A command line with a fake agent, a fixed clock in Berlin, and everything it printed. */
public final class Bench implements AutoCloseable {

    public static final Instant NOW = Instant.parse("2026-11-25T09:30:00Z");

    private final Path folder;
    private Path approot;
    private final FakeAgent agent;
    private Screen screen = Screen.plain();
    private String typed = "";
    private String hidden = "";
    private List<List<String>> alarms = List.of();
    private Path client = Path.of("/bin/sh");
    private boolean asks;
    private PolicyDesk desk = new FakeDesk();
    private final List<String> launched = new ArrayList<>();

    /** What one run left behind. */
    public record Outcome(int exit, String out, String err) {}

    /** A desk that knows no policy. */
    private static final class FakeDesk implements PolicyDesk {
        @Override
        public Json check(List<Path> paths, java.util.Set<String> lockouts) throws IOException {
            throw new IOException("no desk");
        }

        @Override
        public Json test(Path file) throws IOException {
            throw new IOException("no desk");
        }

        @Override
        public List<String> refusals(Json policy) {
            return List.of("no desk");
        }
    }

    public Bench() {
        try {
            folder = Files.createTempDirectory("kepm");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        approot = folder;
        agent = new FakeAgent(folder.resolve("agent.sock"));
    }

    public FakeAgent agent() {
        return agent;
    }

    public Path folder() {
        return folder;
    }

    /** Where settings and policies lie; the folder itself, unless somebody says otherwise. */
    public Path approot(String name) {
        approot = folder.resolve(name);
        return approot;
    }

    public List<String> launched() {
        return launched;
    }

    /** A terminal of that width without colours. */
    public Bench onTerminal(int columns) {
        screen = new Screen(true, columns, false, true);
        return this;
    }

    public Bench on(Screen value) {
        screen = value;
        return this;
    }

    /** Somebody at the terminal who types this. */
    public Bench typing(String text) {
        typed = text;
        asks = true;
        return this;
    }

    /** What is typed where nothing is shown. */
    public Bench hiding(String text) {
        hidden = text;
        return this;
    }

    public Bench with(PolicyDesk value) {
        desk = value;
        return this;
    }

    /** The agent's own policy code. */
    public Bench withEngine() {
        return with(new EngineDesk());
    }

    /** Runs a verb against the fake agent. */
    public Outcome run(String verb, String... arguments) {
        List<String> words = new ArrayList<>(Arrays.asList(verb.split(" ")));
        words.add("--socket=" + agent.socket());
        words.addAll(Arrays.asList(arguments));
        return words(words);
    }

    /** A client of {@code kepm run} that says this when it is asked for its way. */
    public void client(String... said) {
        client = folder.resolve("kepm-run");
        try {
            Files.writeString(client, "#!/bin/sh\ncat <<'E'\n" + String.join("\n", said) + "\nE\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!client.toFile().setExecutable(true)) {
            throw new IllegalStateException("not executable: " + client);
        }
    }

    /** What an alarm goes to. */
    public void alarms(List<List<String>> programs) {
        alarms = programs;
    }

    /** Runs exactly these words. */
    public Outcome words(List<String> words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console =
                new Console(
                        out,
                        err,
                        new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)),
                        screen,
                        asks,
                        question -> java.util.Optional.of(hidden));
        World world =
                new World(
                        approot.resolve("policies"),
                        folder.resolve("kept-revocations"),
                        folder.resolve("shell.sock"),
                        desk,
                        folder.resolve("cvtsudoers"),
                        client,
                        folder.resolve("run.sock"),
                        folder.resolve("manager"),
                        new World.Rescue(
                                folder.resolve("spool"),
                                folder.resolve("sudoers"),
                                folder.resolve("0"),
                                alarms),
                        command -> {
                            launched.add(String.join("|", command));
                            return 7;
                        });
        Kepm kepm =
                new Kepm(
                        console,
                        Messages.of("en"),
                        new Times(() -> NOW, ZoneId.of("Europe/Berlin")),
                        world);
        int exit = kepm.run(words);
        return new Outcome(
                exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        agent.close();
        try (var files = Files.walk(folder)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
