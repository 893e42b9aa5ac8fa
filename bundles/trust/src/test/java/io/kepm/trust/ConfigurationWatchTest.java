package io.kepm.trust;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.health.HealthCheck.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationWatchTest {

    @TempDir Path folder;

    private final MemoryAudit audit = new MemoryAudit();
    private final KnownAuthors authors = new KnownAuthors();
    private Instant now = Instant.parse("2026-11-26T05:00:00Z");
    private WatchedPlaces places = new WatchedPlaces(List.of(), List.of());
    private ConfigurationWatch watch = watch();

    @BeforeEach
    void begin() throws Exception {
        Files.createDirectories(folder.resolve("Plugins"));
        places =
                new WatchedPlaces(
                        List.of(folder.resolve("appsettings.json")),
                        List.of(
                                new WatchedPlaces.Folder(folder.resolve("Plugins"), 4),
                                new WatchedPlaces.Folder(folder.resolve("Jobs"), 4)));
        write("appsettings.json", "{\"Settings\": {\"a\": 1, \"password\": \"hunter2\"}}");
        write("Plugins/p.json", "{}");
        watch = watch();
        watch.look();
    }

    private ConfigurationWatch watch() {
        return new ConfigurationWatch(
                new FileLook(places),
                new FileMemory(audit),
                audit,
                uid -> "u" + uid,
                authors,
                () -> now);
    }

    @Test
    void the_first_look_is_one_record() {
        assertThat(audit.last().details()).containsEntry("files", "2");
        assertThat(audit.told()).containsExactly("WATCHED");
        watch.look();
        assertThat(audit.told()).isEmpty();
        assertThat(watch.health().level()).isEqualTo(Level.HEALTHY);
    }

    @Test
    void a_change_is_told_with_owner_digests_and_keys_but_no_values() throws Exception {
        audit.told();
        write("appsettings.json", "{\"Settings\": {\"a\": 2, \"b\": true, \"password\": \"x9\"}}");
        watch.look();
        AuditDraft record = audit.last();
        assertThat(record.details().get("changed"))
                .isEqualTo("Settings/a Settings/b Settings/password");
        assertThat(record.details().get("sha256_before")).hasSize(64);
        assertThat(record.target().orElseThrow().sha256())
                .hasSize(64)
                .isNotEqualTo(record.details().get("sha256_before"));
        assertThat(record.details().get("owner")).startsWith("u");
        assertThat(record.toString()).doesNotContain("hunter2", "x9");
        assertThat(record.reason()).isEmpty();
        assertThat(audit.told()).containsExactly("CHANGED appsettings.json");
    }

    @Test
    void a_change_that_a_part_of_the_agent_made_is_one_record_and_names_who_asked_for_it()
            throws Exception {
        Path file = folder.resolve("Plugins/p.json");
        authors.writes(file, sha256("{\"id\": 1}"), "alice by api");
        write("Plugins/p.json", "{\"id\": 1}");
        audit.told();
        watch.look();
        assertThat(audit.last().details()).containsEntry("by", "alice by api");
        authors.writes(file, "", "alice by api");
        Files.delete(file);
        watch.look();
        assertThat(audit.last().details()).containsEntry("by", "alice by api");
        assertThat(audit.told()).containsExactly("CHANGED p.json", "REMOVED p.json");
    }

    @Test
    void what_somebody_else_wrote_instead_bears_nobodys_name() throws Exception {
        authors.writes(folder.resolve("Plugins/p.json"), sha256("{\"id\": 1}"), "alice by api");
        write("Plugins/p.json", "{\"id\": 2}");
        watch.look();
        assertThat(audit.last().details()).doesNotContainKey("by");
    }

    private static String sha256(String text) throws Exception {
        return HexFormat.of()
                .formatHex(
                        MessageDigest.getInstance("SHA-256")
                                .digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void a_file_that_is_new_or_gone_or_of_another_mode_is_told() throws Exception {
        audit.told();
        write("Jobs/deep/er/run.sh", "#!/bin/sh\n");
        Files.delete(folder.resolve("Plugins/p.json"));
        Files.setPosixFilePermissions(
                folder.resolve("appsettings.json"), PosixFilePermissions.fromString("rw-rw-rw-"));
        watch.look();
        assertThat(audit.drafts.get(2).details())
                .containsEntry("mode", "0666")
                .containsEntry("mode_before", "0644");
        assertThat(audit.told())
                .containsExactlyInAnyOrder(
                        "ADDED run.sh", "CHANGED appsettings.json", "REMOVED p.json");
        watch.look();
        assertThat(audit.told()).isEmpty();
    }

    @Test
    void after_a_change_of_the_mode_alone_and_a_restart_the_keys_are_still_known()
            throws Exception {
        Files.setPosixFilePermissions(
                folder.resolve("appsettings.json"), PosixFilePermissions.fromString("rw-------"));
        watch.look();
        assertThat(audit.last().details()).doesNotContainKey("changed");
        watch = watch();
        watch.look();
        write("appsettings.json", "{\"Settings\": {\"a\": 3, \"password\": \"hunter2\"}}");
        watch.look();
        assertThat(audit.last().details()).containsEntry("changed", "Settings/a");
    }

    @Test
    void a_change_while_the_agent_was_down_is_told_at_the_next_start() throws Exception {
        audit.told();
        write("Plugins/p.json", "{\"id\": \"p\"}");
        write("Plugins/q.json", "{}");
        watch = watch();
        watch.look();
        assertThat(audit.last().reason()).contains("while it was down");
        assertThat(audit.told()).containsExactly("CHANGED p.json", "ADDED q.json");
        watch = watch();
        watch.look();
        assertThat(audit.told()).isEmpty();
    }

    @Test
    void a_small_file_is_read_at_the_start_even_when_its_stamp_is_kept() {
        audit.told();
        FileLook look = new FileLook(places);
        var first = look.now(java.util.Map.of(), true).files();
        String path = folder.resolve("Plugins/p.json").toString();
        FileState state = first.get(path);
        var forged =
                java.util.Map.of(
                        path,
                        new FileState(
                                path,
                                "0",
                                state.uid(),
                                state.gid(),
                                state.mode(),
                                "",
                                java.util.Map.of(),
                                state.stamp()));
        assertThat(look.now(forged, true).files().get(path).sha256()).isEqualTo(state.sha256());
    }

    @Test
    void what_can_not_be_recorded_is_told_later() throws Exception {
        audit.told();
        audit.broken = true;
        write("Plugins/p.json", "{\"id\": \"p\"}");
        watch.look();
        assertThat(watch.health().level()).isEqualTo(Level.DEGRADED);
        audit.broken = false;
        watch.look();
        assertThat(audit.told()).containsExactly("CHANGED p.json");
        assertThat(watch.health().level()).isEqualTo(Level.HEALTHY);
    }

    @Test
    void a_flood_of_changes_is_summed_up_and_then_nothing_is_looked_at_for_a_minute()
            throws Exception {
        audit.told();
        for (int i = 0; i < 500; i++) {
            write("Jobs/j" + i + ".json", "{}");
        }
        watch.look();
        assertThat(audit.last().details()).containsEntry("count", "100");
        assertThat(audit.told()).containsExactly("SUMMARY", "SUMMARY", "SUMMARY");
        assertThat(watch.pause()).isEqualTo(Duration.ofMinutes(1));
        now = now.plusSeconds(61);
        assertThat(watch.pause()).isZero();
        write("Jobs/j1.json", "{\"id\": 1}");
        watch.look();
        assertThat(audit.told()).containsExactly("CHANGED j1.json");
    }

    @Test
    void one_file_that_changes_all_the_time_is_told_twenty_times_a_minute_and_then_summed_up()
            throws Exception {
        audit.told();
        for (int i = 0; i < 30; i++) {
            write("Plugins/p.json", "{\"id\": " + i + "}");
            if (watch.pause().isZero()) {
                watch.look();
            }
        }
        assertThat(audit.told()).hasSize(ConfigurationWatch.SINGLES);
        now = now.plusSeconds(61);
        watch.look();
        assertThat(audit.told()).as("its last state").containsExactly("CHANGED p.json");
    }

    @Test
    void a_link_is_followed_and_told_when_it_leads_elsewhere() throws Exception {
        write("one", "{}");
        write("two", "{}");
        Path link = folder.resolve("Plugins/link.json");
        Files.createSymbolicLink(link, folder.resolve("one"));
        watch.look();
        audit.told();
        Files.delete(link);
        Files.createSymbolicLink(link, folder.resolve("two"));
        watch.look();
        assertThat(audit.last().details().get("link_before")).endsWith("/one");
        Files.delete(folder.resolve("two"));
        watch.look();
        assertThat(audit.told()).containsExactly("CHANGED link.json", "CHANGED link.json");
    }

    @Test
    void a_pipe_is_seen_and_never_read_and_scratch_files_are_nothing() throws Exception {
        audit.told();
        Path pipe = folder.resolve("Plugins/pipe.json");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        write("Plugins/.p.json.swp", "x");
        write("Plugins/p.json~", "x");
        watch.look();
        assertThat(audit.told()).containsExactly("ADDED pipe.json");
    }

    @Test
    void the_kernel_tells_of_a_change_and_of_a_new_folder() throws Exception {
        try (FolderBell bell = FolderBell.open(places::concerns)) {
            bell.watch(new FileLook(places).folders());
            write("unrelated", "x");
            write("Plugins/p.json", "{\"id\": 1}");
            assertThat(bell.await(Duration.ofSeconds(60))).isTrue();
            while (bell.await(Duration.ofMillis(50))) {
                // Until it is silent.
            }
            Files.createDirectories(folder.resolve("Jobs"));
            assertThat(bell.await(Duration.ofSeconds(60))).isTrue();
            bell.watch(new FileLook(places).folders());
            write("Jobs/j.json", "{}");
            assertThat(bell.await(Duration.ofSeconds(60))).isTrue();
        }
    }

    @Test
    void an_entry_beside_the_watched_ones_rings_for_nobody() {
        assertThat(places.concerns(folder, "unrelated")).isFalse();
        assertThat(places.concerns(folder, "appsettings.json")).isTrue();
        assertThat(places.concerns(folder, "Jobs")).isTrue();
        assertThat(places.concerns(folder.resolve("Plugins"), "x")).isTrue();
    }

    @Test
    void keys_of_settings_in_lines_are_told_too() {
        assertThat(
                        FileKeys.of(
                                "plugin.conf",
                                "# a=1\nsocket = /run\n\nother\n"
                                        .getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .containsOnlyKeys("socket");
        assertThat(
                        FileKeys.of(
                                "p.json",
                                "[{\"Id\": 1, \"l\": [1, 2]}]"
                                        .getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .containsOnlyKeys("0/Id", "0/l");
        assertThat(FileKeys.of("p.json", "{".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .isEmpty();
        assertThat(
                        FileKeys.of(
                                "sudo",
                                "auth required x.so"
                                        .getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .isEmpty();
    }

    private void write(String name, String content) throws Exception {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        // A new file each time, as editors do: the same inode in the same tick is told too.
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }
}
