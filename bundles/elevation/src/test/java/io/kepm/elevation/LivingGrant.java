package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.linux.Scopes.Means;
import io.kepm.api.policy.Conditions;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.PolicyRef;
import io.kepm.api.policy.Reason;
import io.kepm.api.storage.StorageException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;

/** A grant, its clocks, and what a restart leaves of it: for the tests of its life. */
abstract class LivingGrant {

    static final int SUDO = FakeWorld.NO_SUCH_PID;
    static final int LEFT = 5000;

    final FakeWorld world = new FakeWorld();
    Grants grants;
    GrantEnds ends;
    Reconciler reconciler;

    @BeforeEach
    void prepare() throws Exception {
        world.scopes.means = Means.SERVICE_MANAGER;
        restart();
    }

    /** What a killed agent had in memory is gone; what it had stored is not. */
    void restart() throws StorageException {
        grants = world.grants();
        ends = world.ends(grants);
        reconciler = world.reconciler(grants);
    }

    /** What is gone at two looks in a row says nothing any more. */
    void settle() throws StorageException {
        reconciler.tick();
        reconciler.tick();
    }

    void assertNothingIsLeft() {
        assertThat(grants.list()).isEmpty();
        assertThat(world.log.grants).isEmpty();
        assertThat(world.scopes.members).isEmpty();
    }

    String run(long minutes) {
        world.engine.answers.clear();
        world.engine.answers.add(allow(minutes, true));
        return ((LaunchAnswer.Run) decide(world.sudo("id"))).grantId();
    }

    LaunchAnswer decide(LaunchRequest request) {
        return world.launch(grants).decide(request, world.person);
    }

    LaunchRequest byPid(int pid) {
        return byPid(pid, false);
    }

    /** As a sudo asks for what the command that it runs starts. */
    LaunchRequest inside(int pid) {
        return byPid(pid, true);
    }

    private LaunchRequest byPid(int pid, boolean inside) {
        return world.sudo("id").like().pid(pid).asksInside(inside).inside(inside).build();
    }

    AuditDraft last(String type) {
        return world.log.drafts.stream()
                .filter(draft -> draft.type().name().equals(type))
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    static Decision allow(long minutes, boolean limited) {
        return new Decision.Allow(
                conditions(minutes, limited),
                List.of(
                        new Reason(
                                Reason.POLICY,
                                "allowed",
                                Optional.of(new PolicyRef("P1", "ok", 1)),
                                List.of(),
                                true)));
    }

    static Conditions conditions(long minutes, boolean limited) {
        Conditions c = FakeWorld.conditions("root", List.of("id"), Duration.ofMinutes(minutes));
        return new Conditions(
                c.runAs(),
                c.argv(),
                c.validFor(),
                limited,
                c.keepEnv(),
                c.justifyMinLength(),
                false,
                false,
                false,
                false,
                false,
                false,
                false,
                List.of(),
                List.of());
    }
}
