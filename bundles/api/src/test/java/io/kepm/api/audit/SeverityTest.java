package io.kepm.api.audit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SeverityTest {

    @Test
    void a_type_has_a_severity_and_a_refusal_is_at_least_a_warning() {
        assertThat(Severity.of("POLICY_EVALUATION", "ALLOW")).isEqualTo(Severity.INFORMATION);
        assertThat(Severity.of("POLICY_EVALUATION", "DENY")).isEqualTo(Severity.WARNING);
        assertThat(Severity.of("ELEVATION_STARTED", "OK")).isEqualTo(Severity.NOTICE);
        assertThat(Severity.of("ADMIN_ACTION", "FAILED")).isEqualTo(Severity.WARNING);
        assertThat(Severity.of("BUNDLE_REFUSED", "REFUSED")).isEqualTo(Severity.ERROR);
        assertThat(Severity.of("AUDIT_EXPORT_FAILED", "FAILED")).isEqualTo(Severity.ERROR);
        assertThat(Severity.of("AUDIT_EXPORT_FAILED", "RECOVERED")).isEqualTo(Severity.NOTICE);
        assertThat(Severity.of("OF_A_NEWER_AGENT", "OK")).isEqualTo(Severity.INFORMATION);
    }

    /** Who collects by severity must not have to know the outcomes that say "look at once". */
    @Test
    void a_broken_glass_and_what_opens_or_closes_the_way_of_sudo_are_never_mere_notices() {
        assertThat(Severity.of("ADMIN_ACTION", "BREAK_GLASS")).isEqualTo(Severity.ERROR);
        assertThat(Severity.of("ELEVATION_STARTED", "BREAK_GLASS")).isEqualTo(Severity.ERROR);
        assertThat(Severity.of("CONFIGURATION_CHANGED", "DROP_IN_REMOVED"))
                .isEqualTo(Severity.ERROR);
        assertThat(Severity.of("CONFIGURATION_CHANGED", "UNSAFE")).isEqualTo(Severity.WARNING);
        assertThat(Severity.of("CONFIGURATION_CHANGED", "DEGRADED")).isEqualTo(Severity.WARNING);
        assertThat(Severity.of("AUDIT_DAMAGED", "DAMAGED")).isEqualTo(Severity.ERROR);
        assertThat(Severity.of("POLICY_LOAD_FAILED", "REFUSED")).isEqualTo(Severity.ERROR);
    }

    @Test
    void the_numbers_are_those_of_the_three_standards() {
        assertThat(Severity.INFORMATION.syslog()).isEqualTo(6);
        assertThat(Severity.NOTICE.syslog()).isEqualTo(5);
        assertThat(Severity.WARNING.syslog()).isEqualTo(4);
        assertThat(Severity.ERROR.syslog()).isEqualTo(3);
        assertThat(Severity.INFORMATION.otlp()).isEqualTo(9);
        assertThat(Severity.NOTICE.otlp()).isEqualTo(10);
        assertThat(Severity.WARNING.otlp()).isEqualTo(13);
        assertThat(Severity.ERROR.otlp()).isEqualTo(17);
        assertThat(Severity.ERROR.cef()).isGreaterThan(Severity.WARNING.cef());
    }
}
