package io.kepm.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Commands;
import io.kepm.api.linux.FakeLauncher.FakeChild;
import io.kepm.api.linux.LaunchOrder;
import io.kepm.api.linux.Sessions;
import io.kepm.api.messages.Messages;
import io.kepm.api.trust.FakeLaunches;
import io.kepm.api.trust.FileTrust;
import io.kepm.api.trust.Launches;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessBodyTest {

    private static final String PINGED =
            ", \"healthCheck\": {\"mqttPing\": true, \"timeoutSeconds\": 1}";

    @TempDir private Path temp;
    private Folders folders;
    private final FakeLaunches launches = new FakeLaunches();
    private final Fakes.Judge judge = new Fakes.Judge();
    private final Fakes.Store store = new Fakes.Store();
    private final Fakes.Leaving leaving = new Fakes.Leaving();
    private volatile Function<String, Optional<String>> answers = correlation -> Optional.empty();
    private volatile boolean open = true;
    private final Pings pings = new Pings(() -> Optional.<Messages>of(this::published));
    private final List<Sessions.Session> sessions = new ArrayList<>();
    private Optional<String> refusal = Optional.empty();
    private boolean account = true;
    private int questions;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private List<FileTrust.Violation> violations = List.of();

    @BeforeEach
    void packed() throws IOException {
        folders = new Folders(temp.resolve("Plugins"), temp.resolve("exec/plugins"));
        folders.clearExec();
        Files.createDirectories(folders.bin("p"));
        try (OutputStream out = Files.newOutputStream(folders.bin("p").resolve(Folders.PACKAGE));
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("inner/run.sh"));
            zip.write("#!/bin/sh".getBytes(StandardCharsets.UTF_8));
            zip.closeEntry();
        }
    }

    private ProcessBody body(String program) {
        return body(program, "");
    }

    private ProcessBody body(String program, String more) {
        PluginDocument document =
                DocumentReader.read(
                                ("{\"id\": \"p\", \"pluginType\": \"Executable\", \"executablePath\": \""
                                                + program
                                                + "\", \"arguments\": [\"-x\"], \"metadata\": {\"mqttTopics\":"
                                                + " {\"subscribe\": [\"AuditMessage\"]}}"
                                                + more
                                                + "}")
                                        .getBytes(StandardCharsets.UTF_8),
                                "p")
                        .document()
                        .orElseThrow();
        return new ProcessBody(
                document,
                folders,
                judge,
                () -> Optional.of(launches),
                new Owners(
                        names(),
                        (argv, timeout) -> new Commands.Result(0, "1001 27\n"),
                        () -> sessions,
                        (path, user) -> {
                            questions++;
                            return refusal;
                        },
                        () -> now),
                book("boot-1"),
                pings,
                new SignedFiles(temp.resolve("approot"), path -> violations, judge));
    }

    /** A broker, and a process that answers as it is told. */
    private boolean published(String topic, byte[] payload) {
        assertThat(topic).isEqualTo("p/Commands/Ping");
        String correlation =
                new String(payload, StandardCharsets.UTF_8)
                        .replaceAll(".*:\"([0-9a-f]{32})\".*", "$1");
        answers.apply(correlation)
                .ifPresent(
                        answer ->
                                pings.heard(
                                        "p/Responses/Ping",
                                        ("{\"correlationId\": \""
                                                        + answer
                                                        + "\", \"detail\": \"3 heard\"}")
                                                .getBytes(StandardCharsets.UTF_8)));
        return open;
    }

    private ProcessBook book(String boot) {
        return new ProcessBook(store, store, leaving, boot);
    }

    private Accounts names() {
        return new Accounts() {
            @Override
            public Optional<Account> byName(String name) {
                return account
                        ? Optional.of(new Account(name, 995, 994, "/", "/bin/false"))
                        : Optional.empty();
            }

            @Override
            public Optional<Account> byUid(long uid) {
                return Optional.of(new Account("u" + uid, uid, uid, "/home/u" + uid, "/bin/bash"));
            }

            @Override
            public List<String> groups(String userName) {
                return List.of();
            }

            @Override
            public Optional<List<String>> members(String groupName) {
                return Optional.empty();
            }

            @Override
            public void addToGroup(String userName, String groupName) {}

            @Override
            public void removeFromGroup(String userName, String groupName) {}
        };
    }

    private FakeChild child() {
        return launches.launcher.children.get(launches.launcher.children.size() - 1);
    }

    @Test
    void it_runs_what_was_unpacked_afresh_as_its_own_user_and_leaves_nothing() throws Exception {
        ProcessBody body = body("inner/run.sh");
        body.start();

        Path program = child().order.executable();
        assertThat(program).startsWith(folders.exec()).isRegularFile();
        assertThat(child().order.argv()).containsExactly(program.toString(), "-x");
        assertThat(child().order.user().uid()).isEqualTo(995);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folders.exec())))
                .as("its user has to get there")
                .isEqualTo("rwx--x--x");
        assertThat(launches.running("plugin:p")).isPresent();
        assertThat(body.fault()).isEmpty();

        assertThat(body.stop()).isEmpty();
        assertThat(child().alive).isFalse();
        assertThat(folders.exec()).isEmptyDirectory();
    }

    @Test
    void a_process_that_ended_is_told_with_its_code() throws Exception {
        ProcessBody body = body("inner/run.sh");
        body.start();
        child().exit(3);

        assertThat(body.fault()).hasValue("its process ended with code 3");
    }

    @Test
    void ab_66_what_was_revoked_while_it_runs_is_stopped() throws Exception {
        ProcessBody body = body("inner/run.sh");
        body.start();
        judge.fault = "its signer was revoked";
        assertThat(body.fault()).as("nothing was revoked yet").isEmpty();
        judge.revoked = List.of("cd".repeat(32));

        assertThat(body.fault()).hasValueSatisfying(why -> assertThat(why).contains("revoked"));
        body.stop();
        assertThatThrownBy(body::start).hasMessageContaining("revoked");
        assertThat(launches.launcher.children).hasSize(1);
    }

    @Test
    void nothing_is_launched_without_its_account_its_program_or_a_good_package() {
        account = false;
        assertThatThrownBy(() -> body("inner/run.sh").start())
                .hasMessageContaining("no account `kepm-plugin`");
        account = true;
        assertThatThrownBy(() -> body("other").start()).hasMessageContaining("not in its package");
        judge.fault = "an entry is not signed";
        assertThatThrownBy(() -> body("inner/run.sh").start())
                .hasMessageContaining("an entry is not signed");

        assertThat(launches.launcher.children).isEmpty();
    }

    @Test
    void a_process_is_in_the_store_until_nothing_of_it_is_left() throws Exception {
        ProcessBody body = body("inner/run.sh");
        body.start();
        assertThat(new String(store.values.get("plugin.process.p"), StandardCharsets.UTF_8))
                .contains("\"pid\":1000", "\"startTicks\":10000", "\"boot\":\"boot-1\"");
        body.stop();

        assertThat(store.values).doesNotContainKey("plugin.process.p");
    }

    @Test
    void what_cannot_be_put_on_record_is_not_launched() {
        store.full = true;

        assertThatThrownBy(() -> body("inner/run.sh").start())
                .hasMessageContaining("can't be put on record: the disk is full");
        assertThat(launches.launcher.children).isEmpty();
    }

    @Test
    void what_a_killed_agent_left_is_ended_by_the_next_one_of_the_same_start_of_the_machine()
            throws Exception {
        body("inner/run.sh").start();
        book("boot-2").endAll();
        assertThat(leaving.ended).as("the number is somebody else's now").isEmpty();

        launches.launcher.children.get(0).exit(0);
        body("inner/run.sh").start();
        book("boot-1").endAll();
        assertThat(leaving.ended).containsExactly("1001 10010");
        assertThat(store.values).isEmpty();
    }

    @Test
    void no_second_process_runs_while_the_former_one_does_not_go() throws Exception {
        body("inner/run.sh").start();
        launches.launcher.children.get(0).exit(0);
        leaving.fault = "still there after KILL";
        book("boot-1").endAll();
        assertThatThrownBy(() -> body("inner/run.sh").start())
                .hasMessageContaining("still there after KILL");
        assertThat(launches.launcher.children).hasSize(1);
        leaving.fault = "";
        body("inner/run.sh").start();

        assertThat(leaving.ended).containsExactly("1000 10000");
    }

    @Test
    void a_process_that_is_pinged_is_well_while_it_answers_with_what_it_was_asked()
            throws Exception {
        ProcessBody body = body("inner/run.sh", PINGED);
        answers = Optional::of;
        body.start();
        assertThat(body.complaint()).isEmpty();
        assertThat(body.detail()).isEqualTo("3 heard");
        answers = correlation -> Optional.of("0".repeat(32));
        assertThat(body.complaint()).hasValue("it did not answer a ping within 900 ms");
        assertThat(body.detail()).isEmpty();
        answers = correlation -> Optional.empty();
        assertThat(body.complaint()).hasValue("it did not answer a ping within 900 ms");
        open = false;
        assertThat(body.complaint()).as("without a broker nobody can tell").isEmpty();
    }

    @Test
    void a_start_lasts_until_the_first_answer_or_until_the_process_ended() throws Exception {
        int[] asked = {0};
        answers =
                correlation -> {
                    asked[0]++;
                    return asked[0] < 3 ? Optional.empty() : Optional.of(correlation);
                };
        body("inner/run.sh", PINGED).start();
        assertThat(asked[0]).isEqualTo(3);
        child().exit(1);
        answers =
                correlation -> {
                    child().exit(1);
                    return Optional.empty();
                };
        ProcessBody dying = body("inner/run.sh", PINGED);
        dying.start();
        assertThat(dying.fault()).hasValue("its process ended with code 1");
    }

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

    private Path onDisk(String name) throws IOException {
        Path file = Files.createDirectories(temp.resolve("approot/tools")).resolve(name);
        Files.writeString(file, "#!/bin/sh\n");
        Files.writeString(Path.of(file + ".sig"), "a signature");
        return file;
    }

    @Test
    void a_signed_file_on_the_disk_runs_from_a_copy_of_what_was_judged() throws Exception {
        Path file = onDisk("tool.sh");
        for (String code : List.of(file.toString(), "{approot}/tools/tool.sh")) {
            ProcessBody body = body(code);
            body.start();
            Path program = child().order.executable();

            assertThat(program).isEqualTo(folders.exec().resolve("file-p/tool.sh"));
            assertThat(Files.readString(program)).isEqualTo("#!/bin/sh\n");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(program)))
                    .isEqualTo("rwxr-xr-x");
            assertThat(body.stop()).isEmpty();
            assertThat(program).doesNotExist();
        }
    }

    @Test
    void a_file_on_the_disk_has_another_stamp_when_it_or_its_signature_is_another()
            throws Exception {
        SignedFiles files = new SignedFiles(temp.resolve("approot"), path -> violations, judge);
        Path file = onDisk("tool.sh");
        String first = files.stamp("{approot}/tools/tool.sh");
        assertThat(files.stamp(file.toString())).isEqualTo(first);
        Files.writeString(Path.of(file + ".sig"), "another signature");
        String second = files.stamp(file.toString());
        Files.delete(file);

        assertThat(second).isNotEqualTo(first);
        assertThat(files.stamp(file.toString())).isNotEqualTo(second).contains("gone");
    }

    @Test
    void a_file_on_the_disk_that_is_not_root_s_not_signed_or_not_there_is_not_launched()
            throws Exception {
        Path file = onDisk("tool.sh");
        judge.fault = "signer `x` is not trusted here";
        assertThatThrownBy(() -> body(file.toString()).start())
                .hasMessageContaining("is not trusted here");
        judge.fault = "";
        violations = List.of(new FileTrust.Violation(file, "`tool.sh` is open", "chmod go-w"));
        assertThatThrownBy(() -> body(file.toString()).start()).hasMessageContaining("chmod go-w");
        violations = List.of();
        Files.delete(Path.of(file + ".sig"));
        assertThatThrownBy(() -> body(file.toString()).start()).hasMessageContaining("tool.sh.sig");
        assertThatThrownBy(() -> body("/nowhere/x").start()).hasMessageContaining("there is no");

        assertThat(launches.launcher.children).isEmpty();
    }

    @Test
    void ab_66_a_file_on_the_disk_whose_signer_is_revoked_is_stopped() throws Exception {
        ProcessBody body = body(onDisk("tool.sh").toString());
        body.start();
        assertThat(body.fault()).isEmpty();
        judge.revoked = List.of("cd".repeat(32));
        judge.fault = "signer was revoked";

        assertThat(body.fault()).hasValueSatisfying(why -> assertThat(why).contains("revoked"));
    }
}
