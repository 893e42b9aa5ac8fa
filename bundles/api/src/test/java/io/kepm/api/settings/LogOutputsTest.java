package io.kepm.api.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogOutputsTest {

    @Test
    void these_are_outputs() {
        List<String> good =
                List.of(
                        "journald:",
                        "syslog+udp://127.0.0.1:514",
                        "https://logs.example.org/in?x=1",
                        "http://127.0.0.1:8080");
        assertThat(CoreSettings.LOG_OUTPUTS.reader().apply(good)).isEqualTo(good);
    }

    @Test
    void anything_else_is_refused_and_a_password_is_not_repeated() {
        for (String bad :
                List.of(
                        "",
                        "journald",
                        "syslog+udp://h",
                        "syslog+udp://h:514/x",
                        "file:///etc/passwd",
                        "https://me:canary@h/",
                        "https:///x",
                        "http://h /")) {
            assertThatThrownBy(() -> LogOutputs.read(List.of(bad)))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("output 1 is none of")
                    .hasMessageNotContaining("canary");
        }
        assertThatThrownBy(() -> LogOutputs.read(Collections.nCopies(9, "journald:")))
                .hasMessageContaining("8");
        assertThatThrownBy(() -> LogOutputs.read("journald:")).hasMessage("not a list of texts");
    }
}
