package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StorageTest {

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_sound_store_and_a_damaged_one() {
        bench.agent()
                .answers(
                        "POST /api/storage/check",
                        "{\"sound\":true,\"faults\":[],\"used\":3145728,\"free\":1073741824,\"reserveUsed\":false}");
        Outcome outcome = bench.run("storage check");
        assertThat(outcome.out())
                .isEqualTo("sound: everything in the store opens\n3 MiB in use, 1024 MiB free\n");
        assertThat(outcome.exit()).isZero();
        bench.agent()
                .answers(
                        "POST /api/storage/check",
                        "{\"sound\":false,\"faults\":[\"a value does not open\"],\"pagesChecked\":false,\"used\":0,\"free\":0,\"reserveUsed\":false}");
        outcome = bench.run("storage check");
        assertThat(outcome.out())
                .startsWith("DAMAGED\n  - a value does not open\n")
                .contains("were not checked");
        assertThat(outcome.exit()).isEqualTo(1);
    }

    @Test
    void a_backup_says_what_it_needs_to_be_opened() {
        bench.agent().answers("POST /api/storage/backup", "{\"file\":\"/srv/x\",\"records\":12}");
        assertThat(bench.run("storage backup", "/srv/x").out())
                .startsWith("12 records, and all there is, in /srv/x\n")
                .contains("master key");
        bench.agent()
                .answers(
                        "POST /api/storage/backup",
                        409,
                        "{\"detail\":\"`/srv/x` is there already\"}");
        Outcome refused = bench.run("storage backup", "/srv/x");
        assertThat(refused.err()).contains("is there already");
        assertThat(refused.exit()).isEqualTo(1);
    }

    @Test
    void new_keys_are_named_without_what_they_are() {
        bench.agent()
                .answers(
                        "POST /api/storage/rotate-key",
                        "{\"keys\":[\"data key 6 for audit (in use)\",\"master key: new\"]}");
        assertThat(bench.run("storage rotate-key").out())
                .startsWith("data key 6 for audit (in use)\nmaster key: new\n");
    }

    @Test
    void a_file_that_is_no_backup_never_waits_for_the_agent() throws IOException {
        Path file = Files.writeString(bench.folder().resolve("notes"), "no database");
        Outcome outcome = bench.run("storage restore", file.toString());
        assertThat(outcome.err()).contains("is no backup of a store");
        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(bench.run("storage restore", "/none").err())
                .contains("no such file or directory");
    }

    @Test
    void a_backup_waits_beside_the_store_until_the_next_start() throws IOException {
        Path approot = bench.folder().resolve("sbin");
        Files.createDirectories(approot.resolve("KeeperStorage"));
        Path file = Files.writeString(bench.folder().resolve("b"), "SQLite format 3\0 and so on");
        String before = System.getProperty("kepm.approot", "");
        System.setProperty("kepm.approot", approot.toString());
        try {
            Outcome outcome = bench.run("storage restore", file.toString());
            assertThat(outcome.out()).contains("restart the agent");
            assertThat(approot.resolve("KeeperStorage/restore/kepm.db"))
                    .hasContent("SQLite format 3\0 and so on");
        } finally {
            if (before.isEmpty()) {
                System.clearProperty("kepm.approot");
            } else {
                System.setProperty("kepm.approot", before);
            }
        }
    }
}
