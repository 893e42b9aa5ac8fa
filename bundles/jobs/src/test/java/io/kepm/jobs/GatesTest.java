package io.kepm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.jobs.JobRun;
import io.kepm.api.jobs.Jobs;
import io.kepm.api.jobs.Launch;
import io.kepm.api.jobs.RunState;
import io.kepm.api.linux.FakeLauncher.FakeChild;
import io.kepm.api.linux.LaunchOrder;
import io.kepm.api.linux.Sessions;
import io.kepm.api.policy.Conditions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is asked before something is launched as somebody else than the agent. */
class GatesTest extends HouseFixture {

    @Test
    void ab_17_what_runs_elevated_goes_through_the_one_launch_decision() throws Exception {
        login(1001, "tty");
        job(
                "",
                "{'executablePath':'/usr/bin/env','arguments':['a'],'executionType':'UserElevated'}");
        JobRun refused = house.run("j");
        assertThat(refused.state()).isEqualTo(RunState.FAILED);
        assertThat(refused.reason()).contains("no policy allows it");
        assertThat(house.launches.launcher.children).isEmpty();
        assertThat(house.asked.get(0).user()).isEqualTo("alice");
        assertThat(house.asked.get(0).argv()).containsExactly("env", "a");
        assertThat(house.asked.get(0).canPrompt()).isFalse();
        house.answer = new LaunchAnswer.OwnRight("r", List.of());
        assertThat(house.run("j").state()).isEqualTo(RunState.FAILED);
        assertThat(house.launches.launcher.children).isEmpty();
        house.answer =
                new LaunchAnswer.Run("r", "g1", conditions("root", List.of("env", "a")), List.of());
        FakeChild child = child();
        assertThat(child.order.user().uid()).isZero();
        assertThat(child.order.argv()).containsExactly("env", "a");
        child.exit(4);
        assertThat(house.last("j").reason()).contains("exit code 4");
        assertThat(house.ended).containsExactly("grant g1 of 1000", "grant g1 exit 4");
        house.ended.clear();
        house.binds = false;
        assertThat(house.run("j").reason()).contains("ended before it began");
        assertThat(house.ended).last().isEqualTo("grant g1 error 1");
    }

    @Test
    void ab_17_what_a_plugin_launches_is_declared_and_goes_through_the_one_launch_decision()
            throws Exception {
        job(
                "'launchedBy':['helper'],",
                "{'executablePath':'/usr/bin/env','arguments':['a'],'executionType':'UserElevated'}");
        Jobs jobs = house.wiring.desk();
        Optional<Launch.User> alice = Optional.of(new Launch.User("alice", 1001));
        for (String other : List.of("plugin:other", "helper", "job:helper:1", "")) {
            assertThat(jobs.launch("j", new Launch(other, alice, "", Map.of())))
                    .as(other)
                    .isInstanceOf(Jobs.Started.Unknown.class);
        }
        assertThat(jobs.launch("none", new Launch("plugin:helper", alice, "", Map.of())))
                .isInstanceOf(Jobs.Started.Unknown.class);
        assertThat(house.asked).isEmpty();
        // Whom the plugin names has to be there: it lends nobody's rights behind their back.
        assertThat(jobs.launch("j", new Launch("plugin:helper", alice, "r-6", Map.of())))
                .isInstanceOf(Jobs.Started.Accepted.class);
        TestHouse.await(() -> house.last("j").reason().contains("nobody is logged in"));
        assertThat(house.asked).isEmpty();
        house.sessions.add(new Sessions.Session(1001, "tty", ""));
        assertThat(jobs.launch("j", new Launch("plugin:helper", alice, "r-7", Map.of())))
                .isInstanceOf(Jobs.Started.Accepted.class);
        TestHouse.await(() -> house.last("j").reason().contains("no policy allows it"));
        assertThat(house.last("j").by()).isEqualTo("plugin:helper");
        assertThat(house.last("j").trigger()).isEqualTo("launch");
        assertThat(house.last("j").reason()).contains("no policy allows it");
        assertThat(house.asked.get(0).user() + " " + house.asked.get(0).uid())
                .isEqualTo("alice 1001");
        assertThat(house.launches.launcher.children).isEmpty();
        // Root is not a user whom anything is elevated for.
        Optional<Launch.User> root = Optional.of(new Launch.User("root", 0));
        var unused = jobs.launch("j", new Launch("plugin:helper", root, "", Map.of()));
        TestHouse.await(
                () ->
                        house.last("j")
                                .reason()
                                .matches(".*no user 0|root is no.*|.*nobody is logged in.*"));
        assertThat(house.asked).hasSize(1);
    }

    private static Conditions conditions(String runAs, List<String> argv) {
        return new Conditions(
                runAs,
                argv,
                Duration.ofMinutes(5),
                false,
                List.of(),
                0,
                false,
                false,
                false,
                false,
                false,
                false,
                false,
                List.of(),
                List.of());
    }

    private void login(long uid, String type) {
        house.sessions.clear();
        house.sessions.add(new Sessions.Session(uid, type, ":0"));
    }

    @Test
    void ab_17_what_runs_as_a_user_has_to_be_let_in_and_is_no_more_than_that_user()
            throws Exception {
        Path own = folder.resolve("Jobs/bin/ask/ask");
        Files.createDirectories(own.getParent());
        Files.writeString(own, "#!/bin/sh\n");
        job("", "{'command':'ask','executionType':'User'}");
        assertThat(house.run("j").reason()).contains("nobody is logged in");
        login(1001, "tty");
        house.refusal = "`ask` may not run in the session of `alice`";
        assertThat(house.run("j").reason()).contains("may not run in the session");
        assertThat(house.launches.launcher.children).isEmpty();
        house.refusal = "";
        FakeChild child = child();
        assertThat(child.order.user())
                .isEqualTo(new LaunchOrder.LaunchUser(1001, 1001, List.of(1001L, 27L)));
        // Not from where only root can read.
        assertThat(child.order.executable().toString())
                .startsWith(folder.resolve("exec").toString())
                .endsWith("/ask");
        assertThat(child.order.environment()).containsEntry("HOME", "/home/alice");
        assertThat(house.launches.running("job:j:" + house.runs("j").get(0).id())).isPresent();
        child.exit(0);
        job("", "{'command':'ask','executionType':'UserDesktop'}");
        assertThat(house.run("j").reason()).contains("nobody has a desktop");
        login(1001, "x11");
        assertThat(child().order.environment())
                .containsEntry("DISPLAY", ":0")
                .containsEntry("XDG_RUNTIME_DIR", "/run/user/1001");
    }
}
