package io.kepm.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.plugins.PluginState;
import io.kepm.api.plugins.Plugins.Outcome;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/** Plugins that are installed, started, stopped, removed. */
class SupervisorTest extends SupervisedPlugins {

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
    void ab_67_entries_that_lead_outside_are_refused() throws IOException {
        for (String name : List.of("../evil", "/etc/evil", "x/../../evil")) {
            assertThat(supervisor.install(kpk("a", "1.0.0", name), false, "root").isDone())
                    .as(name)
                    .isFalse();
        }
        assertThat(temp.resolve("Plugins/bin/evil")).doesNotExist();
        assertThat(folders.bin("a")).doesNotExist();
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
}
