package io.kepm.api.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SecretsTest {

    private static String argv(String... words) {
        return String.join(" ", Secrets.hiddenInArgv(List.of(words)));
    }

    @Test
    void ab_109_values_of_options_that_are_named_like_secrets_are_hidden() {
        assertThat(argv("x", "--password=canary", "--Auth-Token=canary", "-apiKey=canary", "a=b"))
                .isEqualTo("x --password=*** --Auth-Token=*** -apiKey=*** a=b");
        assertThat(argv("x", "--password", "canary", "--db_secret", "canary", "word"))
                .isEqualTo("x --password *** --db_secret *** word");
        assertThat(argv("env", "PGPASSWORD=canary", "CertPassword=canary", "psql"))
                .isEqualTo("env PGPASSWORD=*** CertPassword=*** psql");
    }

    @Test
    void ab_109_what_programs_have_of_their_own_is_hidden() {
        assertThat(argv("/usr/bin/mysql", "-uroot", "-pcanary"))
                .isEqualTo("/usr/bin/mysql -uroot -p***");
        assertThat(argv("sshpass", "-p", "canary", "ssh")).isEqualTo("sshpass -p *** ssh");
        assertThat(argv("mkdir", "-p", "a")).isEqualTo("mkdir -p a");
        assertThat(argv("curl", "-u", "me:canary", "-uyou:canary"))
                .isEqualTo("curl -u me:*** -uyou:***");
        assertThat(argv("curl", "-H", "Authorization: Bearer canary1234"))
                .isEqualTo("curl -H Authorization: ***");
        assertThat(argv("openssl", "-passin", "pass:canary")).doesNotContain("canary");
        assertThat(argv("git", "clone", "https://me:canary@host/x"))
                .isEqualTo("git clone https://me:***@host/x");
    }

    @Test
    void where_a_secret_is_may_be_known() {
        assertThat(
                        argv(
                                "x",
                                "--password-file=/run/p",
                                "--token-path",
                                "/run/t",
                                "--password-stdin"))
                .isEqualTo("x --password-file=/run/p --token-path /run/t --password-stdin");
    }

    @Test
    void nobody_hides_a_script_behind_the_name_of_a_secret() {
        assertThat(argv("sh", "-c", "PASSWORD=x; cp /tmp/e /etc/sudoers.d/e"))
                .isEqualTo("sh -c PASSWORD=***; cp /tmp/e /etc/sudoers.d/e");
        assertThat(argv("sh", "-c", "TOKEN=x&&reboot")).isEqualTo("sh -c TOKEN=***&&reboot");
        assertThat(Secrets.hiddenInText(": secret=\"`cp /tmp/e /etc/e`\""))
                .contains("/tmp/e /etc/e");
        assertThat(Secrets.hiddenInText("password=\"; cp /tmp/e /etc/e")).contains("cp /tmp/e");
        assertThat(Secrets.hiddenInText("-----BEGIN PRIVATE KEY-----\nQUJD\n; cp /tmp/e /etc/e"))
                .doesNotContain("QUJD")
                .contains("; cp /tmp/e /etc/e");
    }

    @Test
    void a_vector_without_secrets_stays_the_same_one() {
        List<String> argv = List.of("systemctl", "restart", "--now", "nginx", "a=b", "c:d");
        assertThat(Secrets.hiddenInArgv(argv)).isSameAs(argv);
        assertThat(Secrets.hiddenInArgv(List.of())).isEmpty();
    }

    @Test
    void ab_109_secrets_in_a_text_are_hidden() {
        assertThat(
                        Secrets.hiddenInText(
                                "GET / Authorization: Basic Y2FuYXJ5 {\"Authorization\":\"Bearer canary\"}"))
                .doesNotContain("canary", "Y2FuYXJ5");
        assertThat(Secrets.hiddenInText("sent bearer canary.canary-canary twice"))
                .isEqualTo("sent bearer *** twice");
        assertThat(
                        Secrets.hiddenInText(
                                "{\"clientSecret\" : \"canary\", 'password':'canary', x: 1}"))
                .doesNotContain("canary")
                .contains("x: 1");
        assertThat(
                        Secrets.hiddenInText(
                                "run tool --token canary --password=canary; password: canary"))
                .isEqualTo("run tool --token *** --password=***; password: ***");
        assertThat(
                        Secrets.hiddenInText(
                                "-----BEGIN EC PRIVATE KEY-----\ncanary\n-----END EC PRIVATE KEY-----"))
                .doesNotContain("canary");
        assertThat(
                        Secrets.hiddenInText(
                                "US:AAAAAAAAAAAAAAAAAAAAAA:canarycanarycanarycanarycanarycanarycanarycan"))
                .isEqualTo("US:AAAAAAAAAAAAAAAAAAAAAA:***");
    }

    @Test
    void plain_sentences_stay_as_they_are() {
        for (String text :
                List.of(
                        "unexpected token at line 3: `}`",
                        "the password of alice is too old",
                        "listening on https://127.0.0.1:6889",
                        "policy set 3-1a2b3c4d in force: 12 policies",
                        "sha256:" + "ab".repeat(32))) {
            assertThat(Secrets.hiddenInText(text)).isEqualTo(text);
        }
    }

    @Test
    @Timeout(60)
    void a_hostile_text_takes_no_long_time() {
        for (String part :
                List.of("password", "token=\"", "a:", "://", "bearer ", "-----BEGIN ", " --a")) {
            String text = part.repeat(16_384 / part.length()) + " key";
            assertThat(Secrets.hiddenInText(text)).as(part).isNotEmpty();
        }
    }

    @Test
    void ab_109_no_record_keeps_a_secret_of_a_command_line() {
        AuditDraft.TargetInfo target =
                new AuditDraft.TargetInfo("/x", List.of("x", "--password=canary"), "", "/", "root");
        assertThat(target.argv()).containsExactly("x", "--password=***");
    }

    /**
     * People paste what they were sent: the reason is kept, and what is no business of a log not.
     */
    @Test
    void ab_109_no_record_keeps_a_secret_of_a_reason() {
        AuditDraft draft =
                AuditDraft.of(AuditType.JUSTIFICATION_RECORDED, "OK")
                        .reason(
                                "ticket 7: psql with PGPASSWORD=canary, see https://me:canary@host/7")
                        .build();
        assertThat(draft.reason())
                .isEqualTo("ticket 7: psql with PGPASSWORD=***, see https://me:***@host/7");
    }
}
