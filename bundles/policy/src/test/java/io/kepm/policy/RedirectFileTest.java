package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.policy.PolicyEngine.Redirect;
import io.kepm.api.trust.FileTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class RedirectFileTest {

    private static final String RULES =
            """
            {"name":"RedirectEvaluator","pluginType":"Service","metadata":{"redirect":{"enabled":true,"rules":[
              {"sourceExePattern":"^nm-.*","nonAdminOnly":true,"targetExe":"/opt/site/network","targetArguments":"--simple"},
              {"sourceExePattern":"^vim?$","commandLinePattern":"\\\\s/etc/","elevationOnly":true,"targetExe":"/opt/site/edit"},
              {"sourceExePattern":"vi","targetExe":"/opt/site/never"}]}}}
            """;

    @TempDir Path folder;

    private List<FileTrust.Violation> violations = List.of();
    private RedirectFile redirects;

    private void write(String json) throws IOException {
        Files.writeString(file(), json);
        if (redirects == null) {
            redirects = new RedirectFile(file(), path -> violations, Set.of("wheel"));
        }
        redirects.look();
    }

    private Path file() {
        return folder.resolve("RedirectEvaluator.json");
    }

    private Optional<String> of(Ask ask) {
        return redirects.of(ask.request()).map(Redirect::text);
    }

    @Test
    void the_first_rule_that_fits_names_the_substitute() throws IOException {
        write(RULES);
        assertThat(of(Ask.command("/usr/bin/nm-editor")))
                .contains("`/opt/site/network --simple` runs in its place");
        assertThat(of(Ask.command("/usr/bin/nm-editor").by("root", "wheel")))
                .as("administrators are spared")
                .isEmpty();
        assertThat(of(Ask.command("/usr/bin/vim", "/etc/hosts")))
                .contains("`/opt/site/edit` runs in its place");
        assertThat(of(Ask.command("/usr/bin/vim", "/srv/x")))
                .contains("`/opt/site/never` runs in its place");
        assertThat(of(Ask.command("/usr/bin/e").real("/usr/bin/vim.basic")))
                .as("by the program that it leads to as well")
                .isPresent();
        assertThat(of(Ask.command("/usr/bin/id", "vi"))).isEmpty();
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void ab_26_a_pipe_in_the_place_of_the_rules_is_not_waited_for_and_holds_everything_back()
            throws Exception {
        assertThat(new ProcessBuilder("mkfifo", file().toString()).start().waitFor()).isZero();
        redirects = new RedirectFile(file(), path -> violations, Set.of());
        redirects.look();

        assertThat(redirects.fault()).contains("not a regular file");
        assertThat(of(Ask.command("/usr/bin/id"))).isPresent();
    }

    @Test
    void without_the_file_or_switched_off_there_is_none() throws IOException {
        redirects = new RedirectFile(file(), path -> violations, Set.of());
        assertThat(of(Ask.command("/usr/bin/vi"))).as("not looked at yet").isPresent();
        redirects.look();
        assertThat(of(Ask.command("/usr/bin/vi"))).isEmpty();
        write(RULES.replace("\"enabled\":true", "\"enabled\":false"));
        assertThat(of(Ask.command("/usr/bin/vi"))).isEmpty();
        write("{\"name\":\"RedirectEvaluator\"}");
        assertThat(of(Ask.command("/usr/bin/vi"))).isEmpty();
        assertThat(redirects.fault()).isEmpty();
    }

    @Test
    void ab_80_a_bad_file_leaves_the_good_rules_and_without_any_holds_everything_back()
            throws IOException {
        write(RULES.replace("^vim?$", "(["));
        assertThat(of(Ask.command("/usr/bin/id")))
                .hasValueSatisfying(text -> assertThat(text).contains("can't be read"));
        assertThat(redirects.fault()).contains("rules[1].sourceExePattern");
        write(RULES);
        assertThat(of(Ask.command("/usr/bin/id"))).isEmpty();
        for (String bad :
                List.of(
                        "",
                        RULES.replace("\"rules\"", "\"ruless\""),
                        RULES.replace("\"/opt/site/edit\"", "\"edit\""),
                        RULES.replace("\"sourceExePattern\":\"vi\",", ""),
                        RULES.replace("targetArguments", "arguments"))) {
            write(bad);
            assertThat(redirects.fault()).isNotEmpty();
            assertThat(of(Ask.command("/usr/bin/vi")))
                    .contains("`/opt/site/never` runs in its place");
        }
        violations = List.of(new FileTrust.Violation(file(), "writable by others", "chmod"));
        write(RULES);
        assertThat(redirects.fault()).contains("writable by others");
    }
}
