package io.kepm.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.trust.FileTrust;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What runs of an {@code Executable}, in its own account. */
class ProcessBodyTest extends ProcessBodies {

    private static final String PINGED =
            ", \"healthCheck\": {\"mqttPing\": true, \"timeoutSeconds\": 1}";

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
