package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.api.linux.LaunchOrder;
import io.kepm.api.linux.Launcher;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Setting;
import io.kepm.api.settings.Settings;
import io.kepm.api.trust.Launches.Component;
import io.kepm.api.trust.Launches.Reach;
import io.kepm.api.trust.TopicRights;
import io.kepm.linux.LauncherComponent;
import io.kepm.linux.SocketOwnersComponent;
import io.kepm.trust.LaunchesComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A script that was launched reads its line and calls the real door over real TLS. */
class LaunchedClientTest {

    private static final String SCRIPT =
            """
            import base64, http.client, json, os, ssl, sys
            line = json.loads(sys.stdin.read())
            context = ssl.create_default_context(cadata=line['caPem'])

            def ask(path, secret=line['secret']):
                pair = base64.b64encode((line['clientId'] + ':' + secret).encode()).decode()
                door = http.client.HTTPSConnection(line['api'].split('//')[1], context=context)
                door.request('GET', path, headers={'Authorization': 'Basic ' + pair})
                return door.getresponse().status

            print(ask('/api/health'), ask('/api/policies'), ask('/api/audit'), ask('/api/health', 'x'), flush=True)
            child = os.fork()
            if child == 0:
                print('child', ask('/api/health'), flush=True)
                os._exit(0)
            os.waitpid(child, 0)
            print('parent', ask('/api/health'), flush=True)
            """;

    @TempDir Path run;

    @Test
    void ab_33_ab_34_a_launched_script_has_its_tier_and_lends_it_to_nobody() throws Exception {
        Path build = Path.of("target/native").toAbsolutePath();
        assumeTrue(
                Files.getOwner(Path.of("/proc/self")).getName().equals("root")
                        && new ProcessBuilder(
                                                "make",
                                                "-s",
                                                "-C",
                                                "../../native",
                                                "BUILD=" + build,
                                                build + "/launch")
                                        .inheritIO()
                                        .start()
                                        .waitFor()
                                == 0,
                "to launch as somebody else needs root, and the native launcher");
        System.setProperty("kepm.libexec", build.toString());
        System.setProperty("kepm.run", run.toString());
        int port = TestAgent.freePort();
        SocketOwnersComponent owners = new SocketOwnersComponent();
        Fakes.Audit audit = new Fakes.Audit();
        LaunchesComponent launches =
                new LaunchesComponent(
                        new LauncherComponent(), owners, path -> List.of(), audit, settings(port));
        try {
            // Before there is a door, and so a certificate: the line waits.
            Launcher.Child child =
                    launches.launch(
                            new Component("plugin:a", Reach.PLUGIN, TopicRights.NONE, true),
                            order());
            assertThat(launches.running("plugin:a")).contains(child.identity());
            try (TestAgent agent = new TestAgent(run, port, launches, owners)) {
                assertThat(new String(child.output().readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo("200 200 403 401\nchild 401\nparent 200\n");
                assertThat(child.exit().get(60, TimeUnit.SECONDS)).isZero();
                assertThat(agent.audit.types()).contains("AUTHORIZATION_FAILED");
            }
            assertThat(audit.drafts)
                    .extracting(AuditDraft::type)
                    .containsOnly(AuditType.PROCESS_AUTHENTICATION_FAILED);
            assertThat(audit.drafts)
                    .extracting(AuditDraft::reason)
                    .satisfiesExactly(
                            wrong -> assertThat(wrong).isEqualTo("wrong secret"),
                            lent -> assertThat(lent).contains("not of process"));
            assertThat(launches.running("plugin:a")).isEmpty();
        } finally {
            System.clearProperty("kepm.libexec");
            System.clearProperty("kepm.run");
        }
    }

    private static LaunchOrder order() {
        return new LaunchOrder(
                "script",
                Path.of("/usr/bin/python3"),
                List.of("python3", "-c", SCRIPT),
                Map.of(),
                Path.of("/"),
                new LaunchOrder.LaunchUser(61_234, 61_234, List.of()),
                LaunchOrder.LaunchLimits.USUAL);
    }

    private static Settings settings(int port) {
        return new Settings() {
            @Override
            public <T> T get(Setting<T> setting) {
                return setting.key().equals(CoreSettings.HTTPS_PORT.key())
                        ? setting.reader().apply((long) port)
                        : setting.defaultValue();
            }

            @Override
            public Path approot() {
                return Path.of("/");
            }
        };
    }
}
