package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One user may have 65,536 numbers, and counts once. */
class SubordinateUidsTest {

    @TempDir private Path folder;

    private final AtomicLong nanos = new AtomicLong();

    @BeforeEach
    void files() throws IOException {
        Files.writeString(
                folder.resolve("passwd"),
                "root:x:0:0::/root:/bin/sh\nalice:x:1001:1001::/home/alice:/bin/sh\n"
                        + "apart:x:100005:100005::/:/bin/sh\nbroken\n");
        Files.writeString(
                folder.resolve("subuid"),
                """
                alice:100000:65536
                1002:165536:65536
                gone:300000:65536
                root:400000:65536
                # a remark
                bad:x:1
                alice:99999999999:5
                """);
    }

    private SubordinateUids uids() {
        return new SubordinateUids(folder.resolve("subuid"), folder.resolve("passwd"), nanos::get);
    }

    @Test
    void ab_47_a_subordinate_uid_counts_for_the_user_who_has_it() {
        SubordinateUids uids = uids();
        assertThat(uids.answersFor(100_000)).isEqualTo(1001);
        assertThat(uids.answersFor(165_535)).isEqualTo(1001);
        assertThat(uids.answersFor(165_536)).isEqualTo(1002);
        // Whose it is can't be told, or it is root's container: one of all of the range, and no
        // more.
        assertThat(uids.answersFor(300_007)).isEqualTo(300_000);
        assertThat(uids.answersFor(400_007)).isEqualTo(400_000);
        for (long itself : new long[] {-1, 0, 999, 1001, 1002, 65_534, 231_072, 100_005}) {
            assertThat(uids.answersFor(itself)).isEqualTo(itself);
        }
    }

    @Test
    void a_range_that_is_too_wide_makes_nobody_of_an_account() throws Exception {
        Files.writeString(folder.resolve("subuid"), "alice:0:4294967295\n");
        SubordinateUids uids = uids();
        assertThat(uids.answersFor(0)).isZero();
        assertThat(uids.answersFor(999)).isEqualTo(999);
        assertThat(uids.answersFor(100_005)).isEqualTo(100_005);
        assertThat(uids.answersFor(2000)).isEqualTo(1001);
    }

    @Test
    void the_files_are_read_again_when_they_change_and_not_before_a_second_is_over()
            throws Exception {
        SubordinateUids uids = uids();
        assertThat(uids.answersFor(500_000)).isEqualTo(500_000);
        Files.writeString(folder.resolve("subuid"), "alice:500000:65536\n");
        assertThat(uids.answersFor(500_000)).isEqualTo(500_000);
        nanos.addAndGet(1_000_000_000L);
        assertThat(uids.answersFor(500_000)).isEqualTo(1001);
        Files.delete(folder.resolve("subuid"));
        nanos.addAndGet(1_000_000_000L);
        assertThat(uids.answersFor(500_000)).isEqualTo(500_000);
    }
}
