package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.EphemeralAccounts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LeftAccountsTest extends LivingGrant {

    private final Set<String> there = new TreeSet<>();
    private final List<String> asked = new ArrayList<>();
    private Optional<String> fault = Optional.empty();

    @Test
    void ab_92_what_a_crash_left_goes_before_the_doors_open_and_no_other() throws Exception {
        String own = EphemeralAccounts.name(run(15));
        there.add(own);
        there.add("keeperusersession-0123456789ab");
        new LeftAccounts(new Machine(), grants).begin();
        assertThat(there).containsExactly(own);
    }

    @Test
    void later_only_one_that_two_looks_saw_without_a_grant_goes() throws Exception {
        LeftAccounts left = new LeftAccounts(new Machine(), grants);
        String own = EphemeralAccounts.name(run(15));
        there.add(own);
        there.add("keeperusersession-1");
        left.look();
        assertThat(there).hasSize(2);
        there.add("keeperusersession-2");
        left.look();
        assertThat(there).containsExactlyInAnyOrder(own, "keeperusersession-2");
        fault = Optional.of("keeperusersession-2");
        left.look();
        fault = Optional.empty();
        left.look();
        assertThat(there).containsExactly(own);
        assertThat(asked).hasSize(3);
    }

    private final class Machine implements EphemeralAccounts {
        @Override
        public Account create(String grantId, List<Long> groups) throws IOException {
            throw new IOException("none is made here");
        }

        @Override
        public void remove(String name) throws IOException {
            asked.add(name);
            if (fault.filter(name::equals).isPresent()) {
                throw new IOException("a process of its hangs");
            }
            there.remove(name);
        }

        @Override
        public Set<String> present() {
            return Set.copyOf(there);
        }
    }
}
