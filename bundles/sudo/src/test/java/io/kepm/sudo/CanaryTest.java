package io.kepm.sudo;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.health.HealthCheck.Level;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Commands;
import io.kepm.api.trust.FileTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CanaryTest {

    /** What a fake sudo does when the canary asks it. */
    private enum Manner {
        ASKS,
        RUNS,
        RUNS_AND_ASKS,
        CLAIMS_SUCCESS,
        REFUSES_UNASKED,
        HANGS
    }

    private static final long SECOND = 1_000_000_000L;

    @TempDir Path base;

    private final FakeAuditLog audit = new FakeAuditLog();
    private final Nonces nonces = new Nonces();
    private final Map<String, Manner> manners = new HashMap<>();
    private final List<String> tried = new ArrayList<>();
    private final List<FileTrust.Violation> violations = new ArrayList<>();
    private Optional<Accounts.Account> canaryUser =
            Optional.of(new Accounts.Account("kepm-canary", 997, 996, "/", "/bin/false"));
    private boolean ending;
    private boolean visudoFails;
    private boolean visudoFailsTraced;
    private boolean visudoFailsWhole;
    private List<String> traced = List.of();
    private String siteDefaults = "";
    private long now;

    @BeforeEach
    void machine() throws IOException {
        for (String name : List.of("bin", "sudoers.d", "pam.d", "run", "lib")) {
            Files.createDirectory(base.resolve(name));
        }
        for (String name : List.of("sudo.conf", "sudoers", "plugin.so", "gate.so", "canary")) {
            Files.writeString(base.resolve(name), name);
        }
        Path visudo = Files.writeString(base.resolve("visudo"), "x");
        Files.setPosixFilePermissions(visudo, PosixFilePermissions.fromString("rwxr-xr-x"));
        pam("sudo", "account requisite " + base.resolve("gate.so") + "\n@include common-account\n");
        sudo("sudo", "…sudoers…", Manner.ASKS);
    }

    @Test
    void after_a_proof_the_drop_in_is_there_and_on_record() throws IOException {
        Canary canary = begin();
        assertThat(canary.check().level()).isEqualTo(Level.HEALTHY);
        assertThat(canary.check().detail()).contains(base + "/bin/sudo").contains("is active");
        assertThat(dropIn()).hasContent(DropIn.GOVERNED.text());
        assertThat(base.resolve("sudoers.d/kepm-canary")).exists();
        assertThat(audit.outcomes()).containsExactly("CONFIGURATION_CHANGED DROP_IN_WRITTEN");
        assertThat(tick(canary)).isFalse();
        assertThat(base.resolve("sudoers.d/kepm-breakglass")).exists();
        assertThat(tick(canary)).isFalse();
        assertThat(tried).hasSize(1);
    }

    @Test
    void ab_132_a_sudo_that_runs_the_denied_command_ends_the_drop_in_at_once() throws IOException {
        Canary canary = begin();
        for (Manner manner : List.of(Manner.RUNS, Manner.RUNS_AND_ASKS, Manner.CLAIMS_SUCCESS)) {
            audit.drafts.clear();
            manners.put("sudo", manner);
            touch("sudo.conf");
            assertThat(tick(canary)).isTrue();
            assertThat(dropIn()).doesNotExist();
            assertThat(canary.check().level()).isEqualTo(Level.UNHEALTHY);
            assertThat(canary.check().detail()).contains(base + "/bin/sudo");
            assertThat(audit.outcomes()).containsExactly("CONFIGURATION_CHANGED DROP_IN_REMOVED");
            manners.put("sudo", Manner.ASKS);
            touch("sudo.conf");
            assertThat(tick(canary)).isTrue();
            assertThat(dropIn()).exists();
        }
    }

    @Test
    void ab_132_every_set_uid_program_that_reads_sudoers_is_tried_whatever_its_name()
            throws IOException {
        sudo("as-root", "rust sudoers-rs", Manner.RUNS);
        sudo("other", "no such word", Manner.RUNS);
        Path plain = Files.writeString(base.resolve("bin/plain"), "sudoers");
        assertThat(plain).exists();
        Files.createSymbolicLink(base.resolve("bin/sudoedit"), Path.of("sudo"));
        Canary canary = begin();
        assertThat(tried).containsExactly("as-root");
        assertThat(dropIn()).doesNotExist();
        assertThat(canary.check().detail()).contains("as-root");
        manners.put("as-root", Manner.ASKS);
        touch("sudo.conf");
        tick(canary);
        assertThat(tried).containsExactly("as-root", "as-root", "sudo");
        assertThat(dropIn()).exists();
    }

    @Test
    void what_policy_wants_traced_is_in_the_drop_in_within_a_tick() throws IOException {
        Canary canary = begin();
        traced = List.of("/bin/bash");
        assertThat(tick(canary)).isTrue();
        assertThat(dropIn()).hasContent(DropIn.governed(traced).text());
        assertThat(canary.check().detail()).contains("judged too: /bin/bash");
        assertThat(tick(canary)).isFalse();
        traced = List.of();
        assertThat(tick(canary)).isTrue();
        assertThat(dropIn()).hasContent(DropIn.GOVERNED.text());
        manners.put("sudo", Manner.RUNS);
        traced = List.of("/bin/sh");
        assertThat(tick(canary)).isTrue();
        assertThat(dropIn()).doesNotExist();
    }

    @Test
    void what_sudoers_does_not_take_as_traced_locks_nobody_out() throws IOException {
        visudoFailsTraced = true;
        traced = List.of("/bin/bash");
        for (int i = 0; i < 2; i++) {
            Canary canary = begin();
            assertThat(dropIn()).hasContent(DropIn.GOVERNED.text());
            assertThat(canary.check().level()).isEqualTo(Level.DEGRADED);
            assertThat(canary.check().detail()).contains("without Intercept", "/bin/bash", "fault");
        }
        assertThat(audit.outcomes().subList(0, 3))
                .containsExactly(
                        "CONFIGURATION_CHANGED DROP_IN_WRITTEN",
                        "CONFIGURATION_CHANGED DROP_IN_NOT_WRITTEN",
                        "CONFIGURATION_CHANGED DROP_IN_WRITTEN");
        assertThat(audit.drafts.get(2).reason()).contains("/bin/bash");
        visudoFailsTraced = false;
        begin();
        assertThat(dropIn()).hasContent(DropIn.governed(traced).text());
    }

    @Test
    void the_last_record_says_what_became_of_the_drop_in() throws IOException {
        begin();
        visudoFails = true;
        traced = List.of("/bin/bash");
        Canary canary = begin();
        assertThat(canary.check().level()).isEqualTo(Level.DEGRADED);
        assertThat(dropIn()).hasContent(DropIn.GOVERNED.text());
        assertThat(audit.outcomes()).endsWith("CONFIGURATION_CHANGED DROP_IN_NOT_WRITTEN");
    }

    @Test
    void a_foreign_text_that_goes_with_a_failed_write_is_on_record_as_gone() throws IOException {
        begin();
        Files.delete(dropIn());
        Files.writeString(dropIn(), "mallory ALL=(ALL) NOPASSWD: ALL\n");
        visudoFailsWhole = true;
        Canary canary = begin();
        assertThat(canary.check().level()).isEqualTo(Level.UNHEALTHY);
        assertThat(dropIn()).doesNotExist();
        assertThat(audit.outcomes())
                .endsWith(
                        "CONFIGURATION_CHANGED DROP_IN_WRITTEN",
                        "CONFIGURATION_CHANGED DROP_IN_REMOVED");
        // What is not there any more is no more taken away: the next try says so.
        begin();
        assertThat(audit.outcomes()).endsWith("CONFIGURATION_CHANGED DROP_IN_NOT_WRITTEN");
    }

    @Test
    void ab_132_a_second_sudo_is_noticed_within_a_tick() throws IOException {
        Canary canary = begin();
        assertThat(tick(canary)).isFalse();
        sudo("sudo-rs", "sudoers", Manner.RUNS);
        assertThat(tick(canary)).isTrue();
        assertThat(dropIn()).doesNotExist();
    }

    @Test
    void ab_132_everything_the_proof_rests_on_is_watched() throws IOException {
        Canary canary = begin();
        for (String file :
                List.of(
                        "bin/sudo",
                        "sudo.conf",
                        "sudoers",
                        "plugin.so",
                        "gate.so",
                        "canary",
                        "pam.d/sudo")) {
            assertThat(tick(canary)).as(file).isFalse();
            touch(file);
            assertThat(tick(canary)).as(file).isTrue();
        }
        Files.writeString(base.resolve("sudoers.d/site"), "x");
        assertThat(tick(canary)).isTrue();
        Files.delete(base.resolve("sudoers.d/site"));
        assertThat(tick(canary)).isTrue();
        assertThat(tick(canary)).isFalse();
    }

    @Test
    void a_drop_in_that_was_changed_or_removed_is_put_right() throws IOException {
        Canary canary = begin();
        Files.delete(dropIn());
        tick(canary);
        assertThat(dropIn()).exists();
        Files.delete(dropIn());
        Files.writeString(dropIn(), "mallory ALL=(ALL) NOPASSWD: ALL\n");
        tick(canary);
        assertThat(dropIn()).hasContent(DropIn.GOVERNED.text());
        assertThat(audit.outcomes()).hasSize(3);
    }

    @Test
    void silence_is_tried_three_times_and_then_nothing_is_proved() throws IOException {
        for (Manner manner : List.of(Manner.REFUSES_UNASKED, Manner.HANGS)) {
            tried.clear();
            manners.put("sudo", manner);
            Canary canary = begin();
            assertThat(tried).hasSize(3);
            assertThat(dropIn()).doesNotExist();
            assertThat(canary.check().level()).isEqualTo(Level.DEGRADED);
            assertThat(canary.check().detail()).contains("not proved");
        }
    }

    @Test
    void silence_leaves_what_was_proved_unless_something_changed() throws IOException {
        Canary canary = begin();
        manners.put("sudo", Manner.HANGS);
        now += Duration.ofMinutes(61).toNanos();
        assertThat(tick(canary)).isTrue();
        assertThat(dropIn()).exists();
        assertThat(canary.check().level()).isEqualTo(Level.DEGRADED);
        touch("sudoers");
        assertThat(tick(canary)).isTrue();
        assertThat(dropIn()).doesNotExist();
    }

    @Test
    void a_drop_in_of_a_former_agent_goes_when_nothing_can_be_proved() throws IOException {
        Files.writeString(dropIn(), DropIn.GOVERNED.text());
        manners.put("sudo", Manner.REFUSES_UNASKED);
        begin();
        assertThat(dropIn()).doesNotExist();
        assertThat(audit.outcomes()).containsExactly("CONFIGURATION_CHANGED DROP_IN_REMOVED");
    }

    @Test
    void the_proof_is_repeated_by_the_hour_and_a_failed_one_by_the_minute() throws IOException {
        Canary canary = begin();
        now += Duration.ofMinutes(59).toNanos();
        assertThat(tick(canary)).isFalse();
        now += Duration.ofMinutes(2).toNanos();
        assertThat(tick(canary)).isTrue();
        manners.put("sudo", Manner.RUNS);
        touch("sudo.conf");
        assertThat(tick(canary)).isTrue();
        assertThat(tick(canary)).isFalse();
        now += 61 * SECOND;
        assertThat(tick(canary)).isTrue();
    }

    @Test
    void ab_132_a_plugin_that_others_could_change_is_not_even_tried() throws IOException {
        violations.add(
                new FileTrust.Violation(
                        base.resolve("plugin.so"), "owner uid 1001", "chown root:root it"));
        Canary canary = begin();
        assertThat(tried).isEmpty();
        assertThat(dropIn()).doesNotExist();
        assertThat(canary.check().level()).isEqualTo(Level.UNHEALTHY);
        assertThat(canary.check().advice()).isEqualTo("chown root:root it");
    }

    @Test
    void ab_132_without_the_gate_in_every_service_there_is_no_drop_in() throws IOException {
        Canary canary = begin();
        String gate = base.resolve("gate.so").toString();
        for (String text :
                List.of(
                        "",
                        "# account requisite " + gate + "\n",
                        "@include common-account\naccount requisite " + gate + "\n",
                        "account sufficient pam_permit.so\naccount requisite " + gate + "\n",
                        "account sufficient " + gate + "\n",
                        "-account requisite " + gate + "\n",
                        "account requisite /tmp/gate.so\n",
                        "account requisite " + gate + " debug\n")) {
            pam("sudo-i", text);
            tick(canary);
            assertThat(dropIn()).as(text).doesNotExist();
            assertThat(canary.check().level()).isEqualTo(Level.DEGRADED);
            assertThat(canary.check().detail()).contains("pam.d/sudo-i");
        }
        pam("sudo-i", "auth required pam_unix.so\naccount  required\t" + gate + "\n");
        tick(canary);
        assertThat(dropIn()).exists();
        Files.delete(base.resolve("pam.d/sudo-i"));
        Files.delete(base.resolve("pam.d/sudo"));
        tick(canary);
        assertThat(dropIn()).doesNotExist();
    }

    @Test
    void without_any_sudo_there_is_no_drop_in() throws IOException {
        Files.writeString(dropIn(), DropIn.GOVERNED.text());
        Files.delete(base.resolve("bin/sudo"));
        Canary canary = begin();
        assertThat(dropIn()).doesNotExist();
        assertThat(canary.check().level()).isEqualTo(Level.DEGRADED);
        assertThat(canary.check().detail()).contains("no sudo is on this machine");
        assertThat(tick(canary)).isFalse();
        assertThat(base.resolve("sudoers.d/kepm-breakglass")).doesNotExist();
    }

    @Test
    void without_its_user_or_a_record_nothing_is_put_in_place() throws IOException {
        canaryUser = Optional.empty();
        assertThat(begin().check().detail()).contains("user kepm-canary is missing");
        assertThat(dropIn()).doesNotExist();
        canaryUser = Optional.of(new Accounts.Account("kepm-canary", 0, 0, "/", "/bin/sh"));
        assertThat(begin().check().detail()).contains("is root");
        assertThat(dropIn()).doesNotExist();
        canaryUser = Optional.of(new Accounts.Account("kepm-canary", 997, 996, "/", "/bin/false"));
        audit.full = true;
        assertThat(begin().check().level()).isEqualTo(Level.UNHEALTHY);
        assertThat(dropIn()).doesNotExist();
    }

    @Test
    void a_drop_in_that_visudo_refuses_is_told() throws IOException {
        begin();
        Files.delete(dropIn());
        visudoFails = true;
        Canary canary = begin();
        assertThat(canary.check().level()).isEqualTo(Level.UNHEALTHY);
        assertThat(canary.check().detail()).contains("found fault");
    }

    @Test
    void ab_130_defaults_of_the_site_that_take_ours_back_end_the_drop_in() throws IOException {
        Canary canary = begin();
        for (String site :
                List.of(
                        ", !env_reset",
                        ", setenv",
                        ", !use_pty",
                        ", secure_path=/tmp",
                        ", !secure_path",
                        ", fdexec=digest_only",
                        ", intercept_type=dso",
                        ", !pam_acct_mgmt",
                        ", pam_service=other",
                        ", pam_login_service=su",
                        ", !command_timeout")) {
            siteDefaults = site;
            touch("sudoers");
            tick(canary);
            assertThat(dropIn()).as(site).doesNotExist();
            assertThat(canary.check().level()).isEqualTo(Level.DEGRADED);
            assertThat(canary.check().detail()).contains("`" + site.substring(2) + "`");
        }
        siteDefaults = ", !lecture, env_keep+=EDITOR, env_reset";
        touch("sudoers");
        tick(canary);
        assertThat(dropIn()).exists();
    }

    @Test
    void the_break_glass_rule_is_written_once_and_then_the_sites() throws IOException {
        tick(begin());
        Files.delete(base.resolve("sudoers.d/kepm-breakglass"));
        tick(begin());
        assertThat(base.resolve("sudoers.d/kepm-breakglass")).doesNotExist();
    }

    @Test
    void what_root_at_the_console_set_aside_stays_away_until_root_ends_that() throws IOException {
        manners.put("sudo", Manner.ASKS);
        Canary canary = begin();
        assertThat(dropIn()).exists();
        Path mark = base.resolve("sudoers.d").resolve(SudoersFolder.SET_ASIDE);
        Files.writeString(mark, "");
        tick(canary);
        assertThat(dropIn()).doesNotExist();
        assertThat(canary.check().level()).isEqualTo(Level.UNHEALTHY);
        assertThat(canary.check().detail()).contains("break-glass");
        assertThat(begin().check().detail()).contains("break-glass");
        assertThat(dropIn()).doesNotExist();
        Files.delete(mark);
        tick(canary);
        assertThat(dropIn()).exists();
    }

    @Test
    void a_sudo_that_meets_an_agent_that_stops_takes_nothing_away() throws IOException {
        manners.put("sudo", Manner.ASKS);
        Canary canary = begin();
        assertThat(dropIn()).exists();
        String detail = canary.check().detail();
        Files.writeString(base.resolve("sudo.conf"), "# another line\n", StandardOpenOption.APPEND);
        manners.put("sudo", Manner.REFUSES_UNASKED);
        ending = true;
        tick(canary);
        assertThat(dropIn()).exists();
        assertThat(canary.check().detail()).isEqualTo(detail);
        ending = false;
        tick(canary);
        assertThat(dropIn()).doesNotExist();
    }

    private Canary begin() {
        Places places =
                new Places(
                        List.of(base.resolve("bin"), base.resolve("none")),
                        base.resolve("sudoers.d"),
                        List.of(base.resolve("sudo.conf"), base.resolve("sudoers")),
                        base.resolve("pam.d"),
                        base.resolve("plugin.so"),
                        base.resolve("gate.so"),
                        base.resolve("canary"),
                        base.resolve("run/canary.ran"),
                        List.of(base.resolve("visudo")),
                        Path.of("/usr/bin/setpriv"),
                        base.resolve("lib/break-glass.written"));
        PamGate gate = new PamGate(places.pamFolder(), places.gate());
        SudoersFolder sudoers =
                new SudoersFolder(places.sudoersFolder(), places.visudo(), this::run);
        CanaryTrial trial = new CanaryTrial(places, this::run, accounts(), nonces);
        FileTrust trust = path -> violations.stream().filter(v -> v.path().equals(path)).toList();
        Canary canary =
                new Canary(
                        places,
                        new SudoPrograms(places.programFolders()),
                        gate,
                        new CanaryRound(
                                places,
                                trust,
                                gate,
                                sudoers,
                                trial,
                                new EffectiveDefaults(this::run)),
                        new DropInKeeper(sudoers, places, new TracedPrograms(() -> traced), audit),
                        Duration.ofMinutes(60),
                        () -> ending);
        canary.begin(now);
        return canary;
    }

    private boolean tick(Canary canary) {
        now += SECOND;
        return canary.tick(now);
    }

    private Commands.Result run(List<String> argv, Duration timeout) throws IOException {
        if (argv.get(0).endsWith("visudo")) {
            boolean traced =
                    argv.size() > 2 && Files.readString(Path.of(argv.get(2))).contains("INTERCEPT");
            boolean whole = argv.get(1).equals("-c");
            boolean fault =
                    visudoFails || (visudoFailsTraced && traced) || (visudoFailsWhole && whole);
            return new Commands.Result(fault ? 1 : 0, "");
        }
        if (argv.contains("-l")) {
            return new Commands.Result(0, listing());
        }
        assertThat(argv)
                .startsWith(
                        "/usr/bin/setpriv", "--reuid", "997", "--regid", "996", "--clear-groups")
                .contains("-n", base.resolve("canary").toString());
        String nonce = argv.get(argv.size() - 1);
        String name = Path.of(argv.get(7)).getFileName().toString();
        tried.add(name);
        switch (manners.getOrDefault(name, Manner.REFUSES_UNASKED)) {
            case ASKS -> hear(nonce);
            case RUNS -> mark(nonce);
            case RUNS_AND_ASKS -> {
                hear(nonce);
                mark(nonce);
            }
            case CLAIMS_SUCCESS -> {
                hear(nonce);
                return new Commands.Result(0, "");
            }
            case HANGS -> throw new IOException("did not end within 5000 ms");
            case REFUSES_UNASKED -> {
                return new Commands.Result(1, "sudo: a password is required\n");
            }
        }
        return new Commands.Result(1, "kepm: denied\n");
    }

    /** As sudo 1.9.13 prints it, of what stands in the canary's own file. */
    private String listing() throws IOException {
        String ours =
                Files.readAllLines(base.resolve("sudoers.d/kepm-canary")).stream()
                        .filter(line -> line.startsWith("Defaults:kepm-canary "))
                        .map(line -> line.substring(line.indexOf(' ') + 1))
                        .map(line -> line.replace("\"", "").replace(":", "\\:"))
                        .findFirst()
                        .orElse("");
        return "Matching Defaults entries for kepm-canary on vm:\n    env_reset, mail_badpass, "
                + "secure_path=/usr/sbin\\:/usr/bin, "
                + ours
                + siteDefaults
                + "\n\nUser kepm-canary may run the following commands on vm:\n"
                + "    (root) NOSETENV: NOPASSWD: /usr/libexec/kepm/canary\n";
    }

    private void hear(String nonce) {
        Frames frame =
                Frames.check()
                        .with("user=kepm-canary")
                        .with("command=/usr/libexec/kepm/canary")
                        .with("argv=canary")
                        .and("argv=" + nonce);
        try {
            Question question =
                    QuestionParser.parse(
                            Fields.parse(frame.bytes()),
                            new io.kepm.api.linux.Peer(1, 0, 0),
                            Optional.empty());
            assertThat(nonces.isCanary(((Question.Check) question).request())).isTrue();
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    private void mark(String nonce) throws IOException {
        Files.writeString(base.resolve("run/canary.ran"), nonce);
    }

    private Path dropIn() {
        return base.resolve("sudoers.d/kepm");
    }

    private void sudo(String name, String content, Manner manner) throws IOException {
        Path program = Files.writeString(base.resolve("bin").resolve(name), content);
        Files.setAttribute(program, "unix:mode", 04755);
        manners.put(name, manner);
    }

    private void pam(String service, String text) throws IOException {
        Files.writeString(base.resolve("pam.d").resolve(service), text);
    }

    private void touch(String file) throws IOException {
        Path path = base.resolve(file);
        FileTime later = FileTime.fromMillis(Files.getLastModifiedTime(path).toMillis() + 1000);
        Files.setLastModifiedTime(path, later);
    }

    private Accounts accounts() {
        return new FakeAccounts() {
            @Override
            public Optional<Account> byName(String name) {
                return canaryUser;
            }
        };
    }
}
