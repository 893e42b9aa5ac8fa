package io.kepm.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Commands;
import io.kepm.api.linux.FakeLauncher.FakeChild;
import io.kepm.api.linux.Sessions;
import io.kepm.api.messages.Messages;
import io.kepm.api.trust.FakeLaunches;
import io.kepm.api.trust.FileTrust;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The process of a plugin over an agent that only notes what it would do. */
abstract class ProcessBodies {

    @TempDir Path temp;
    Folders folders;
    final FakeLaunches launches = new FakeLaunches();
    final Fakes.Judge judge = new Fakes.Judge();
    final Fakes.Store store = new Fakes.Store();
    final Fakes.Leaving leaving = new Fakes.Leaving();
    volatile Function<String, Optional<String>> answers = correlation -> Optional.empty();
    volatile boolean open = true;
    final Pings pings = new Pings(() -> Optional.<Messages>of(this::published));
    final List<Sessions.Session> sessions = new ArrayList<>();
    Optional<String> refusal = Optional.empty();
    boolean account = true;
    int questions;
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    List<FileTrust.Violation> violations = List.of();

    @BeforeEach
    void packed() throws IOException {
        folders = new Folders(temp.resolve("Plugins"), temp.resolve("exec/plugins"));
        folders.clearExec();
        Files.createDirectories(folders.bin("p"));
        try (OutputStream out = Files.newOutputStream(folders.bin("p").resolve(Folders.PACKAGE));
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("inner/run.sh"));
            zip.write("#!/bin/sh".getBytes(StandardCharsets.UTF_8));
            zip.closeEntry();
        }
    }

    ProcessBody body(String program) {
        return body(program, "");
    }

    ProcessBody body(String program, String more) {
        PluginDocument document =
                DocumentReader.read(
                                ("{\"id\": \"p\", \"pluginType\": \"Executable\", \"executablePath\": \""
                                                + program
                                                + "\", \"arguments\": [\"-x\"], \"metadata\": {\"mqttTopics\":"
                                                + " {\"subscribe\": [\"AuditMessage\"]}}"
                                                + more
                                                + "}")
                                        .getBytes(StandardCharsets.UTF_8),
                                "p")
                        .document()
                        .orElseThrow();
        return new ProcessBody(
                document,
                folders,
                judge,
                () -> Optional.of(launches),
                new Owners(
                        names(),
                        (argv, timeout) -> new Commands.Result(0, "1001 27\n"),
                        () -> sessions,
                        (path, user) -> {
                            questions++;
                            return refusal;
                        },
                        () -> now),
                book("boot-1"),
                pings,
                new SignedFiles(temp.resolve("approot"), path -> violations, judge));
    }

    /** A broker, and a process that answers as it is told. */
    boolean published(String topic, byte[] payload) {
        assertThat(topic).isEqualTo("p/Commands/Ping");
        String correlation =
                new String(payload, StandardCharsets.UTF_8)
                        .replaceAll(".*:\"([0-9a-f]{32})\".*", "$1");
        answers.apply(correlation)
                .ifPresent(
                        answer ->
                                pings.heard(
                                        "p/Responses/Ping",
                                        ("{\"correlationId\": \""
                                                        + answer
                                                        + "\", \"detail\": \"3 heard\"}")
                                                .getBytes(StandardCharsets.UTF_8)));
        return open;
    }

    ProcessBook book(String boot) {
        return new ProcessBook(store, store, leaving, boot);
    }

    Accounts names() {
        return new Accounts() {
            @Override
            public Optional<Account> byName(String name) {
                return account
                        ? Optional.of(new Account(name, 995, 994, "/", "/bin/false"))
                        : Optional.empty();
            }

            @Override
            public Optional<Account> byUid(long uid) {
                return Optional.of(new Account("u" + uid, uid, uid, "/home/u" + uid, "/bin/bash"));
            }

            @Override
            public List<String> groups(String userName) {
                return List.of();
            }

            @Override
            public Optional<List<String>> members(String groupName) {
                return Optional.empty();
            }

            @Override
            public void addToGroup(String userName, String groupName) {}

            @Override
            public void removeFromGroup(String userName, String groupName) {}
        };
    }

    FakeChild child() {
        return launches.launcher.children.get(launches.launcher.children.size() - 1);
    }
}
