package io.kepm.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.api.health.HealthCheck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.apache.karaf.shell.impl.console.SessionFactoryImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Karaf's own session factory behind the real socket. */
class ShellDoorTest {

    private final Fakes.Audit audit = new Fakes.Audit();
    private final Fakes.Sockets sockets = new Fakes.Sockets();
    private final Fakes.Levels levels = new Fakes.Levels();
    private final ThreadIOImpl threadIo = new ThreadIOImpl();
    private SessionFactoryImpl sessions;
    private ShellFolder folder;
    private ShellDoor door;
    private volatile java.util.Optional<String> byGrant = java.util.Optional.empty();

    @BeforeEach
    void open(@TempDir Path run) {
        threadIo.start();
        sessions = new SessionFactoryImpl(threadIo);
        HealthCheck check = Fakes.check();
        new OwnCommands(
                        "0.1.0",
                        audit,
                        new Fakes.Engine(),
                        new Fakes.Launches(),
                        new Fakes.Names(),
                        () -> List.of(check))
                .all()
                .forEach(sessions::register);
        sessions.register(new LogLevelCommand(() -> java.util.Optional.of(levels)).command());
        folder = new ShellFolder(run.resolve("shell"));
        door = shellDoor();
        door.open();
    }

    private ShellDoor shellDoor() {
        return new ShellDoor(
                folder, sockets, origin -> byGrant, new Runner(sessions, audit), audit);
    }

    @AfterEach
    void close() {
        door.close();
        sessions.stop();
        threadIo.stop();
    }

    private String say(String line) throws IOException {
        try (SocketChannel channel =
                SocketChannel.open(UnixDomainSocketAddress.of(folder.socket()))) {
            try {
                channel.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
            } catch (IOException e) {
                // A refusal may close before the line is written: what it said is there all the
                // same.
                return answer(channel);
            }
            return answer(channel);
        }
    }

    /** All that came, though the door may have closed on a line that it did not read. */
    private static String answer(SocketChannel channel) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            Channels.newInputStream(channel).transferTo(all);
        } catch (IOException e) {
            return all.toString(StandardCharsets.UTF_8);
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    @Test
    void ab_136_root_by_a_grant_has_no_shell() throws Exception {
        byGrant = java.util.Optional.of("inside the grant g1 of `alice`");
        assertThat(say("kepm:status")).contains("inside the grant g1").endsWith("\nexit 126\n");
        assertThat(audit.drafts).hasSize(1);
        assertThat(audit.drafts.get(0).type()).isEqualTo(AuditType.AUTHORIZATION_FAILED);
        assertThat(audit.drafts.get(0).reason()).contains("grant g1");
    }

    @Test
    void a_command_answers_with_its_output_and_its_exit_status() throws Exception {
        assertThat(say("kepm:status"))
                .contains(
                        "KEPM agent 0.1.0",
                        "policies: 1, revision 3-1a2b3c4d",
                        "degraded   storage              it lags (wait)")
                .endsWith("\nexit 0\n");
    }

    @Test
    void every_command_is_on_record_before_it_runs() throws Exception {
        say("kepm:grants");
        AuditDraft draft = audit.drafts.get(0);
        assertThat(draft.type()).isEqualTo(AuditType.ADMIN_ACTION);
        assertThat(draft.details()).containsEntry("command", "kepm:grants");
        assertThat(draft.admin().orElseThrow().pid()).isEqualTo(4711);
        audit.broken = true;
        assertThat(say("kepm:status")).doesNotContain("KEPM agent").endsWith("exit 1\n");
    }

    @Test
    void a_search_that_was_broken_off_says_so() throws Exception {
        assertThat(say("kepm:audit 9 AGENT_GAP")).doesNotContain("looked at");
        audit.next = 4_000;
        assertThat(say("kepm:audit 9 AGENT_GAP"))
                .contains("records before 4000 were not looked at: kepm audit list");
        assertThat(say("kepm:audit 1")).doesNotContain("looked at");
    }

    @Test
    void what_is_not_in_the_list_is_refused_though_karaf_has_it() throws Exception {
        for (String line :
                List.of(
                        "cat /etc/shadow",
                        "*:cat /etc/shadow",
                        "shell:exec id",
                        "shell:new java.io.File x",
                        "bundle:uninstall 1",
                        "eval 'kepm:status'",
                        "$.context",
                        "(kepm:status)",
                        "kepm",
                        "exit")) {
            assertThat(say(line)).as(line).endsWith("\nexit 126\n");
        }
        assertThat(audit.drafts).extracting(AuditDraft::outcome).containsOnly("REFUSED");
    }

    @Test
    void words_of_the_caller_are_never_read_as_a_script() throws Exception {
        String before = say("kepm:audit 1").replaceAll("seq.*", "");
        assertThat(before).endsWith("exit 0\n");
        for (String line :
                List.of(
                        "kepm:status; kepm:grants",
                        "kepm:status;kepm:grants",
                        "kepm:status | cat",
                        "kepm:status $(kepm:grants)",
                        "kepm:status > /tmp/x",
                        "kepm:status { kepm:grants }")) {
            assertThat(say(line)).as(line).doesNotContain("alice");
        }
        assertThat(say("kepm:policy-explain alice /usr/bin/id '$(kepm:grants)' ';' '$word1'"))
                .contains("argv=[/usr/bin/id, $(kepm:grants), ;, $word1]");
    }

    @Test
    void levels_of_the_log_are_shown_and_changed() throws Exception {
        assertThat(say("kepm:log-level")).isEqualTo("default Warning\n\nexit 0\n");
        assertThat(say("kepm:log-level policy debug")).isEqualTo("policy Debug\n\nexit 0\n");
        assertThat(say("kepm:log-level policy")).isEqualTo("policy Debug\n\nexit 0\n");
        assertThat(say("kepm:log-level sudo")).contains("sudo Warning");
        assertThat(say("kepm:log-level policy loud")).contains("no level `loud`");
        assertThat(say("kepm:log-level a b c")).contains("use:").endsWith("exit 1\n");
        assertThat(say("kepm:log-level '${x}' debug")).contains("no component");
        assertThat(audit.drafts)
                .extracting(draft -> draft.details().get("command"))
                .contains("kepm:log-level policy debug");
    }

    @Test
    void ab_109_a_secret_in_a_command_is_not_on_record() throws Exception {
        say("kepm:policy-explain alice /usr/bin/x --password=canary");
        assertThat(audit.drafts.get(0).details().get("command")).endsWith("--password=***");
    }

    @Test
    void a_failing_command_says_why() throws Exception {
        assertThat(say("kepm:policy-explain alice")).contains("use: USER").endsWith("exit 1\n");
        assertThat(say("kepm:policy-explain nobody-here /bin/id")).contains("no such user");
        assertThat(say("kepm:status 'x"))
                .contains("is not closed: quote the word")
                .endsWith("exit 1\n");
        assertThat(say("bundle:list")).contains("not installed here").endsWith("exit 127\n");
        assertThat(say("")).endsWith("exit 127\n");
    }

    @Test
    void only_root_is_served() throws Exception {
        sockets.uid = 1000;
        assertThat(say("kepm:status")).isEmpty();
        Fakes.await(() -> !audit.drafts.isEmpty());
        assertThat(audit.drafts.get(0).type()).isEqualTo(AuditType.AUTHORIZATION_FAILED);
    }

    @Test
    void folder_and_socket_are_closed_to_everybody_else() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.folder())))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.socket())))
                .isEqualTo("rw-------");
    }

    @Test
    void a_socket_that_is_left_over_is_replaced_and_a_live_one_is_not() throws Exception {
        ShellDoor second = shellDoor();
        second.open();
        assertThat(second.check().detail()).contains("another process answers");
        assertThat(say("kepm:help")).contains("kepm:status");
        door.close();
        assertThat(folder.socket()).doesNotExist();
        Files.createFile(folder.socket());
        ShellDoor third = shellDoor();
        third.open();
        assertThat(third.check().detail()).contains("no socket");
        assertThat(folder.socket()).exists();
    }

    @Test
    void a_line_without_end_is_not_run() throws Exception {
        try (SocketChannel channel =
                SocketChannel.open(UnixDomainSocketAddress.of(folder.socket()))) {
            channel.write(ByteBuffer.wrap("kepm:status".getBytes(StandardCharsets.UTF_8)));
            channel.shutdownOutput();
            assertThat(Channels.newInputStream(channel).readAllBytes()).isEmpty();
        }
        assertThat(audit.drafts).isEmpty();
        assertThat(say("kepm:help")).endsWith("exit 0\n");
    }
}
