package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.Commands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AccountsComponentTest {

    private final List<List<String>> ran = new ArrayList<>();
    private final Commands commands =
            (argv, timeout) -> {
                ran.add(argv);
                return new Commands.Result(0, "");
            };
    private final AccountsComponent accounts =
            new AccountsComponent(commands, new NameService(), Duration.ofSeconds(5));

    @Test
    void root_is_found_by_name_and_by_number() throws NameServiceException {
        Account root = accounts.byName("root").orElseThrow();
        assertThat(root.uid()).isZero();
        assertThat(root.home()).isEqualTo("/root");
        assertThat(accounts.byUid(0)).contains(root);
        assertThat(accounts.groups("root").get(0)).isEqualTo("root");
        assertThat(accounts.byName("no-such-user-here")).isEmpty();
        assertThat(accounts.byUid(3_999_999_999L)).isEmpty();
        assertThat(accounts.members("no-such-group-here")).isEmpty();
        assertThat(accounts.members("root")).isPresent();
        assertThatThrownBy(() -> accounts.groups("no-such-user-here"))
                .hasMessageContaining("no such user");
    }

    @Test
    void a_member_is_the_account_with_the_same_groups() throws Exception {
        Accounts.Member root = accounts.member("root").orElseThrow();

        assertThat(root.account()).isEqualTo(accounts.byName("root").orElseThrow());
        assertThat(root.groups()).isEqualTo(accounts.groups("root"));
        assertThat(accounts.member("no-such-user-here")).isEmpty();
        assertThat(accounts.member("../root")).isEmpty();
    }

    @Test
    void ab_36_names_that_files_or_rules_would_misread_are_nobody() throws NameServiceException {
        for (String name :
                List.of(
                        "",
                        "#0",
                        "%sudo",
                        "+nis",
                        "-a",
                        "../root",
                        "a/b",
                        "root:x",
                        "root\n",
                        "ro\0ot",
                        " root",
                        "a".repeat(300))) {
            assertThat(accounts.byName(name)).as(name).isEmpty();
            assertThat(accounts.members(name)).as(name).isEmpty();
            assertThatThrownBy(() -> accounts.groups(name)).hasMessageContaining("not a user name");
        }
    }

    @Test
    void ab_36_no_odd_name_reaches_a_program_of_the_system() {
        NameService odd =
                new NameService() {
                    @Override
                    Optional<List<String>> members(String group) {
                        return Optional.of(List.of());
                    }
                };
        AccountsComponent lenient = new AccountsComponent(commands, odd, Duration.ofSeconds(5));
        assertThatThrownBy(() -> lenient.addToGroup("domain users", "kepm-users"))
                .hasMessageContaining("not a name for a local group");
        assertThatThrownBy(() -> lenient.addToGroup("a b;c", "kepm-users"))
                .hasMessageContaining("not a name for a local group");
        assertThat(ran).isEmpty();
        // What the program claims is not believed: the group is read again.
        assertThatThrownBy(() -> lenient.addToGroup("alice", "kepm-users"))
                .hasMessageContaining("still not in group");
        assertThat(ran).containsExactly(List.of("/usr/bin/gpasswd", "-a", "alice", "kepm-users"));
    }

    @Test
    void ab_141_a_directory_that_hangs_is_given_up_after_the_deadline_and_others_go_on()
            throws Exception {
        CountDownLatch letGo = new CountDownLatch(1);
        NameService service = hanging(letGo);
        AccountsComponent patient =
                new AccountsComponent(commands, service, Duration.ofSeconds(20));
        // What is loaded at the first look-up takes its time on a busy machine.
        assertThat(patient.byName("root")).isPresent();
        for (int i = 0; i < 15; i++) {
            patient.patience(Duration.ofMillis(100));
            assertThatThrownBy(() -> patient.byName("hangs"))
                    .hasMessageContaining("did not answer within 100 ms");
            patient.patience(Duration.ofSeconds(20));
            assertThat(patient.byName("root")).isPresent();
        }
        patient.patience(Duration.ofMillis(100));
        assertThatThrownBy(() -> patient.byName("hangs"))
                .hasMessageContaining("did not answer within 100 ms");
        assertThatThrownBy(() -> patient.byName("root"))
                .hasMessageContaining("all 16 look-ups are held");
        letGo.countDown();
        patient.patience(Duration.ofSeconds(20));
        Trials.await(() -> answers(patient));
    }

    @Test
    void a_burst_of_look_ups_waits_for_threads_instead_of_failing() throws Exception {
        AccountsComponent busy =
                new AccountsComponent(commands, new NameService(), Duration.ofSeconds(60));
        AtomicInteger found = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(200);
        for (int i = 0; i < 200; i++) {
            new Thread(
                            () -> {
                                if (answers(busy)) {
                                    found.incrementAndGet();
                                }
                                done.countDown();
                            })
                    .start();
        }
        assertThat(done.await(90, TimeUnit.SECONDS)).isTrue();
        assertThat(found).hasValue(200);
    }

    private static boolean answers(AccountsComponent asked) {
        try {
            return asked.byName("root").isPresent();
        } catch (NameServiceException e) {
            return false;
        }
    }

    private static NameService hanging(CountDownLatch letGo) {
        return new NameService() {
            @Override
            Optional<Account> byName(String name) throws NameServiceException {
                if (!name.equals("hangs")) {
                    return super.byName(name);
                }
                try {
                    letGo.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return Optional.empty();
            }
        };
    }
}
