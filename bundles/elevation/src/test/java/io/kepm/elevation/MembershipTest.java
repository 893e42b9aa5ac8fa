package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MembershipTest {

    private final FakeWorld world = new FakeWorld();
    private final Membership membership = new Membership(world.people, world.log, List.of("sudo"));

    @Test
    void govern_adds_the_user_after_the_record_and_warns_of_what_changes() {
        world.people.groups = new ArrayList<>(List.of("alice", "sudo"));
        var plan = membership.govern("alice", "root");
        assertThat(plan.fault()).isEmpty();
        assertThat(plan.warnings()).anyMatch(text -> text.contains("sudo"));
        assertThat(world.people.groups).contains("kepm-users");
        assertThat(world.log.types()).containsExactly("CONFIGURATION_CHANGED");
    }

    @Test
    void without_a_record_nobody_is_moved() {
        world.people.groups = new ArrayList<>(List.of("alice"));
        world.log.broken = true;
        assertThat(membership.govern("alice", "root").fault()).contains("disk full");
        assertThat(world.people.groups).doesNotContain("kepm-users");
    }

    @Test
    void root_unknown_users_and_emergency_accounts_cant_be_governed() {
        assertThat(membership.plan("root").fault()).contains("root can't be governed");
        assertThat(membership.plan("nobody-here").fault()).contains("no user");
        assertThat(membership.plan("%none").fault()).contains("no group");
        world.people.groups = new ArrayList<>(List.of("alice", "kepm-breakglass"));
        assertThat(membership.plan("alice").fault()).contains("emergencies");
    }

    @Test
    void a_group_means_its_members_now() {
        world.people.groups = new ArrayList<>(List.of("alice"));
        assertThat(membership.plan("%kepm-users").users()).containsExactly("alice");
    }

    @Test
    void ungovern_takes_the_user_out_and_says_when_there_was_nothing_to_do() {
        assertThat(membership.ungovern("alice", "root").steps())
                .anyMatch(s -> s.contains("removed"));
        assertThat(membership.ungovern("alice", "root").steps())
                .containsExactly("alice is not governed");
    }
}
