package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReserveTest {

    @TempDir Path temp;

    @Test
    void room_is_taken_given_back_once_and_taken_again() throws Exception {
        Reserve reserve = new Reserve(temp.resolve(".reserve"), 3 << 20);
        assertThat(reserve.release()).as("there is none yet").isFalse();
        reserve.refill();
        assertThat(reserve.kept()).isEqualTo(3 << 20);
        assertThat(reserve.isUsed()).isFalse();
        assertThat(reserve.release()).isTrue();
        assertThat(reserve.isUsed()).isTrue();
        assertThat(reserve.release()).isFalse();
        assertThat(Files.list(temp)).isEmpty();
        reserve.refill();
        assertThat(reserve.isUsed()).isFalse();
        assertThat(reserve.kept()).isEqualTo(3 << 20);
    }

    @Test
    void a_half_made_one_is_made_anew() throws Exception {
        Files.write(temp.resolve(".reserve"), new byte[100]);
        Files.write(temp.resolve(".reserve.new"), new byte[100]);
        Reserve reserve = new Reserve(temp.resolve(".reserve"), 2 << 20);
        reserve.refill();
        assertThat(reserve.kept()).isEqualTo(2 << 20);
        assertThat(temp.resolve(".reserve.new")).doesNotExist();
    }
}
