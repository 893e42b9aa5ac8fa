package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.audit.AuditType;
import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.metrics.Metric;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Reason;
import io.kepm.api.policy.SourceLimits;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.StorageException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TallyTest {

    private final FakeWorld world = new FakeWorld();

    private void decide(String code) throws Exception {
        world.engine.answers.clear();
        world.engine.answers.add(new Decision.Deny(List.of(Reason.of(code, "no"))));
        world.turnstile().decide(world.sudo("id"), world.person);
    }

    /** The figures of one metric that are not zero, by the value of its one label. */
    private Map<String, Double> figures(String name) {
        return metric(name).samples().stream()
                .filter(sample -> sample.value() != 0)
                .collect(
                        Collectors.toMap(
                                sample -> sample.labels().values().iterator().next(),
                                Metric.Sample::value));
    }

    private Metric metric(String name) {
        return world.tally.metrics().stream()
                .filter(metric -> metric.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void decisions_are_counted_by_what_came_of_them_and_refusals_by_who_refused() throws Exception {
        for (String code :
                List.of(
                        Reason.POLICY,
                        Reason.UNMATCHED,
                        "guard:protected",
                        "guard:malformed",
                        "engine:unavailable")) {
            decide(code);
        }
        world.engine.answers.clear();
        world.engine.answers.add(
                new Decision.Allow(
                        FakeWorld.conditions("root", List.of("id"), Duration.ofMinutes(60)),
                        List.of(Reason.of(Reason.POLICY, "allows it"))));
        world.turnstile().decide(world.sudo("id"), world.person);
        world.log.broken = true;
        world.turnstile().decide(world.sudo("id"), world.person);
        world.log.broken = false;
        world.sources.refusal =
                Optional.of(
                        new SourceLimits.Turn.Refused(
                                SourceLimits.RATE_LIMITED, Duration.ofSeconds(1)));
        world.turnstile().decide(world.sudo("id"), world.person);
        assertThat(figures("kepm_decisions_total"))
                .isEqualTo(Map.of("allow", 1.0, "deny", 5.0, "fault", 1.0));
        assertThat(figures("kepm_refused_total"))
                .isEqualTo(
                        Map.of(
                                "policy",
                                1.0,
                                "unmatched",
                                1.0,
                                "guard",
                                2.0,
                                "other",
                                1.0,
                                "fault",
                                1.0,
                                "limits",
                                1.0));
        assertThat(metric("kepm_decision_seconds").samples())
                .contains(new Metric.Sample("_count", Map.of(), 7));
    }

    @Test
    void whose_own_right_stands_is_not_refused() throws Exception {
        world.people.groups = List.of("alice", "sudo");
        world.sources.refusal =
                Optional.of(
                        new SourceLimits.Turn.Refused(
                                SourceLimits.CIRCUIT_OPEN, Duration.ofSeconds(1)));
        world.turnstile().decide(world.sudo("id"), world.person);
        world.sources.refusal = Optional.empty();
        decide(Reason.UNMATCHED);
        assertThat(figures("kepm_decisions_total")).isEqualTo(Map.of("own_right", 1.0));
        assertThat(figures("kepm_refused_total")).isEmpty();
    }

    @Test
    void the_time_that_a_person_types_is_not_the_agents() throws Exception {
        world.person.waitedNanos = Duration.ofHours(1).toNanos();
        decide(Reason.POLICY);
        assertThat(metric("kepm_decision_seconds").samples())
                .contains(new Metric.Sample("_sum", Map.of(), 0))
                .contains(new Metric.Sample("_bucket", Map.of("le", "0.0005"), 1));
    }

    @Test
    void what_is_waited_for_the_disk_is_not_the_agents_own_time() throws Exception {
        world.disk = Duration.ofHours(1).toNanos();
        decide(Reason.POLICY);
        assertThat(metric("kepm_decision_own_seconds").samples())
                .contains(new Metric.Sample("_bucket", Map.of("le", "0.0005"), 1));
        FakeWorld slow = new FakeWorld();
        DiskWait disk = new DiskWait(new SlowAudit(slow.log));
        disk.append(AuditDraft.of(AuditType.ADMIN_ACTION, "OK").build());
        assertThat(disk.taken()).isGreaterThanOrEqualTo(Duration.ofMillis(20).toNanos());
        assertThat(disk.taken()).isZero();
    }

    /** Takes its time. */
    private record SlowAudit(AuditLog audit) implements AuditLog {
        @Override
        public List<AuditEntry> commit(Change change) throws StorageException {
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new StorageException("interrupted", e);
            }
            return audit.commit(change);
        }

        @Override
        public List<AuditEntry> query(AuditQuery query) throws StorageException {
            return audit.query(query);
        }

        @Override
        public Verification verify(Optional<AuditPlace> anchor) throws StorageException {
            return audit.verify(anchor);
        }
    }

    @Test
    void every_code_of_a_refusal_has_its_own_kind() {
        for (Map.Entry<String, String> code :
                Map.of(
                                "control:mfa", "control",
                                "condition", "condition",
                                "name-service", "fault",
                                "fault", "fault",
                                "never heard of", "other")
                        .entrySet()) {
            Tally tally = new Tally();
            tally.decided(new LaunchAnswer.Refuse("r", code.getKey(), "no"), 1, 0);
            assertThat(tally.metrics().get(1).samples())
                    .contains(Metric.Sample.of("why", code.getValue(), 1));
        }
    }
}
