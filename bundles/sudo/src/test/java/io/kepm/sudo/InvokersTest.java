package io.kepm.sudo;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.linux.Accounts;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InvokersTest {

    @Test
    void the_real_uid_of_a_process_is_read_and_a_process_that_is_gone_is_unknown() {
        Invokers invokers = Invokers.of(new FakeAccounts());
        assertThat(invokers.realUid((int) ProcessHandle.current().pid())).isNotNegative();
        assertThat(invokers.realUid(0)).isEqualTo(Invokers.UNKNOWN);
    }

    @Test
    void whoever_is_unknown_counts_as_governed_and_others_only_by_their_groups() {
        assertThat(Invokers.of(new FakeAccounts()).isGoverned(1001)).isTrue();
        assertThat(Invokers.of(member("kepm-users")).isGoverned(1001)).isTrue();
        assertThat(Invokers.of(member("sudo")).isGoverned(1001)).isFalse();
    }

    private static Accounts member(String group) {
        return new FakeAccounts() {
            @Override
            public Optional<Account> byUid(long uid) {
                return Optional.of(new Account("bob", uid, uid, "/home/bob", "/bin/sh"));
            }

            @Override
            public List<String> groups(String userName) {
                return List.of("bob", group);
            }
        };
    }
}
