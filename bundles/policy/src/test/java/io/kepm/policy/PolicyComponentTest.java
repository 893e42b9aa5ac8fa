package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.health.HealthCheck;
import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.settings.Setting;
import io.kepm.api.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyComponentTest {

    @TempDir Path approot;
    private final FakeStore store = new FakeStore();

    private PolicyComponent component() {
        Settings defaults =
                new Settings() {
                    @Override
                    public <T> T get(Setting<T> setting) {
                        return setting.defaultValue();
                    }

                    @Override
                    public Path approot() {
                        return approot;
                    }
                };
        return new PolicyComponent(defaults, store, store, path -> List.of());
    }

    private void write(String name, String policy) throws IOException {
        Files.createDirectories(approot.resolve("policies"));
        Files.writeString(approot.resolve("policies").resolve(name), policy.replace('\'', '"'));
    }

    @Test
    void without_a_set_every_request_is_denied_and_health_says_so() {
        PolicyComponent engine = component();
        EvaluationRequest request = Ask.command("/usr/bin/id").request();
        assertThat(engine.evaluate(request, TestSet.MONDAY_NOON).decision().reasons())
                .extracting(reason -> reason.code())
                .containsExactly("engine:unavailable");
        assertThat(engine.check().level()).isEqualTo(HealthCheck.Level.UNHEALTHY);
        engine.stop();
    }

    @Test
    void it_decides_explains_and_lists_by_the_set_in_the_folder() throws IOException {
        write("a.json", TestSet.allow("a", "'Extension':{'AllowCommands':['/usr/bin/id -u']}"));
        write("b.json", TestSet.policy("b", "'DENY'", "'DayCheck':[0]"));
        PolicyComponent engine = component();
        EvaluationRequest request = Ask.command("/usr/bin/id", "-u").request();
        assertThat(engine.evaluate(request, TestSet.MONDAY_NOON).decision().outcome())
                .isEqualTo("ALLOW");
        PolicyEngine.Explanation explanation = engine.explain(request, TestSet.MONDAY_NOON);
        assertThat(explanation.considered())
                .extracting(reason -> reason.text())
                .containsExactly(
                        "policy `Policy a` (a, version 1) in enforce matches",
                        "policy `Policy b` (b, version 1) in enforce does not match");
        assertThat(explanation.considered().get(1).filters())
                .anySatisfy(
                        verdict -> {
                            assertThat(verdict.filter()).isEqualTo("DayCheck");
                            assertThat(verdict.matched()).isFalse();
                        });
        assertThat(engine.policies()).extracting(s -> s.policy().id()).containsExactly("a", "b");
        assertThat(engine.status().revision().number()).isEqualTo(1);
        assertThat(engine.check().level()).isEqualTo(HealthCheck.Level.HEALTHY);
        // Nobody else looks while failures are counted.
        engine.stop();
        write("c.json", "{");
        assertThat(engine.reload().failure()).hasSize(1);
        assertThat(engine.check().level()).isEqualTo(HealthCheck.Level.DEGRADED);
        assertThat(engine.metrics())
                .extracting(metric -> metric.name() + " " + metric.samples().get(0).value())
                .containsExactly(
                        "kepm_policies 2.0",
                        "kepm_policies_watching 0.0",
                        "kepm_policy_load_failures_total 1.0");
    }

    @Test
    void ab_101_entitlements_are_those_of_the_user_and_machine_alone() throws IOException {
        write(
                "a.json",
                TestSet.policy(
                        "a",
                        "'MFA'",
                        "'Extension':{'AllowCommands':['/usr/bin/id *'],"
                                + "'DenyCommands':['/usr/bin/id -Z']}"));
        write(
                "b.json",
                TestSet.allow("b", "'ApplicationCheck':['/x']").replace("['*']", "['bob']"));
        write("c.json", TestSet.allow("c", "'MachineCheck':['other'],'ApplicationCheck':['/y']"));
        write(
                "d.json",
                TestSet.allow("d", "'ApplicationCheck':['/z']").replace("enforce", "monitor"));
        PolicyComponent engine = component();
        EvaluationRequest request = Ask.command("/usr/bin/id").request();
        assertThat(engine.entitlements(request.user(), request.machine()))
                .extracting(e -> e.policy().id() + " " + e.commands() + e.controls() + e.runAs())
                .containsExactly("a [/usr/bin/id -Z …][DENY][*]", "a [/usr/bin/id …][MFA][root]");
        engine.stop();
    }

    /** sudo's door asks every second; what it asks for changes with the set alone. */
    @Test
    void which_programs_are_judged_inside_is_looked_for_once_for_each_set() throws IOException {
        write(
                "a.json",
                TestSet.allow(
                        "a", "'ApplicationCheck':['/bin/sh'],'Extension':{'Intercept':true}"));
        PolicyComponent engine = component();
        assertThat(engine.judgedInside()).containsExactly("/bin/sh");
        assertThat(engine.judgedInside()).isSameAs(engine.judgedInside());
        write(
                "a.json",
                TestSet.allow(
                        "a", "'ApplicationCheck':['/bin/dash'],'Extension':{'Intercept':true}"));
        assertThat(engine.reload().failure()).isEmpty();
        assertThat(engine.judgedInside()).containsExactly("/bin/dash");
        engine.stop();
    }
}
