package io.kepm.sudo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallersTest {

    @ParameterizedTest
    @CsvSource({
        "34816, /dev/pts/0",
        "34823, /dev/pts/7",
        "35071, /dev/pts/255",
        "1083392, /dev/pts/256",
        "1025, /dev/tty1",
        "1088, /dev/ttyS0",
        "0, ''",
        "1281, ''"
    })
    void a_terminal_has_the_name_that_the_system_gives_it(long number, String name) {
        assertThat(Callers.name(number)).isEqualTo(name);
    }

    @Test
    void who_is_not_there_counts_as_traced_and_has_no_terminal() {
        assertThat(Callers.ofSystem().isTraced(4_999_999)).isTrue();
        assertThat(Callers.ofSystem().terminal(4_999_999)).isEmpty();
        assertThat(Callers.ofSystem().isTraced((int) ProcessHandle.current().pid())).isFalse();
    }
}
