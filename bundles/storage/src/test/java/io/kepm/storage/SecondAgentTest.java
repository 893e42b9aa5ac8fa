package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.storage.Change;
import io.kepm.api.storage.StorageException;
import java.io.BufferedReader;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecondAgentTest {

    @TempDir Path temp;

    @Test
    void ab_140_a_second_opener_is_refused_in_words() throws Exception {
        try (SqliteStorage first = Stores.open(temp)) {
            assertThatThrownBy(() -> Stores.open(temp))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("in use by another process: is a second agent running?");
            first.commit(Change.record(Stores.draft("the first goes on")));
        }
        try (SqliteStorage after = Stores.open(temp)) {
            assertThat(after.auditHead().orElseThrow().seq()).isEqualTo(1);
        }
    }

    @Test
    void ab_140_nobody_can_take_even_a_readers_lock() throws Exception {
        try (SqliteStorage storage = Stores.open(temp)) {
            assertThatThrownBy(() -> Stores.tamper(temp, "SELECT count(*) FROM audit"))
                    .isInstanceOf(SQLException.class);
            storage.commit(Change.record(Stores.draft("not held up")));
        }
    }

    @Test
    void f8_another_process_is_refused_too() throws Exception {
        try (SqliteStorage storage = Stores.open(temp)) {
            storage.commit(Change.record(Stores.draft("here")));
            Process other = ChildJvm.start(CrashingWriter.class, temp.toString());
            String said = new String(other.getInputStream().readAllBytes());
            assertThat(other.waitFor()).isNotZero();
            assertThat(said).contains("in use by another process");
        }
    }

    @Test
    void ab_140_a_readers_lock_from_before_the_start_is_shaken_off_and_nothing_is_lost()
            throws Exception {
        fill();
        Process reader = holdLock("shared");
        try {
            StoreFolder folder = new StoreFolder(temp);
            assertThat(new ReaderLocks(folder, pid -> true).shakeOff()).isFalse();
            assertThat(new ReaderLocks(folder, pid -> false).shakeOff()).isTrue();
            try (SqliteStorage storage = Stores.open(temp)) {
                assertThat(Stores.verify(storage)).isEqualTo("intact: 1");
            }
        } finally {
            reader.destroyForcibly().waitFor();
        }
    }

    @Test
    void ab_140_a_writers_lock_is_respected() throws Exception {
        fill();
        Process writer = holdLock("exclusive");
        try {
            assertThat(new ReaderLocks(new StoreFolder(temp), pid -> false).shakeOff()).isFalse();
            assertThatThrownBy(() -> Stores.open(temp))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("in use by another process");
        } finally {
            writer.destroyForcibly().waitFor();
        }
    }

    private void fill() throws StorageException {
        try (SqliteStorage storage = Stores.open(temp)) {
            storage.commit(Change.record(Stores.draft("kept")));
        }
    }

    private Process holdLock(String kind) throws Exception {
        Process holder = ChildJvm.start(LockHolder.class, temp.resolve("kepm.db").toString(), kind);
        BufferedReader said = holder.inputReader();
        String line = said.readLine();
        // The JVM may speak first, of options in the environment.
        while (line != null && !line.equals("locked")) {
            line = said.readLine();
        }
        assertThat(line).isEqualTo("locked");
        return holder;
    }

    /** Holds a lock on the whole file until it is killed. */
    static final class LockHolder {
        private LockHolder() {}

        public static void main(String[] arguments) throws Exception {
            boolean shared = arguments[1].equals("shared");
            try (FileChannel channel =
                    FileChannel.open(
                            Path.of(arguments[0]),
                            shared ? StandardOpenOption.READ : StandardOpenOption.WRITE)) {
                channel.lock(0, Long.MAX_VALUE, shared);
                System.out.println("locked");
                Thread.sleep(600_000);
            }
        }
    }
}
