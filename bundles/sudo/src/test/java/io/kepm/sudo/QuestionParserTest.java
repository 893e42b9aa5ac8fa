package io.kepm.sudo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.linux.Peer;
import io.kepm.api.linux.UnixSockets.Descriptor;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QuestionParserTest {

    private static final Peer PEER = new Peer(4711, 0, 0);
    private static final Descriptor DESCRIPTOR =
            new Descriptor() {
                @Override
                public int number() {
                    return 9;
                }

                @Override
                public void close() {}
            };

    @Test
    void a_check_becomes_a_launch_request() throws Exception {
        LaunchRequest request = check(Frames.check());
        assertThat(request.door()).isEqualTo("sudo");
        assertThat(request.user()).isEqualTo("alice");
        assertThat(request.uid()).isEqualTo(1001);
        assertThat(request.path()).isEqualTo("/usr/bin/systemctl");
        assertThat(request.argv()).containsExactly("systemctl", "restart", "nginx");
        assertThat(request.runAs()).isEqualTo("root");
        assertThat(request.options()).isEmpty();
        assertThat(request.edit()).isFalse();
        assertThat(request.cwd()).isEqualTo("/home/alice");
        assertThat(request.tty()).isEqualTo("/dev/pts/3");
        assertThat(request.pid()).isEqualTo(4711);
        assertThat(request.descriptor()).isEmpty();
        assertThat(request.descriptorNote()).isEqualTo("sudo gave no execfd");
        assertThat(request.reason()).isEmpty();
        assertThat(request.canPrompt()).isTrue();
        assertThat(check(Frames.check().and("reason=ticket 7")).reason()).contains("ticket 7");
        assertThat(check(Frames.check().with("interactive=0")).canPrompt()).isFalse();
        assertThat(check(Frames.check().without("runas_user").and("runas_user=")).runAs())
                .isEqualTo("root");
    }

    @Test
    void every_fault_of_a_frame_is_named() {
        fault(Frames.check().with("v=2"), "`v`");
        fault(Frames.check().without("v"), "`v` is missing");
        fault(Frames.check().with("op=allow"), "`op`");
        fault(Frames.check().and("user=root"), "`user` stands there twice");
        fault(Frames.check().and("command=/bin/sh"), "`command` stands there twice");
        fault(Frames.check().with("uid=-1"), "`uid` is not a number");
        fault(Frames.check().with("uid=0x0"), "`uid` is not a number");
        fault(Frames.check().with("uid=01001"), "`uid` is not a number");
        fault(Frames.check().with("uid=4294967296"), "`uid`: 0 to");
        fault(Frames.check().with("uid="), "`uid` is not a number");
        fault(Frames.check().without("argv"), "`argv` is missing");
        fault(Frames.check().with("command=systemctl"), "not absolute");
        fault(Frames.check().with("sudoedit=true"), "`sudoedit`");
        fault(Frames.check().with("fd=1"), "do not agree");
        fault(Frames.check().with("fd=2"), "`fd`");
        fault(Frames.check().and("nonsense"), "without a proper key");
        fault(Frames.check().and("=x"), "without a proper key");
        fault(Frames.check().and("option=alone"), "without a name");
        fault(Frames.check().and("request=a b"), "`request`");
        fault(Frames.check().with("runas_user=").with("runas_uid=7"), "`runas_user`");
        fault(Frames.check().with("op=root"), "uid 0");
    }

    @Test
    void ab_36_user_names_that_are_none_are_malformed() {
        for (String name : List.of("", "a/b", "a:b", "a\nb", "a\u007f", "x".repeat(300))) {
            fault(Frames.check().with("user=" + name), "`user` is not a name");
        }
    }

    @Test
    void a_frame_has_to_end_with_a_nul_and_announce_its_descriptor() throws Exception {
        assertThatThrownBy(() -> Fields.parse(new byte[0])).hasMessageContaining("NUL");
        assertThatThrownBy(() -> Fields.parse("v=1".getBytes(ISO_8859_1)))
                .hasMessageContaining("NUL");
        Fields fields = Fields.parse(Frames.check().bytes());
        assertThatThrownBy(() -> QuestionParser.parse(fields, PEER, Optional.of(DESCRIPTOR)))
                .hasMessageContaining("do not agree");
        Fields announced = Fields.parse(Frames.check().with("fd=1").bytes());
        assertThat(QuestionParser.parse(announced, PEER, Optional.of(DESCRIPTOR)))
                .isInstanceOf(Question.Check.class);
    }

    @Test
    void ab_06_ab_131_options_that_no_policy_names_are_handed_on_and_shells_are_not_options()
            throws Exception {
        LaunchRequest request =
                check(
                        Frames.check()
                                .and("option=login_shell=true")
                                .and("option=run_shell=true")
                                .and("option=set_home=true")
                                .and("option=runas_group=disk")
                                .and("option=cmnd_chroot=/tmp/x")
                                .and("option=remote_host=other")
                                .and("option=env=LD_PRELOAD")
                                .and("option=of_tomorrow=1"));
        assertThat(request.options())
                .containsExactly(
                        "runas_group=disk",
                        "cmnd_chroot=/tmp/x",
                        "remote_host=other",
                        "env=LD_PRELOAD",
                        "of_tomorrow=1");
    }

    @Test
    void arguments_that_are_not_utf_8_are_told_and_other_fields_must_be() throws Exception {
        byte[] frame = Frames.check().and("argv=caf?").bytes();
        frame[frame.length - 2] = (byte) 0xe9;
        LaunchRequest request = check(frame);
        assertThat(request.options()).containsExactly("not_utf8=argv");
        assertThat(request.argv().get(3)).isEqualTo("caf\ufffd");
        byte[] user = Frames.check().with("tty=x?").bytes();
        user[user.length - 2] = (byte) 0xe9;
        assertThatThrownBy(() -> check(user)).hasMessageContaining("`tty` is not UTF-8");
    }

    @Test
    void ab_11_ab_15_arguments_and_paths_pass_as_they_are() throws Exception {
        LaunchRequest request =
                check(
                        Frames.check()
                                .with("argv=sh")
                                .and("argv=-c")
                                .and("argv=a ; b\nc $(d) `e`")
                                .with("command=/usr/bin//systemctl"));
        assertThat(request.argv()).containsExactly("sh", "-c", "a ; b\nc $(d) `e`");
        assertThat(request.path()).isEqualTo("/usr/bin//systemctl");
    }

    @Test
    void ab_05_an_edit_is_judged_by_its_files_and_never_by_the_editor() throws Exception {
        Frames edit =
                Frames.check()
                        .with("sudoedit=1")
                        .with("command=/usr/bin/vim")
                        .with("argv=vim")
                        .and("argv=-n")
                        .and("argv=--")
                        .and("argv=/etc/hosts")
                        .and("argv=./shadow");
        LaunchRequest request = check(edit);
        assertThat(request.edit()).isTrue();
        assertThat(request.path()).isEqualTo("/usr/bin/sudoedit");
        assertThat(request.argv()).containsExactly("sudoedit", "/etc/hosts", "/home/alice/shadow");
        fault(edit.and("argv=--").and("argv=/etc/x"), "no clear list of files");
        fault(Frames.check().with("sudoedit=1"), "no clear list of files");
        fault(Frames.check().with("sudoedit=1").with("argv=vim").and("argv=--"), "no clear list");
        fault(
                Frames.check()
                        .with("sudoedit=1")
                        .with("cwd=")
                        .with("argv=vim")
                        .and("argv=--")
                        .and("argv=x"),
                "without a place");
    }

    @Test
    void an_end_is_read_whatever_sudo_had_to_say() throws Exception {
        assertThat(close("status_type=exit", "status=7"))
                .isEqualTo(new Question.Close("g-1", "exit", 7, 12));
        assertThat(close("status_type=signal", "status=9"))
                .isEqualTo(new Question.Close("g-1", "signal", 9, 12));
        assertThat(close("status_type=exec_error", "status=-2"))
                .isEqualTo(new Question.Close("g-1", "error", -2, 12));
        assertThatThrownBy(() -> close("status_type=exit", "status=x"))
                .hasMessageContaining("`status`");
    }

    @Test
    void no_bytes_make_the_parser_fail_in_another_way() {
        Random random = new Random(42);
        byte[] good = Frames.check().bytes();
        for (int i = 0; i < 20_000; i++) {
            byte[] frame = good.clone();
            for (int change = random.nextInt(6); change >= 0; change--) {
                frame[random.nextInt(frame.length)] = (byte) random.nextInt(256);
            }
            if (random.nextInt(4) == 0) {
                frame = java.util.Arrays.copyOf(frame, random.nextInt(frame.length));
            }
            try {
                assertThat(check(frame).argv()).isNotEmpty();
            } catch (MalformedException e) {
                assertThat(e.getMessage()).isNotEmpty();
            } catch (ClassCastException e) {
                assertThat(e).hasMessageContaining("Question");
            }
        }
    }

    @Test
    void an_answer_holds_every_key_once_and_no_nul() {
        String text =
                new String(
                        Answer.deny("policy", "no\0pe").with("request", "").bytes(),
                        java.nio.charset.StandardCharsets.UTF_8);
        assertThat(text).isEqualTo("v=1\0op=deny\0code=policy\0message=no\ufffdpe\0");
    }

    private static Question close(String... more) throws MalformedException {
        Frames frame = Frames.of("v=1", "op=close", "grant=g-1", "request=r-1", "duration_ms=12");
        for (String field : more) {
            frame.and(field);
        }
        return QuestionParser.parse(Fields.parse(frame.bytes()), PEER, Optional.empty());
    }

    private static LaunchRequest check(Frames frames) throws MalformedException {
        return check(frames.bytes());
    }

    private static LaunchRequest check(byte[] frame) throws MalformedException {
        Question question = QuestionParser.parse(Fields.parse(frame), PEER, Optional.empty());
        return ((Question.Check) question).request();
    }

    private static void fault(Frames frames, String expected) {
        assertThatThrownBy(() -> check(frames))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining(expected);
    }
}
