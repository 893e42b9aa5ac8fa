package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.linux.Accounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Accounts of a file of one's own that go. */
class LocalAccountsTest {

    private static final String ROOT = "root:x:0:0:root:/root:/bin/bash\n";
    private static final String ALICE = "alice:x:1001:1001::/home/alice:/bin/bash\n";
    private static final String BOB = "bob:x:1002:1002::/home/bob:/bin/bash\n";

    private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));

    @TempDir Path folder;
    private final List<String> gone = new CopyOnWriteArrayList<>();
    private final List<Instant> moments = new CopyOnWriteArrayList<>();
    private Accounts.Watch watch;

    @BeforeEach
    void open() throws Exception {
        replace(ROOT + ALICE + BOB);
        watch = watch();
    }

    private Accounts.Watch watch() {
        return LocalAccounts.watch(
                folder,
                (name, uid, before) -> {
                    gone.add(name + " " + uid);
                    moments.add(before);
                });
    }

    @AfterEach
    void close() {
        watch.close();
    }

    /** As userdel and useradd do; the one begins when the other has ended. */
    @Test
    void ab_37_an_account_that_is_made_anew_at_once_was_gone() throws Exception {
        replace(ROOT + BOB);
        Thread.sleep(50);
        replace(ROOT + BOB + ALICE);
        until("alice 1001");
        replace(ROOT + ALICE);
        until("alice 1001", "bob 1002");
    }

    /** The tools keep the file before their change. */
    @Test
    void ab_37_who_was_away_for_less_than_a_look_is_missing_in_the_copy_before() throws Exception {
        Instant begun = Instant.now().minusMillis(100);
        Files.writeString(folder.resolve("passwd-"), ROOT + BOB);
        replace(ROOT + BOB + ALICE);
        until("alice 1001");
        assertThat(moments.get(0)).isBetween(begun, Instant.now());
    }

    @Test
    void ab_37_who_was_away_while_nobody_looked_is_told_at_the_start() throws Exception {
        watch.close();
        Files.writeString(folder.resolve("passwd-"), ROOT + ALICE);
        watch = watch();
        until("bob 1002");
    }

    /** Members: a backup that puts the time of the last look back, a tool that keeps no copy. */
    @Test
    void a_copy_that_was_only_touched_makes_nobody_new() throws Exception {
        watch.close();
        Files.writeString(folder.resolve("passwd-"), ROOT + BOB);
        Files.setLastModifiedTime(folder.resolve("passwd"), LONG_AGO);
        watch = watch();
        until("alice 1001");
        assertThat(moments.get(0)).as("when she came").isEqualTo(LONG_AGO.toInstant());
        Instant before = Instant.now();
        Thread.sleep(200);
        replace(ROOT + BOB + ALICE + "carol:x:1003:1003::/:/bin/sh\n");
        until("alice 1001", "alice 1001", "carol 1003");
        assertThat(moments).allMatch(moment -> moment.isBefore(before));
    }

    /** Whoever writes the copy first empties it. */
    @Test
    void a_copy_that_is_being_written_says_nothing() throws Exception {
        Files.writeString(folder.resolve("passwd-"), ROOT);
        replace(ROOT + ALICE + BOB);
        Thread.sleep(20);
        Files.writeString(folder.resolve("passwd-"), ROOT + ALICE + BOB);
        Thread.sleep(500);
        assertThat(gone).isEmpty();
    }

    @Test
    void ab_37_an_account_with_another_name_or_number_is_another_one() throws Exception {
        replace(ROOT + ALICE.replace("alice", "carol") + BOB.replace("1002", "1003"));
        until("alice 1001", "bob 1002");
    }

    /** An editor empties the file, and then writes it. */
    @Test
    void a_file_that_is_being_written_says_nothing() throws Exception {
        Path file = folder.resolve("passwd");
        Files.writeString(file, ROOT);
        Thread.sleep(20);
        Files.writeString(file, ROOT + ALICE + BOB);
        Thread.sleep(400);
        assertThat(gone).isEmpty();
        Files.writeString(file, ROOT + BOB);
        until("alice 1001");
    }

    @Test
    void a_file_that_is_away_says_nothing_and_one_that_comes_back_does() throws Exception {
        Files.delete(folder.resolve("passwd"));
        Thread.sleep(200);
        assertThat(gone).isEmpty();
        replace(ROOT + BOB);
        until("alice 1001");
    }

    @Test
    void nothing_is_told_after_the_end() throws Exception {
        watch.close();
        replace(ROOT);
        Thread.sleep(200);
        assertThat(gone).isEmpty();
    }

    private void replace(String text) throws IOException {
        Path next = Files.writeString(folder.resolve("passwd+"), text);
        Files.move(
                next,
                folder.resolve("passwd"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private void until(String... expected) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (gone.size() < expected.length && System.nanoTime() < end) {
            Thread.sleep(10);
        }
        assertThat(gone).containsExactlyInAnyOrder(expected);
    }
}
