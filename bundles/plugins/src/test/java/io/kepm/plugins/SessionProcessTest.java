package io.kepm.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.linux.LaunchOrder;
import io.kepm.api.linux.Sessions;
import io.kepm.api.trust.Launches;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What runs of an {@code Executable} in somebody's session. */
class SessionProcessTest extends ProcessBodies {

    private void login(long uid, String type) {
        sessions.add(new Sessions.Session(uid, type, ":0"));
    }

    @Test
    void ab_75_a_plugin_of_a_user_runs_as_the_one_who_is_logged_in_with_no_more_than_their_rights()
            throws Exception {
        ProcessBody body = body("inner/run.sh", ", \"executionContext\": \"User\"");
        assertThat(body.awaits()).hasValueSatisfying(why -> assertThat(why).contains("nobody is"));
        assertThatThrownBy(body::start).hasMessageContaining("nobody is logged in");
        login(1001, "tty");
        assertThat(body.awaits()).isEmpty();
        body.start();

        assertThat(child().order.user())
                .isEqualTo(new LaunchOrder.LaunchUser(1001, 1001, List.of(1001L, 27L)));
        assertThat(child().order.environment())
                .containsEntry("HOME", "/home/u1001")
                .doesNotContainKey("DISPLAY");
        assertThat(launches.component("plugin:p").orElseThrow().tier())
                .isEqualTo(Launches.Reach.USER);
        login(1002, "tty");
        assertThat(body.awaits()).as("its own user is still there").isEmpty();
        sessions.removeIf(session -> session.uid() == 1001);
        assertThat(body.awaits()).hasValueSatisfying(why -> assertThat(why).contains("logged out"));
    }

    @Test
    void an_interactive_plugin_needs_a_desktop_and_knows_it() throws Exception {
        ProcessBody body = body("inner/run.sh", ", \"executionContext\": \"Interactive\"");
        login(1001, "tty");
        assertThat(body.awaits())
                .hasValueSatisfying(why -> assertThat(why).contains("nobody has a desktop"));
        login(1002, "wayland");
        body.start();

        assertThat(child().order.user().uid()).isEqualTo(1002);
        assertThat(child().order.environment())
                .containsEntry("DISPLAY", ":0")
                .containsEntry("XDG_RUNTIME_DIR", "/run/user/1002");
        login(1003, "x11");
        assertThat(body("inner/run.sh", ", \"executionContext\": \"Interactive\"").awaits())
                .hasValueSatisfying(why -> assertThat(why).contains("several users"));
    }

    @Test
    void a_program_that_may_not_run_in_the_session_of_a_user_does_not() throws Exception {
        login(1001, "tty");
        refusal = Optional.of("`run.sh` is not in `AllowedNonAdminExecutables`");

        assertThatThrownBy(() -> body("inner/run.sh", ", \"executionContext\": \"User\"").start())
                .hasMessageContaining("AllowedNonAdminExecutables");
        assertThat(launches.launcher.children).isEmpty();
    }

    @Test
    void what_is_refused_in_the_session_of_a_user_waits_for_one_in_which_it_may_run()
            throws Exception {
        login(1001, "tty");
        refusal = Optional.of("`run.sh` is not in `AllowedNonAdminExecutables`");
        ProcessBody body = body("inner/run.sh", ", \"executionContext\": \"User\"");
        assertThat(body.awaits()).hasValueSatisfying(why -> assertThat(why).contains("NonAdmin"));
        assertThat(body.awaits()).isPresent();
        assertThat(questions).as("looks within ten seconds ask once").isEqualTo(1);

        refusal = Optional.empty();
        assertThat(body.awaits()).isPresent();
        sessions.clear();
        login(1002, "tty");
        assertThat(body.awaits()).as("an administrator").isEmpty();
        sessions.clear();
        login(1001, "tty");
        refusal = Optional.of("again");
        assertThat(body.awaits()).isPresent();
        refusal = Optional.empty();
        now = now.plusSeconds(10);
        assertThat(body.awaits()).as("who has become one").isEmpty();
    }
}
