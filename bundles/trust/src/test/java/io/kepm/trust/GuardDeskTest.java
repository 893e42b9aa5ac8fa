package io.kepm.trust;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.health.HealthCheck.Level;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GuardDeskTest {

    @Test
    void without_the_guard_nothing_is_good() {
        GuardDesk desk = new GuardDesk(Optional::empty);

        assertThat(desk.bundle(ByteBuffer.allocate(1)).isGood()).isFalse();
        assertThat(desk.detached(new byte[0], new byte[0]).isGood()).isFalse();
        assertThat(new SignersCheck(desk).check().level()).isEqualTo(Level.DEGRADED);
    }

    @Test
    void an_answer_in_another_form_is_not_good() {
        GuardDesk desk = new GuardDesk(() -> Optional.of(question -> Map.of("fault", "")));

        assertThat(desk.again(ByteBuffer.allocate(1)).isGood()).isFalse();
    }

    @Test
    void what_the_guard_says_is_passed_on() {
        GuardDesk desk =
                new GuardDesk(
                        () ->
                                Optional.of(
                                        question ->
                                                Map.of("sha256", "a", "signer", "b", "fault", "")));

        assertThat(desk.pack(ByteBuffer.allocate(1)).isGood()).isTrue();
        assertThat(desk.pack(ByteBuffer.allocate(1)).signer()).isEqualTo("b");
    }

    @Test
    void a_warning_about_signers_degrades_health() {
        GuardDesk desk =
                new GuardDesk(
                        () ->
                                Optional.of(
                                        question ->
                                                Map.of(
                                                        "builtIn", List.of("a"),
                                                        "alternative", List.of("c".repeat(40)),
                                                        "warnings", List.of("SHA-1"),
                                                        "revoked", List.of())));

        assertThat(new SignersCheck(desk).check().level()).isEqualTo(Level.DEGRADED);
        assertThat(new SignersCheck(desk).check().detail()).contains("cccccccccccc…");
    }
}
