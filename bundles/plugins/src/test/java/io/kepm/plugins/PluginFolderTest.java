package io.kepm.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.plugins.PluginState;
import io.kepm.api.plugins.Plugins.Outcome;
import io.kepm.api.trust.FileTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What lies in the folder of plugins, whoever put it there. */
class PluginFolderTest extends SupervisedPlugins {

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
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
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
