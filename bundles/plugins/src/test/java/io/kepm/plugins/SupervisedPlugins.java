package io.kepm.plugins;

import io.kepm.api.trust.FileTrust;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A supervisor over a folder of plugins that do as they are told. */
abstract class SupervisedPlugins {

    @TempDir Path temp;
    final Fakes.Store store = new Fakes.Store();
    final Fakes.Judge judge = new Fakes.Judge();
    final Map<String, String> startFaults = new HashMap<>();
    final Map<String, String> stamps = new HashMap<>();
    final List<String> begun = new ArrayList<>();
    List<FileTrust.Violation> violations = List.of();
    Runnable whenBegun = () -> {};
    Folders folders = new Folders(Path.of("/"), Path.of("/"));
    Supervisor supervisor = supervisor();

    @BeforeEach
    void prepare() throws IOException {
        folders = new Folders(temp.resolve("Plugins"), temp.resolve("exec"));
        Files.createDirectories(folders.plugins().resolve("bin"));
        supervisor = supervisor();
    }

    Supervisor supervisor() {
        return supervisor(path -> violations);
    }

    Supervisor supervisor(FileTrust trust) {
        PluginRecords records = new PluginRecords(store, store);
        return new Supervisor(
                folders,
                new Puppets(),
                judge,
                trust,
                records,
                new Leave(records, sha256 -> {}),
                Fakes.PARTS,
                InstantSource.system(),
                Duration.ofSeconds(20));
    }

    final class Puppets implements Supervisor.Bodies {
        @Override
        public Body of(PluginDocument document) {
            Fakes.Puppet puppet = new Fakes.Puppet();
            puppet.startFault =
                    startFaults.getOrDefault(document.id() + " " + document.version(), "");
            synchronized (begun) {
                begun.add(document.id() + " " + document.version());
            }
            whenBegun.run();
            return puppet;
        }

        @Override
        public String stamp(PluginDocument document) {
            return stamps.getOrDefault(document.id(), "");
        }
    }

    static String text(String id, String version, String more) {
        return "{\"id\": \""
                + id
                + "\", \"pluginType\": \"Service\", \"version\": \""
                + version
                + "\""
                + more
                + "}";
    }

    Path kpk(String id, String version, String... more) throws IOException {
        Path file = temp.resolve("upload.kpk");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            add(zip, id + ".json", text(id, version, ""));
            add(zip, id + ".jar", "the code of " + version);
            for (String name : more) {
                add(zip, name, "more");
            }
        }
        return file;
    }

    static void add(ZipOutputStream zip, String name, String content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }

    String code(String id) throws IOException {
        return Files.readString(folders.bin(id).resolve(id + ".jar"));
    }

    void restarted() {
        supervisor = supervisor();
        supervisor.begin();
    }
}
