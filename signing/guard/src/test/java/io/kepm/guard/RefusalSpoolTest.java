package io.kepm.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefusalSpoolTest {

    private static final Refusal REFUSAL = new Refusal("file:/x.jar", "ab", "evil", "not listed");

    @TempDir Path temp;
    private Path folder;
    private Path file;
    private RefusalSpool spool;

    @BeforeEach
    void prepare() {
        folder = temp.resolve("spool");
        file = folder.resolve("refused.jsonl");
        spool = new RefusalSpool(folder, () -> Instant.parse("2026-01-02T03:04:05.006Z"));
    }

    @Test
    void a_refusal_is_one_line_that_only_root_reads() throws IOException {
        spool.add(REFUSAL);

        assertThat(file)
                .hasContent(
                        "{\"event_time\":\"2026-01-02T03:04:05.006Z\","
                                + "\"audit_event_type\":\"BUNDLE_REFUSED\",\"outcome\":\"REFUSED\","
                                + "\"reason\":\"not listed\",\"details\":{\"location\":\"file:/x.jar\","
                                + "\"sha256\":\"ab\",\"symbolic_name\":\"evil\",\"signer\":\"\"}}\n");
        assertThat(mode(folder)).isEqualTo("rwx------");
        assertThat(mode(file)).isEqualTo("rw-------");
    }

    @Test
    void ab_74_text_of_strangers_cannot_leave_its_string() throws IOException {
        spool.add(new Refusal("a\"},\n{\"x\\\u001b[0m\u202e", "", "\0", ""));

        assertThat(Files.readAllLines(file))
                .singleElement()
                .asString()
                .contains("\"location\":\"a\\\"},\\u000a{\\\"x\\\\\\u001b[0m\\u202e\"")
                .contains("\"symbolic_name\":\"\\u0000\"");
    }

    @Test
    void ab_21_a_link_or_a_second_name_in_its_place_is_not_written_to() throws IOException {
        Files.createDirectory(folder);
        Path other = Files.writeString(temp.resolve("other"), "mine");
        Files.createSymbolicLink(file, other);
        spool.add(REFUSAL);
        assertThat(other).hasContent("mine");

        Files.delete(file);
        Files.createLink(file, other);
        spool.add(REFUSAL);
        assertThat(other).hasContent("mine");
    }

    @Test
    void a_full_spool_grows_no_more() throws IOException {
        Files.createDirectory(folder);
        Files.write(file, new byte[(1 << 20) - 10]);
        spool.add(REFUSAL);

        assertThat(Files.size(file)).isEqualTo((1 << 20) - 10);
    }

    @Test
    void whoever_takes_lines_out_under_the_lock_loses_none() throws Exception {
        int lines = 100;
        Thread writer =
                new Thread(
                        () -> {
                            for (int i = 0; i < lines; i++) {
                                spool.add(REFUSAL);
                            }
                        });
        writer.start();
        int taken = 0;
        long end = System.nanoTime() + 60_000_000_000L;
        while (taken < lines && System.nanoTime() < end) {
            taken += take();
        }
        writer.join();
        assertThat(taken).isEqualTo(lines);
    }

    private int take() throws IOException {
        if (!Files.exists(file)) {
            return 0;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock == null) {
                return 0;
            }
            int found = Files.readAllLines(file).size();
            channel.truncate(0);
            return found;
        } catch (OverlappingFileLockException e) {
            return 0;
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
