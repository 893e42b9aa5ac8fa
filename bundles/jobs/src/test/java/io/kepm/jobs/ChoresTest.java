package io.kepm.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.elevation.Grant;
import io.kepm.api.jobs.Chore;
import io.kepm.api.linux.EphemeralAccounts;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Cleanups of the shipped jobs. */
class ChoresTest extends HouseFixture {

    private static Grant grant(String id, Instant to) {
        return new Grant(
                id,
                "r",
                "alice",
                1001,
                "/bin/id",
                List.of("id"),
                "root",
                to.minusSeconds(9),
                to,
                "");
    }

    @Test
    void a_grant_that_is_open_past_its_time_is_ended_unless_it_may_finish() throws Exception {
        Instant now = house.times.now();
        house.grants.add(grant("late", now.minusSeconds(121)));
        house.grants.add(grant("just", now.minusSeconds(60)));
        house.grants.add(grant("open", now.plusSeconds(60)));
        job("", "{'type':'builtin','command':'check-grants'}");
        assertThat(house.run("j").tasks().get(0).output())
                .isEqualTo("3 grants are open, 1 of them over their time: these were ended");
        assertThat(house.ended).containsExactly("grant late by job ExecutionGrantStartupCleanup");
        Chore finishing =
                SmallChores.of("1", house.decision, false, house.times).stream()
                        .filter(each -> each.name().equals("check-grants"))
                        .findFirst()
                        .orElseThrow();
        assertThat(finishing.run(Map.of())).endsWith("which may finish (`atExpiry`)");
    }

    @Test
    void an_account_without_a_grant_is_removed_and_one_of_a_grant_stays() throws Exception {
        assertThat(house.cleanup().run(Map.of())).contains("no ephemeral account is there");
        Instant now = house.times.now();
        house.grants.add(grant("00000000-aaaa", now.plusSeconds(60)));
        String used = EphemeralAccounts.name("00000000-aaaa");
        house.ephemeral.add(used);
        house.ephemeral.add(EphemeralAccounts.PREFIX + "bbbb");
        assertThat(house.cleanup().run(Map.of())).contains("removed").contains("bbbb");
        assertThat(house.ephemeral).containsExactly(used);
        house.ephemeral.add(EphemeralAccounts.PREFIX + "stuck");
        assertThatThrownBy(() -> house.cleanup().run(Map.of())).hasMessageContaining("in use");
        assertThat(house.ephemeral).contains(used);
    }
}
