package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.health.HealthCheck.Health;
import io.kepm.api.health.HealthCheck.Level;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CertificateCheckTest {

    private static final Instant NOW = Instant.parse("2026-11-25T09:00:00Z");

    private static Health after(Duration age) throws GeneralSecurityException {
        Optional<ServerCertificate> made = Optional.of(ServerCertificate.create(NOW));
        return new CertificateCheck(
                        () -> made,
                        () -> new ShownCertificate.State(false, ""),
                        () -> NOW.plus(age))
                .check();
    }

    @Test
    void it_is_well_while_it_is_renewed_in_time() throws Exception {
        assertThat(after(Duration.ZERO).level()).isEqualTo(Level.HEALTHY);
        assertThat(after(Duration.ZERO).detail())
                .isEqualTo("valid from 2026-11-25T08:00:00Z to 2027-12-28T08:00:00Z");
        assertThat(after(Duration.ofDays(367)).level()).isEqualTo(Level.HEALTHY);
        Health late = after(Duration.ofDays(369));
        assertThat(late.level()).isEqualTo(Level.DEGRADED);
        assertThat(late.detail()).endsWith("and is not renewed");
        assertThat(late.advice()).contains("restart the agent");
    }

    @Test
    void one_that_clients_refuse_is_not_well() throws Exception {
        assertThat(after(Duration.ofDays(398)).level()).isEqualTo(Level.UNHEALTHY);
        assertThat(after(Duration.ofHours(-2)).detail()).contains("the clock was set back");
    }

    @Test
    void before_the_first_one_is_made_it_asks_for_patience() {
        assertThat(
                        new CertificateCheck(
                                        Optional::empty,
                                        () -> new ShownCertificate.State(false, ""),
                                        () -> NOW)
                                .check()
                                .advice())
                .isEqualTo("wait a moment");
    }

    @Test
    void a_custom_one_near_its_end_or_not_used_is_degraded() throws Exception {
        Optional<ServerCertificate> made = Optional.of(ServerCertificate.create(NOW));
        Health ending =
                new CertificateCheck(
                                () -> made,
                                () -> new ShownCertificate.State(true, ""),
                                () -> NOW.plus(Duration.ofDays(369)))
                        .check();
        assertThat(ending.level()).isEqualTo(Level.DEGRADED);
        assertThat(ending.detail()).startsWith("the custom certificate ends at 2027-12-28");
        Health unused =
                new CertificateCheck(
                                () -> made,
                                () -> new ShownCertificate.State(false, "the file is no PEM"),
                                () -> NOW)
                        .check();
        assertThat(unused.level()).isEqualTo(Level.DEGRADED);
        assertThat(unused.detail()).contains("the agent shows its own: the file is no PEM");
    }
}
