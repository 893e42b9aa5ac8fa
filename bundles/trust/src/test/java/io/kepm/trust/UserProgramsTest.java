package io.kepm.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.linux.Accounts;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UserProgramsTest {

    private static final Path TOOL = Path.of("/usr/bin/notify-send");
    private boolean hangs;

    private final UserProgramsComponent programs =
            new UserProgramsComponent(new Names(), List.of("zenity"), List.of("sudo"));

    @Test
    void a_program_that_is_not_named_is_for_administrators_alone() throws Exception {
        assertThat(programs.refusal(TOOL, "alice"))
                .hasValueSatisfying(
                        why ->
                                assertThat(why)
                                        .contains("notify-send")
                                        .contains("AllowedNonAdminExecutables"));
        assertThat(programs.refusal(TOOL, "anna")).isEmpty();
        assertThat(programs.refusal(TOOL, "root")).isEmpty();
        assertThat(programs.refusal(Path.of("/usr/bin/zenity"), "alice")).isEmpty();
    }

    @Test
    void a_user_whom_nobody_knows_is_no_administrator() throws Exception {
        assertThat(programs.refusal(TOOL, "ghost")).isPresent();
        hangs = true;
        assertThatThrownBy(() -> programs.refusal(TOOL, "anna"))
                .isInstanceOf(Accounts.NameServiceException.class);
    }

    private final class Names implements Accounts {
        @Override
        public Optional<Account> byName(String name) throws NameServiceException {
            if (hangs) {
                throw new NameServiceException("no answer");
            }
            return name.equals("ghost")
                    ? Optional.empty()
                    : Optional.of(
                            new Account(name, name.equals("root") ? 0 : 1001, 1, "/", "/bin/sh"));
        }

        @Override
        public Optional<Account> byUid(long uid) {
            return Optional.empty();
        }

        @Override
        public List<String> groups(String userName) {
            return userName.equals("anna") ? List.of("anna", "sudo") : List.of(userName);
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
