package io.kepm.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.plugins.PluginState;
import io.kepm.api.plugins.Plugins.Outcome;
import io.kepm.api.trust.FileTrust;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class SupervisorTest {

    @TempDir Path temp;
    private final Fakes.Store store = new Fakes.Store();
    private final Fakes.Judge judge = new Fakes.Judge();
    private final Map<String, String> startFaults = new HashMap<>();
    private final Map<String, String> stamps = new HashMap<>();
    private final List<String> begun = new ArrayList<>();
    private List<FileTrust.Violation> violations = List.of();
    private Runnable whenBegun = () -> {};
    private Folders folders = new Folders(Path.of("/"), Path.of("/"));
    private Supervisor supervisor = supervisor();

    @BeforeEach
    void prepare() throws IOException {
        folders = new Folders(temp.resolve("Plugins"), temp.resolve("exec"));
        Files.createDirectories(folders.plugins().resolve("bin"));
        supervisor = supervisor();
    }

    private Supervisor supervisor() {
        return supervisor(path -> violations);
    }

    private Supervisor supervisor(FileTrust trust) {
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

    private final class Puppets implements Supervisor.Bodies {
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

    private static String text(String id, String version, String more) {
        return "{\"id\": \""
                + id
                + "\", \"pluginType\": \"Service\", \"version\": \""
                + version
                + "\""
                + more
                + "}";
    }

    private Path kpk(String id, String version, String... more) throws IOException {
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

    private static void add(ZipOutputStream zip, String name, String content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }

    private String code(String id) throws IOException {
        return Files.readString(folders.bin(id).resolve(id + ".jar"));
    }

    @Test
    void a_package_is_installed_and_runs() throws IOException {
        assertThat(supervisor.install(kpk("a", "1.0.0"), false, "root"))
                .isEqualTo(Outcome.done("a"));

        assertThat(supervisor.find("a").orElseThrow().state()).isEqualTo(PluginState.HEALTHY);
        assertThat(code("a")).isEqualTo("the code of 1.0.0");
        assertThat(folders.former("a")).doesNotExist();
        assertThat(folders.staged("a")).doesNotExist();
    }

    @Test
    void ab_67_a_package_names_only_what_it_brings() throws IOException {
        Path file = temp.resolve("upload.kpk");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            add(
                    zip,
                    "a.json",
                    "{\"id\": \"a\", \"pluginType\": \"Executable\", \"version\": \"1.0.0\","
                            + " \"executablePath\": \"/usr/bin/python3\"}");
        }

        assertThat(supervisor.install(file, false, "root").faults())
                .singleElement()
                .asString()
                .contains("leads out of it");
        assertThat(begun).isEmpty();
    }

    @Test
    void a_document_for_another_system_is_skipped_and_says_so() throws IOException {
        Files.writeString(
                folders.document("w"),
                text("w", "1.0.0", ", \"supportedPlatforms\": [\"Windows\"]"));
        supervisor.reload("root");

        assertThat(supervisor.find("w").orElseThrow().state()).isEqualTo(PluginState.STOPPED);
        assertThat(supervisor.find("w").orElseThrow().lastError())
                .isEqualTo("skipped: it is for Windows");
        assertThat(supervisor.start("w", "root").faults())
                .singleElement()
                .asString()
                .contains("skip");
        assertThat(store.said()).isEmpty();
        assertThat(begun).isEmpty();
        Files.writeString(
                folders.document("w"), text("w", "1.0.0", ", \"supportedPlatforms\": [\"Linux\"]"));
        supervisor.reload("root");
        assertThat(supervisor.find("w").orElseThrow().state()).isEqualTo(PluginState.HEALTHY);
        Files.writeString(
                folders.document("w"), text("w", "1.0.0", ", \"supportedPlatforms\": [\"macOS\"]"));
        supervisor.reload("root");
        assertThat(supervisor.list()).filteredOn(each -> each.id().equals("w")).hasSize(1);
        assertThat(supervisor.find("w").orElseThrow().lastError()).contains("it is for macOS");
    }

    @Test
    void what_is_not_signed_leaves_nothing_behind() throws IOException {
        judge.fault = "it is not signed";

        assertThat(supervisor.install(kpk("a", "1.0.0"), false, "root").faults())
                .containsExactly("it is not signed");
        assertThat(folders.bin("a")).doesNotExist();
        assertThat(begun).isEmpty();
        assertThat(store.said()).singleElement().asString().contains("PLUGIN_REFUSED");
    }

    @Test
    void ab_69_a_version_that_fails_is_taken_back_and_the_former_one_runs_on() throws IOException {
        supervisor.install(kpk("a", "1.0.0"), false, "root");
        startFaults.put("a 1.1.0", "broken");

        assertThat(supervisor.install(kpk("a", "1.1.0"), false, "root").faults())
                .singleElement()
                .asString()
                .contains("broken");
        assertThat(supervisor.find("a").orElseThrow().version()).isEqualTo("1.0.0");
        assertThat(supervisor.find("a").orElseThrow().state()).isEqualTo(PluginState.HEALTHY);
        assertThat(code("a")).isEqualTo("the code of 1.0.0");
    }

    @Test
    void a_first_version_that_fails_leaves_nothing_behind() throws IOException {
        startFaults.put("a 1.0.0", "broken");
        supervisor.install(kpk("a", "1.0.0"), false, "root");

        assertThat(supervisor.find("a")).isEmpty();
        assertThat(folders.bin("a")).doesNotExist();
        assertThat(folders.document("a")).doesNotExist();
    }

    @Test
    void an_installation_that_is_not_on_record_does_not_stand() throws IOException {
        supervisor.install(kpk("a", "1.0.0"), false, "root");
        store.full = true;
        supervisor.install(kpk("a", "1.1.0"), false, "root");

        assertThat(code("a")).isEqualTo("the code of 1.0.0");
    }

    @Test
    void ab_69_an_older_version_is_refused_even_after_a_removal() throws IOException {
        supervisor.install(kpk("a", "2.0.0"), false, "root");
        supervisor.remove("a", "root");

        assertThat(supervisor.install(kpk("a", "1.9.9"), false, "root").faults())
                .singleElement()
                .asString()
                .contains("older than 2.0.0", "--allow-downgrade");
        assertThat(supervisor.install(kpk("a", "1.9.9"), true, "root").isDone()).isTrue();
        assertThat(supervisor.install(kpk("a", "1.9.8"), false, "root").isDone()).isFalse();
    }

    @Test
    void ab_69_a_folder_that_was_restored_brings_no_older_version_back() throws IOException {
        supervisor.install(kpk("a", "1.0.0"), false, "root");
        supervisor.install(kpk("a", "2.0.0"), false, "root");
        Files.writeString(folders.document("a"), text("a", "1.0.0", ""));
        begun.clear();
        supervisor = supervisor();
        supervisor.begin();

        assertThat(begun).isEmpty();
        assertThat(supervisor.find("a").orElseThrow().lastError())
                .contains("1.0.0 is older than 2.0.0", "--allow-downgrade");
    }

    @Test
    void ab_69_an_older_version_that_is_meant_is_there_after_a_restart_too() throws IOException {
        supervisor.install(kpk("a", "2.0.0"), false, "root");
        supervisor.install(kpk("a", "1.0.0"), true, "root");
        begun.clear();
        supervisor = supervisor();
        supervisor.begin();

        assertThat(begun).containsExactly("a 1.0.0");
    }

    @Test
    void a_crash_after_an_installation_was_on_record_leaves_the_new_version() throws IOException {
        supervisor.install(kpk("a", "1.0.0"), false, "root");
        supervisor.install(kpk("a", "2.0.0"), false, "root");
        Files.createDirectories(folders.former("a"));
        Files.writeString(folders.former("a").resolve("former.json"), text("a", "1.0.0", ""));
        begun.clear();
        supervisor = supervisor();
        supervisor.begin();

        assertThat(begun).containsExactly("a 2.0.0");
        assertThat(code("a")).isEqualTo("the code of 2.0.0");
        assertThat(folders.former("a")).doesNotExist();
    }

    @Test
    void a_program_on_the_disk_that_was_replaced_is_started_anew_and_nothing_else()
            throws IOException {
        Files.writeString(folders.document("a"), text("a", "1.0.0", ""));
        Files.writeString(folders.document("b"), text("b", "1.0.0", ""));
        supervisor.begin();
        String before = supervisor.programs();
        begun.clear();
        stamps.put("b", "another file");
        assertThat(supervisor.programs()).isNotEqualTo(before);
        supervisor.reload("root");
        supervisor.reload("root");

        assertThat(begun).containsExactly("b 1.0.0");
    }

    @Test
    void ab_67_entries_that_lead_outside_are_refused() throws IOException {
        for (String name : List.of("../evil", "/etc/evil", "x/../../evil")) {
            assertThat(supervisor.install(kpk("a", "1.0.0", name), false, "root").isDone())
                    .as(name)
                    .isFalse();
        }
        assertThat(temp.resolve("Plugins/bin/evil")).doesNotExist();
        assertThat(folders.bin("a")).doesNotExist();
    }

    /** Files in folders of which half are in another one; so many with the plugin's own. */
    private static String[] deep(int folders) {
        String[] names = new String[folders - 1];
        for (int i = 0; i < names.length; i++) {
            names[i] = i % 2 == 0 ? i + "/file" : i - 1 + "/" + i + "/file";
        }
        return names;
    }

    @Test
    void ab_67_a_service_of_more_folders_than_the_next_start_looks_at_is_refused()
            throws IOException {
        assertThat(supervisor.install(kpk("a", "1.0.0", deep(1000)), false, "root").faults())
                .isEmpty();
        restarted();
        assertThat(supervisor.find("a").orElseThrow().state()).isEqualTo(PluginState.HEALTHY);

        assertThat(supervisor.install(kpk("a", "1.1.0", deep(1001)), false, "root").faults())
                .singleElement()
                .asString()
                .contains("more than 1000 folders");
        Files.createDirectory(folders.bin("a").resolve("one-more"));
        restarted();
        assertThat(supervisor.find("a").orElseThrow().lastError()).contains("more than 1000");
    }

    private void restarted() {
        supervisor = supervisor();
        supervisor.begin();
    }

    @Test
    void ab_67_a_package_of_more_than_64_mib_is_refused_before_it_is_looked_at()
            throws IOException {
        Path file = temp.resolve("large.kpk");
        try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
            large.setLength(PackageFile.MAX_PACKED + 1);
        }

        assertThat(supervisor.install(file, false, "root").faults())
                .containsExactly("it is larger than 67108864 bytes");
    }

    @Test
    void one_plugin_is_stopped_started_and_restarted_and_no_other() throws IOException {
        for (String id : List.of("a", "b")) {
            supervisor.install(kpk(id, "1.0.0"), false, "root");
        }
        assertThat(supervisor.stop("a", "root").isDone()).isTrue();
        assertThat(supervisor.find("a").orElseThrow().state()).isEqualTo(PluginState.STOPPED);
        supervisor.reload("root");
        assertThat(supervisor.find("a").orElseThrow().state())
                .as("a document that did not change starts nothing")
                .isEqualTo(PluginState.STOPPED);
        begun.clear();
        assertThat(supervisor.start("a", "root").isDone()).isTrue();
        assertThat(supervisor.start("a", "root").isDone()).as("it runs already").isTrue();
        assertThat(supervisor.restart("a", "root").isDone()).isTrue();

        assertThat(begun).containsExactly("a 1.0.0", "a 1.0.0");
        assertThat(supervisor.find("b").orElseThrow().state()).isEqualTo(PluginState.HEALTHY);
        startFaults.put("a 1.0.0", "no licence");
        assertThat(supervisor.restart("a", "root").faults())
                .singleElement()
                .asString()
                .contains("no licence");
        assertThat(supervisor.stop("KeeperPolicy", "root").faults())
                .singleElement()
                .asString()
                .contains("can be restarted only");
    }

    @Test
    void a_try_that_a_crash_cut_short_is_taken_back_at_the_next_start() throws IOException {
        supervisor.install(kpk("a", "1.0.0"), false, "root");
        Files.copy(folders.document("a"), folders.bin("a").resolve("former.json"));
        Folders.move(folders.bin("a"), folders.former("a"));
        Files.createDirectories(folders.bin("a"));
        Files.writeString(folders.bin("a").resolve("a.jar"), "half of 2.0.0");
        Files.writeString(folders.document("a"), text("a", "2.0.0", ""));
        begun.clear();
        supervisor = supervisor();
        supervisor.begin();

        assertThat(begun).containsExactly("a 1.0.0");
        assertThat(code("a")).isEqualTo("the code of 1.0.0");
    }

    @Test
    void lower_priorities_are_started_first_and_one_that_fails_stops_no_other() throws IOException {
        Files.writeString(folders.document("z"), text("z", "1.0.0", ", \"startupPriority\": 1"));
        Files.writeString(folders.document("a"), text("a", "1.0.0", ", \"startupPriority\": 9"));
        Files.writeString(folders.document("off"), text("off", "1.0.0", ", \"autoStart\": false"));
        startFaults.put("z 1.0.0", "broken");
        supervisor.begin();

        assertThat(begun).containsExactly("z 1.0.0", "a 1.0.0");
        assertThat(supervisor.find("z").orElseThrow().state()).isEqualTo(PluginState.FAILED);
        assertThat(supervisor.find("a").orElseThrow().state()).isEqualTo(PluginState.HEALTHY);
        assertThat(supervisor.find("off").orElseThrow().state()).isEqualTo(PluginState.STOPPED);
        assertThat(new PluginsCheck(supervisor).check().level().word()).isEqualTo("degraded");
    }

    @Test
    void a_reload_restarts_what_changed_and_nothing_else() throws IOException {
        Files.writeString(folders.document("a"), text("a", "1.0.0", ""));
        Files.writeString(folders.document("b"), text("b", "1.0.0", ""));
        supervisor.begin();
        begun.clear();
        Files.writeString(folders.document("b"), text("b", "1.0.1", ""));
        Files.writeString(folders.document("c"), "{");
        Outcome outcome = supervisor.reload("root");

        assertThat(begun).containsExactly("b 1.0.1");
        assertThat(outcome.faults()).singleElement().asString().contains("c.json");
        assertThat(supervisor.find("c").orElseThrow().state()).isEqualTo(PluginState.FAILED);
        Files.delete(folders.document("a"));
        supervisor.reload("root");
        assertThat(supervisor.find("a")).isEmpty();
    }

    @Test
    void ab_24_what_others_may_change_is_not_loaded() throws IOException {
        Files.writeString(folders.document("a"), text("a", "1.0.0", ""));
        violations = List.of(new FileTrust.Violation(temp, "others may write it", "chmod go-w it"));
        supervisor.begin();

        assertThat(begun).isEmpty();
        assertThat(supervisor.find("a").orElseThrow().lastError()).contains("others may write it");
        assertThat(store.said()).singleElement().asString().contains("PLUGIN_REFUSED");
    }

    @Test
    void ab_24_what_others_may_change_deep_below_a_plugin_keeps_it_from_loading()
            throws IOException {
        Files.writeString(folders.document("a"), text("a", "1.0.0", ""));
        Path deep = Files.createDirectories(folders.bin("a").resolve("lib/more"));
        supervisor =
                supervisor(
                        path ->
                                path.equals(deep)
                                        ? List.of(
                                                new FileTrust.Violation(
                                                        deep, "others may write it", "chmod go-w"))
                                        : List.of());
        supervisor.begin();

        assertThat(begun).isEmpty();
        assertThat(supervisor.find("a").orElseThrow().lastError()).contains("chmod go-w");
    }

    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void ab_26_a_pipe_or_a_link_is_neither_waited_for_nor_read() throws Exception {
        for (String name : List.of("pipe.json", "dropped.kpk")) {
            Path pipe = folders.plugins().resolve(name);
            assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        }
        Files.createSymbolicLink(folders.document("link"), Path.of("/dev/zero"));
        Files.createSymbolicLink(folders.plugins().resolve("lost.jar"), temp.resolve("nowhere"));
        Files.writeString(folders.document("a"), text("a", "1.0.0", ""));
        supervisor.begin();

        assertThat(begun).containsExactly("a 1.0.0");
        for (String id : List.of("pipe", "link")) {
            assertThat(supervisor.find(id).orElseThrow().lastError())
                    .contains("is not a regular file");
        }
        assertThat(
                        supervisor
                                .install(folders.plugins().resolve("dropped.kpk"), false, "x")
                                .faults())
                .singleElement()
                .asString()
                .contains("is not a regular file");
        DropIn dropIn = new DropIn(folders, supervisor, path -> violations, () -> "");
        dropIn.look();
        dropIn.look();

        assertThat(folders.plugins().resolve("dropped.kpk")).doesNotExist();
        assertThat(folders.plugins().resolve("dropped.kpk.refused")).exists();
        assertThat(Files.isSymbolicLink(folders.plugins().resolve("lost.jar.refused"))).isTrue();
    }

    /** Some kernels tell the time of a change in steps of a few milliseconds. */
    private void write(String id, String version) {
        try {
            Thread.sleep(20);
            Files.writeString(folders.document(id), text(id, version, ""));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_document_that_is_written_while_plugins_are_begun_is_read_by_the_next_look() {
        write("a", "1.0.0");
        supervisor.begin();
        DropIn dropIn = new DropIn(folders, supervisor, path -> violations, supervisor::programs);
        dropIn.look();
        write("a", "2.0.0");
        whenBegun = () -> write("a", "3.0.0");
        dropIn.look();
        assertThat(begun).containsExactly("a 1.0.0", "a 2.0.0");
        whenBegun = () -> {};
        dropIn.look();
        dropIn.look();
        assertThat(begun).containsExactly("a 1.0.0", "a 2.0.0", "a 3.0.0");
    }

    @Test
    void a_document_that_is_written_before_the_first_look_is_read_by_it() {
        write("a", "1.0.0");
        DropIn dropIn = new DropIn(folders, supervisor, path -> violations, supervisor::programs);
        supervisor.begin();
        write("b", "1.0.0");
        dropIn.look();
        dropIn.look();
        assertThat(begun).containsExactly("a 1.0.0", "b 1.0.0");
    }

    @Test
    void a_document_that_goes_before_it_is_read_is_gone_and_refused_to_nobody() throws Exception {
        Path aside = temp.resolve("aside");
        supervisor =
                supervisor(
                        path -> {
                            if (begun.size() == 1) {
                                assertThat(path.toFile().renameTo(aside.toFile())).isTrue();
                            }
                            return List.of();
                        });
        write("a", "1.0.0");
        supervisor.begin();
        DropIn dropIn = new DropIn(folders, supervisor, path -> violations, supervisor::programs);
        dropIn.look();
        write("a", "1.0.0");
        dropIn.look();
        assertThat(supervisor.find("a")).isEmpty();
        assertThat(store.said()).noneMatch(each -> each.contains("PLUGIN_REFUSED"));

        begun.clear();
        Thread.sleep(20);
        Files.move(aside, folders.document("a"));
        dropIn.look();
        assertThat(begun).as("it came back as it was").containsExactly("a 1.0.0");
    }

    @Test
    void the_topics_of_a_bundle_are_those_of_its_document_alone() {
        assertThat(supervisor.of(-1).subscribe()).isEmpty();
        assertThat(supervisor.of(7).publish()).isEmpty();
    }

    @Test
    void what_is_no_plugin_is_told_so() {
        assertThat(supervisor.start("x", "root").known()).isFalse();
        assertThat(supervisor.remove("x", "root").known()).isFalse();
        assertThat(supervisor.restart("x", "root").known()).isFalse();
    }

    @Test
    void ab_70_no_plugin_takes_the_name_of_a_part_of_the_agent() throws IOException {
        assertThat(supervisor.install(kpk("KeeperPolicy", "9.0.0"), true, "root").faults())
                .containsExactly("`KeeperPolicy` is a part of the agent");
        assertThat(begun).isEmpty();
        assertThat(folders.document("KeeperPolicy")).doesNotExist();
    }

    @Test
    void a_document_of_a_part_of_the_agent_holds_its_settings_and_starts_nothing()
            throws IOException {
        Files.writeString(
                folders.document("KeeperPolicy"),
                "{\"metadata\": {\"redirect\": {\"enabled\": true}}}");

        int before = supervisor.revision();
        assertThat(supervisor.reload("root").faults()).isEmpty();
        assertThat(begun).isEmpty();
        assertThat(supervisor.revision()).isNotEqualTo(before);
        assertThat(supervisor.settings())
                .singleElement()
                .satisfies(
                        file -> {
                            assertThat(file.id()).isEqualTo("KeeperPolicy");
                            assertThat(file.settings()).hasSize(1);
                        });
        violations = List.of(new FileTrust.Violation(folders.plugins(), "others may write", "fix"));
        assertThat(supervisor.reload("root").faults()).singleElement().asString().contains("fix");
    }
}
