package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which programs sudo has to be told of before it asks. */
class JudgedInsideTest {

    private static String policy(String id, String status, String rest) {
        return "{'PolicyId':'"
                + id
                + "','PolicyName':'n','PolicyType':'CommandLine','Status':'"
                + status
                + "','UserCheck':['alice'],'Actions':{'OnSuccess':{'Controls':['ALLOW']}},"
                + rest
                + "}";
    }

    @Test
    void ab_09_those_that_a_policy_in_force_with_intercept_names_by_their_path() {
        PolicySet set =
                TestSet.load(
                        policy(
                                "shells",
                                "enforce",
                                "'ApplicationCheck':['/bin/sh','/usr/bin/bash','zsh','/opt/*/sh'],"
                                        + "'Extension':{'Intercept':true}"),
                        policy(
                                "editor",
                                "enforce",
                                "'Extension':{'Intercept':true,'Commands':[{'Path':'/usr/bin/vim'},"
                                        + "{'Path':'{home}/bin/x'}],"
                                        + "'AllowCommands':['/usr/bin/less /etc/motd','more *']}"),
                        policy(
                                "watching",
                                "monitor",
                                "'ApplicationCheck':['/bin/csh'],'Extension':{'Intercept':true}"),
                        policy("other", "enforce", "'ApplicationCheck':['/bin/ksh']"));
        assertThat(new JudgedInside(set).programs())
                .containsExactly("/bin/sh", "/usr/bin/bash", "/usr/bin/less", "/usr/bin/vim");
    }
}
