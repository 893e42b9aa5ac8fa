package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.PolicyEngine.Configuration;
import org.junit.jupiter.api.Test;

/** What policies say about a machine's configuration. */
class ConfigurationsTest {

    private static String job(String id, String status, String machine) {
        return "{'PolicyId':'"
                + id
                + "','PolicyName':'n','PolicyType':'JobUpdate','Status':'"
                + status
                + "','MachineCheck':['"
                + machine
                + "'],'Actions':{'OnSuccess':{'Controls':[]}},'Extension':{'Action':'Delete','JobId':'"
                + id
                + "'}}";
    }

    @Test
    void only_policies_in_force_that_name_the_machine_say_something() {
        PolicySet set =
                TestSet.load(
                        job("here", "enforce", "web-1"),
                        job("all", "enforce", "*"),
                        job("elsewhere", "enforce", "db-1"),
                        job("watching", "monitor", "*"));
        assertThat(new Configurations(set).of(new EvaluationRequest.Machine("web-1", "linux")))
                .extracting(one -> one.policy().id() + " " + one.type())
                .containsExactlyInAnyOrder("all JobUpdate", "here JobUpdate");
        assertThat(new Configurations(set).of(new EvaluationRequest.Machine("web-1", "linux")))
                .extracting(Configuration::extension)
                .anyMatch(text -> text.contains("\"JobId\":\"here\""));
    }
}
