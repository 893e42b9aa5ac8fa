package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.policy.Conditions;
import io.kepm.api.policy.Control;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Reason;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EffectTest {

    /** The table of elevation.md §2: outcome, then governed, other by sudo, other by run, root. */
    @ParameterizedTest
    @CsvSource({
        "allow,        RUN,      RUN,       RUN,      OWN_RIGHT",
        "pending,      CONTROLS, CONTROLS,  CONTROLS, OWN_RIGHT",
        "deny-policy,  REFUSE,   REFUSE,    REFUSE,   OWN_RIGHT",
        "deny-guard,   REFUSE,   OWN_RIGHT, REFUSE,   OWN_RIGHT",
        "guard-and-control, REFUSE, REFUSE, REFUSE,   OWN_RIGHT",
        "rate-limited, REFUSE,   OWN_RIGHT, REFUSE,   OWN_RIGHT",
        "unmatched,    REFUSE,   OWN_RIGHT, REFUSE,   OWN_RIGHT",
        "not-governed, REFUSE,   OWN_RIGHT, REFUSE,   OWN_RIGHT",
    })
    void every_cell_of_the_outcome_table_holds(
            String outcome, Effect governed, Effect bySudo, Effect byRun, Effect root) {
        Decision decision = decision(outcome);
        assertThat(Effect.of(decision, Caller.GOVERNED, true)).isEqualTo(governed);
        assertThat(Effect.of(decision, Caller.OTHER_BY_SUDO, true)).isEqualTo(bySudo);
        assertThat(Effect.of(decision, Caller.OTHER_BY_RUN, true)).isEqualTo(byRun);
        assertThat(Effect.of(decision, Caller.ROOT, true)).isEqualTo(root);
    }

    @ParameterizedTest
    @CsvSource({"unmatched, REFUSE", "not-governed, REFUSE", "deny-guard, OWN_RIGHT", "allow, RUN"})
    void unmatched_for_others_deny_takes_their_own_right_only_where_policy_is_silent(
            String outcome, Effect bySudo) {
        assertThat(Effect.of(decision(outcome), Caller.OTHER_BY_SUDO, false)).isEqualTo(bySudo);
    }

    @ParameterizedTest
    @CsvSource({
        "GOVERNED, REFUSE",
        "OTHER_BY_SUDO, OWN_RIGHT",
        "OTHER_BY_RUN, REFUSE",
        "ROOT, OWN_RIGHT"
    })
    void a_fault_of_ours_gives_nothing_and_takes_nothing_from_others(Caller caller, Effect effect) {
        assertThat(Effect.ofFault(caller)).isEqualTo(effect);
    }

    @ParameterizedTest
    @CsvSource({
        "sudo, 1001, kepm-users, GOVERNED",
        "sudo, 1001, kepm-users-passwd, GOVERNED",
        "run, 1001, kepm-users, GOVERNED",
        "sudo, 1001, sudo, OTHER_BY_SUDO",
        "run, 1001, sudo, OTHER_BY_RUN",
        "sudo, 0, kepm-users, ROOT"
    })
    void the_column_follows_from_door_uid_and_groups(
            String door, long uid, String group, Caller caller) {
        assertThat(Caller.of(door, uid, List.of("staff", group))).isEqualTo(caller);
    }

    private static Decision decision(String outcome) {
        Conditions conditions = FakeWorld.conditions("root", List.of("id"), Duration.ofMinutes(60));
        return switch (outcome) {
            case "allow" ->
                    new Decision.Allow(conditions, List.of(Reason.of(Reason.POLICY, "allowed")));
            case "pending" ->
                    new Decision.Pending(
                            List.of(Control.JUSTIFY),
                            conditions,
                            List.of(Reason.of(Reason.POLICY, "asks")));
            case "deny-policy" -> new Decision.Deny(List.of(Reason.of(Reason.POLICY, "denied")));
            case "deny-guard" ->
                    new Decision.Deny(List.of(Reason.of("guard:protected", "protected")));
            case "guard-and-control" ->
                    new Decision.Deny(
                            List.of(
                                    Reason.of("guard:protected", "protected"),
                                    Reason.of(Reason.POLICY, "asks")));
            case "rate-limited" ->
                    new Decision.Deny(List.of(Reason.of("rate_limited", "too many")));
            case "unmatched" ->
                    new Decision.Deny(List.of(Reason.of(Reason.UNMATCHED, "no policy")));
            default ->
                    new Decision.NotGoverned(
                            List.of(Reason.of(Reason.NOT_GOVERNED, "not governed")));
        };
    }
}
