package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyCheckTest {

    @TempDir Path folder;

    private PolicyCheck.Result check(String... policies) throws IOException {
        for (int i = 0; i < policies.length; i++) {
            Files.writeString(folder.resolve("p" + i + ".json"), policies[i].replace('\'', '"'));
        }
        return new PolicyCheck().check(List.of(folder), Set.of());
    }

    @Test
    void it_refuses_what_the_loader_refuses() throws IOException {
        PolicyCheck.Result result =
                check(TestSet.allow("a", ""), TestSet.policy("b", "'MFA'", "'X':1"));
        assertThat(result.isOk()).isFalse();
        assertThat(result.errors())
                .extracting(Fault::file, Fault::policyId, Fault::field)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("p0.json", "a", "ApplicationCheck"),
                        org.assertj.core.groups.Tuple.tuple("p1.json", "b", ""));
    }

    @Test
    void the_linter_names_what_is_likely_not_meant() throws IOException {
        Path link =
                Files.createSymbolicLink(
                        folder.resolve("link"), Files.createFile(folder.resolve("program")));
        PolicyCheck.Result result =
                check(
                        TestSet.allow("weak", "'ApplicationCheck':['id']"),
                        TestSet.allow("shell", "'ApplicationCheck':['/usr/bin/python3.11']"),
                        TestSet.allow("escape", "'Extension':{'AllowCommands':['/usr/bin/vim *']}"),
                        TestSet.policy("approval", "'MFA'", "'Approval':{'Uses':2}"),
                        TestSet.policy(
                                "night",
                                "'MFA'",
                                "'TimeCheck':[{'StartTime':'22','EndTime':'6'}],'DayCheck':[5]"),
                        TestSet.policy("folder", "'MFA'", "'Extension':{'Folders':['/opt/*']}"),
                        TestSet.allow("link", "'ApplicationCheck':['" + link + "']"),
                        TestSet.policy("deny", "'DENY'", "'ApplicationCheck':['/usr/bin/vim']"),
                        TestSet.allow(
                                "fine",
                                TestSet.commands("/usr/bin/systemctl", "'restart','nginx'")));
        assertThat(result.errors()).isEmpty();
        assertThat(result.policies()).isEqualTo(9);
        assertThat(result.warnings())
                .filteredOn(w -> w.policyId().equals("link") || !w.message().startsWith("a link"))
                .extracting(Fault::policyId)
                .containsExactlyInAnyOrder(
                        "weak", "shell", "escape", "escape", "approval", "night", "folder", "link");
        assertThat(result.warnings())
                .as("what is denied anyway")
                .anyMatch(w -> w.policyId().equals("escape") && w.message().contains("deny"));
    }
}
