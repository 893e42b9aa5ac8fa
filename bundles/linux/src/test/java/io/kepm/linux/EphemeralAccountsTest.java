package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With programs that only write it down; the real ones are tried on the assembled agent. */
class EphemeralAccountsTest {

    private static final String GRANT = "0193f3a1-0000-7000-8000-0123456789ab";
    private static final String NAME = "keeperusersession-0123456789ab";

    @TempDir Path folder;
    private final List<String> ran = new ArrayList<>();
    private String fails = "nothing";
    private Path passwd = Path.of("/");
    private EphemeralAccountsComponent accounts;

    @BeforeEach
    void open() throws IOException {
        passwd = folder.resolve("passwd");
        Files.writeString(passwd, "root:x:0:0:root:/root:/bin/bash\n");
        accounts =
                new EphemeralAccountsComponent(
                        this::run,
                        new EphemeralNumbers(
                                new AccountsComponent(this::run), folder.resolve("last-account")),
                        passwd,
                        folder.resolve("homes"));
    }

    private Commands.Result run(List<String> argv, java.time.Duration timeout) {
        ran.add(String.join(" ", argv));
        try {
            if (argv.get(0).endsWith(fails)) {
                return new Commands.Result(1, "it fails\n");
            }
            if (argv.get(0).endsWith("useradd")) {
                String uid = argv.get(argv.indexOf("--uid") + 1);
                String name = argv.get(argv.size() - 1);
                Files.writeString(
                        passwd,
                        name + ":x:" + uid + ":" + uid + "::/homes:/usr/sbin/nologin\n",
                        StandardOpenOption.APPEND);
            }
            if (argv.get(0).endsWith("userdel")) {
                Files.writeString(passwd, "");
            }
        } catch (IOException e) {
            return new Commands.Result(2, e.toString());
        }
        return new Commands.Result(0, "");
    }

    @Test
    void ab_16_an_account_has_no_shell_no_login_and_only_the_groups_it_was_made_with()
            throws Exception {
        Account account = accounts.create(GRANT, List.of(27L, 44L));
        assertThat(account.name()).isEqualTo(NAME);
        assertThat(account.uid()).isBetween(57_000L, 58_999L);
        assertThat(account.shell()).isEqualTo("/usr/sbin/nologin");
        assertThat(accounts.present()).containsExactly(NAME);
        assertThat(ran.get(0))
                .startsWith("/usr/sbin/useradd --no-log-init --no-create-home")
                .contains("--shell /usr/sbin/nologin --user-group", "--groups 27,44")
                .endsWith(" " + NAME);
        assertThat(ran.get(2)).contains("-m 0700 -o " + NAME);
        assertThatThrownBy(() -> accounts.create(GRANT, List.of()))
                .hasMessageContaining("there already");
    }

    @Test
    void ab_16_a_number_comes_again_when_all_others_did_also_over_a_restart() throws Exception {
        Files.writeString(folder.resolve("last-account"), "58998\n");
        assertThat(accounts.create(GRANT, List.of()).uid()).isEqualTo(58_999L);
        open();
        assertThat(accounts.create(GRANT, List.of()).uid()).isEqualTo(57_000L);
        Files.writeString(folder.resolve("last-account"), "0\n");
        open();
        assertThat(accounts.create(GRANT, List.of()).uid()).isBetween(57_000L, 58_999L);
    }

    @Test
    void what_it_left_goes_with_it() throws Exception {
        long uid = accounts.create(GRANT, List.of()).uid();
        Files.createDirectories(folder.resolve("homes").resolve(NAME));
        ran.clear();
        accounts.remove(NAME);
        assertThat(ran)
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("/usr/sbin/userdel " + NAME),
                        line ->
                                assertThat(line)
                                        .startsWith("/usr/bin/find /tmp")
                                        .endsWith("-uid " + uid + " -delete"),
                        line -> assertThat(line).startsWith("/usr/bin/rm -rf --one-file-system"));
        accounts.remove(NAME);
    }

    @Test
    void what_others_put_into_its_folders_keeps_no_account() throws Exception {
        accounts.create(GRANT, List.of());
        fails = "find";
        accounts.remove(NAME);
        assertThat(accounts.present()).isEmpty();
    }

    @Test
    void nothing_is_touched_but_what_was_made_here() throws Exception {
        for (String name : List.of("root", "keeperusersession-", "keeperusersession-0/..", "")) {
            assertThatThrownBy(() -> accounts.remove(name)).hasMessageContaining("no account of");
        }
        Files.writeString(passwd, NAME + ":x:0:0::/root:/bin/sh\n");
        assertThatThrownBy(() -> accounts.remove(NAME)).hasMessageContaining("none of ours");
        assertThatThrownBy(() -> accounts.create("x/../y", List.of()))
                .hasMessageContaining("is not the id");
        assertThat(ran).isEmpty();
    }

    @Test
    void one_that_cant_be_made_whole_leaves_nothing() {
        fails = "install";
        assertThatThrownBy(() -> accounts.create(GRANT, List.of()))
                .hasMessageContaining("it fails");
        assertThat(ran).contains("/usr/sbin/userdel " + NAME);
        ran.clear();
        fails = "useradd";
        assertThatThrownBy(() -> accounts.create(GRANT, List.of()))
                .hasMessageContaining("it fails");
        assertThat(ran).hasSize(1);
    }
}
