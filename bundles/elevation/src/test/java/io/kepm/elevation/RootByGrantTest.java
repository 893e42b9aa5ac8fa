package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.elevation.Grant;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Origin;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RootByGrantTest {

    private static final int SUDO = 4242;
    private static final long START = 777;

    private final Names names = new Names();
    private Grants grants;
    private FakeScopes scopes;
    private RootByGrant root;

    @BeforeEach
    void prepare() throws Exception {
        FakeWorld world = new FakeWorld();
        grants = new Grants(world.log, world.log, "boot");
        scopes = new FakeScopes();
        root = new RootByGrant(grants, scopes, names);
        grants.opened(grant("g1", SUDO, false, false, GrantLife.Ending.NONE));
    }

    private static StoredGrant grant(
            String id, int pid, boolean allowProtected, boolean closed, GrantLife.Ending ending) {
        return new StoredGrant(
                new Grant(
                        id,
                        "r1",
                        "alice",
                        1001,
                        "/usr/bin/apt",
                        List.of("apt"),
                        "root",
                        Instant.EPOCH,
                        Instant.MAX,
                        "policy `P1`"),
                pid,
                START,
                "boot",
                new GrantLife(true, true, Duration.ZERO, Duration.ofDays(1), "", closed, ending),
                java.util.Optional.empty(),
                allowProtected);
    }

    @Test
    void ab_136_only_a_live_grant_of_allow_protected_lets_its_root_be_an_administrator() {
        Origin inner = origin(1001, step(9, 900), step(77, START), step(1, 0));
        Origin nested = origin(1001, step(9, 900), step(77, START), step(SUDO, START), step(1, 0));
        grants.opened(grant("g2", 77, true, false, GrantLife.Ending.NONE));
        assertThat(root.reason(inner)).isEmpty();
        assertThat(root.reason(nested))
                .hasValueSatisfying(why -> assertThat(why).contains("grant g1 of `alice`"));
        for (GrantLife.Ending ending : GrantLife.Ending.values()) {
            grants.opened(grant("g2", 77, true, ending == GrantLife.Ending.NONE, ending));
            assertThat(root.reason(inner))
                    .hasValueSatisfying(why -> assertThat(why).contains("grant g2 of `alice`"));
        }
        grants.opened(grant("g2", 77, true, false, GrantLife.Ending.NONE));
        Origin elsewhere = origin(1001, step(9, 900), step(1, 0));
        assertThat(root.reason(elsewhere))
                .hasValueSatisfying(why -> assertThat(why).contains("who is governed"));
        scopes.members.put("g2", java.util.Set.of(9));
        assertThat(root.reason(elsewhere)).isEmpty();
    }

    @Test
    void ab_136_whatever_descends_from_a_granted_sudo_is_inside_the_grant() {
        assertThat(
                        root.reason(
                                origin(
                                        -1,
                                        step(9, 900),
                                        step(8, 800),
                                        step(SUDO, START),
                                        step(1, 0))))
                .hasValueSatisfying(why -> assertThat(why).contains("grant g1 of `alice`"));
    }

    @Test
    void ab_136_what_runs_in_the_scope_of_a_grant_is_inside_it_whoever_its_parent_is() {
        assertThat(root.reason(origin(-1, step(9, 900), step(1, 0)))).isEmpty();
        scopes.members.put("g1", java.util.Set.of(9));
        assertThat(root.reason(origin(-1, step(9, 900), step(1, 0))))
                .hasValueSatisfying(why -> assertThat(why).contains("grant g1 of `alice`"));
    }

    @Test
    void a_number_that_another_process_has_now_is_no_grant() {
        assertThat(root.reason(origin(-1, step(9, 900), step(SUDO, START + 1), step(1, 0))))
                .isEmpty();
        assertThat(root.reason(origin(-1, step(9, 900), step(1, 0)))).isEmpty();
    }

    @Test
    void ab_136_what_a_governed_user_left_in_the_background_is_no_administrator() {
        assertThat(root.reason(origin(1001, step(9, 900), step(1, 0))))
                .hasValueSatisfying(why -> assertThat(why).contains("`alice`, who is governed"));
    }

    @Test
    void root_of_a_service_of_the_console_or_of_somebody_not_governed_is_one_in_its_own_right() {
        assertThat(root.reason(origin(-1, step(9, 900), step(1, 0)))).isEmpty();
        assertThat(root.reason(origin(0, step(9, 900), step(1, 0)))).isEmpty();
        assertThat(root.reason(origin(1002, step(9, 900), step(1, 0)))).isEmpty();
    }

    @Test
    void who_can_not_be_looked_up_is_no_administrator() {
        assertThat(root.reason(origin(4711, step(9, 900), step(1, 0)))).isPresent();
        names.hangs = true;
        assertThat(root.reason(origin(1002, step(9, 900), step(1, 0))))
                .hasValueSatisfying(why -> assertThat(why).contains("no answer"));
        // Root at the console needs no name service.
        assertThat(root.reason(origin(0, step(9, 900), step(1, 0)))).isEmpty();
    }

    private static Origin origin(long login, Origin.Step... line) {
        return new Origin(login, List.of(line));
    }

    private static Origin.Step step(int pid, long start) {
        return new Origin.Step(pid, start);
    }

    private static final class Names implements Accounts {
        boolean hangs;

        @Override
        public Optional<Account> byName(String name) {
            return Optional.empty();
        }

        @Override
        public Optional<Account> byUid(long uid) throws NameServiceException {
            if (hangs) {
                throw new NameServiceException("no answer");
            }
            return uid == 1001 || uid == 1002
                    ? Optional.of(
                            new Account(uid == 1001 ? "alice" : "bob", uid, uid, "/", "/bin/sh"))
                    : Optional.empty();
        }

        @Override
        public List<String> groups(String userName) {
            return userName.equals("alice") ? List.of("alice", "kepm-users") : List.of("bob");
        }

        @Override
        public Optional<List<String>> members(String groupName) {
            return Optional.empty();
        }

        @Override
        public void addToGroup(String userName, String groupName) {}

        @Override
        public void removeFromGroup(String userName, String groupName) {}
    }
}
