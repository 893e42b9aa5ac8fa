package io.kepm.itests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kepm.itests.Trial.Result;
import io.kepm.itests.plugin.PahoTalk;
import io.kepm.signing.forge.Forge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Jobs of the assembled agent: real processes, a real kill, real doors. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class JobIT {

    private static final String BIN = "/opt/keeper/sbin/Jobs/bin";
    private static final String BROKER = "/usr/local/bin/ask_by_broker.py";

    private static final List<String> SHIPPED =
            List.of(
                    "process-configuration-policies",
                    "FileInventory",
                    "UserInventory",
                    "ExecutionGrantStartupCleanup",
                    "FileAccessStartupCleanup",
                    "ephemeral-account-cleanup-if-unused",
                    "log-version-info",
                    "log-retention",
                    "audit-checkpoint",
                    "weekly-audit-summary");

    private static Trial trial;

    @BeforeAll
    static void up() throws IOException {
        trial = Trial.up();
        trial.write(
                BROKER, Files.readString(Path.of("src/test/resources/ask_by_broker.py")), "0755");
    }

    @AfterAll
    static void down() {
        trial.close();
    }

    /** Puts a script among the jobs' own programs. */
    private static void program(String name, String text) {
        trial.sh("mkdir -p " + BIN + "/" + name + " && chmod 0755 " + BIN + " " + BIN + "/" + name);
        trial.write(BIN + "/" + name + "/" + name, text, "0755");
    }

    private static void job(String id, String members) {
        trial.write(
                "/root/job.json",
                ("{'id':'" + id + "'," + members + "}").replace('\'', '"'),
                "0600");
        Result added = trial.exec("kepm", "job", "add", "/root/job.json");
        assertThat(added.code()).as(added.both()).isZero();
    }

    private static JsonNode last(String job) {
        return trial.json(trial.exec("kepm", "job", "log", job, "--json").out());
    }

    private static String processes(String marker) {
        return trial.sh("pgrep -fc '^" + marker + "' || true").out().strip();
    }

    @Test
    void a_document_is_validated_added_run_and_shown_from_the_command_line() {
        trial.write(
                "/root/bad.json",
                "{\"id\":\"a b\",\"tasks\":[{\"command\":\"bash\"}],\"x\":1}",
                "0600");
        Result bad = trial.exec("kepm", "job", "validate", "/root/bad.json");
        assertThat(bad.code()).isEqualTo(1);
        assertThat(bad.err()).contains("/id: ", "/tasks/0/command: a shell", "/x: unknown member");
        program(
                "greet",
                "#!/bin/sh\necho \"hello $1 as $(id -un), $(umask), $(cat | wc -c)\"\nenv\n");
        job(
                "greet",
                "'parameters':[{'name':'who','required':true}],"
                        + "'tasks':[{'id':'say','command':'greet','arguments':['{who}']}]");
        Result run = trial.exec("kepm", "job", "trigger", "greet", "who=you; id");
        assertThat(run.code()).as(run.both()).isZero();
        assertThat(run.out())
                .contains("task say Succeeded", "hello you; id as root, 0077, 0")
                .doesNotContain("KEEPER_JOB_ID", "JAVA");
        assertThat(trial.exec("kepm", "job", "run", "greet").err()).contains("/who: it is needed");
        assertThat(trial.exec("kepm", "job", "runs", "greet").out())
                .contains("Succeeded", "manual");
        assertThat(trial.audit("--type", "JOB_RUN").toString()).contains("\"job\":\"greet\"");
        assertThat(trial.sh("stat -c %a:%U:%G /opt/keeper/sbin/Jobs/greet.json").out())
                .isEqualTo("640:root:kepm-admins\n");
        assertThat(trial.as("alice", "kepm", "job", "list").code()).isEqualTo(126);
        assertThat(trial.exec("kepm", "job", "delete", "greet").code()).isZero();
        assertThat(trial.exec("kepm", "job", "show", "greet").code()).isEqualTo(1);
    }

    @Test
    void every_shipped_job_is_used_and_succeeds() {
        for (String id :
                List.of(
                        "UserInventory",
                        "FileInventory",
                        "weekly-audit-summary",
                        "log-retention",
                        "audit-checkpoint")) {
            Result asked =
                    trial.sh(
                            "curl -sSf --unix-socket /run/keeper/agent.sock http://kepm/api/jobs/"
                                    + id
                                    + "/run -H 'Content-Type: application/json' -d '{}'");
            assertThat(asked.code()).as(id + ": " + asked.both()).isZero();
        }
        trial.waitForMinutes(
                "their ends", () -> shipped().values().stream().noneMatch("Running"::equals));
        assertThat(shipped())
                .hasSize(10)
                .allSatisfy((id, state) -> assertThat(state).as(id).isEqualTo("Succeeded"));
        String reports = "/opt/keeper/sbin/Reports/";
        assertThat(trial.json(trial.read(reports + "UserInventory.json")).path("users").toString())
                .contains("\"name\":\"root\"");
        assertThat(trial.read(reports + "FileInventory.json")).contains("/usr/bin/sudo", "sha256");
        assertThat(trial.read(reports + "weekly-audit-summary.json")).contains("AGENT_STARTED");
    }

    /** How the last run of each shipped job ended, or that one goes on. */
    private static Map<String, String> shipped() {
        Map<String, String> states = new TreeMap<>();
        String list =
                trial.sh("curl -sSf --unix-socket /run/keeper/agent.sock http://kepm/api/jobs")
                        .out();
        for (JsonNode job : trial.json(list).path("items")) {
            assertThat(job.path("faults")).as(job.toString()).isEmpty();
            if (SHIPPED.contains(job.path("id").asText())) {
                boolean goesOn = job.path("running").asInt() + job.path("queued").asInt() > 0;
                states.put(
                        job.path("id").asText(),
                        goesOn ? "Running" : job.path("last").path("state").asText());
            }
        }
        return states;
    }

    @Test
    void ab_75_a_job_that_hangs_forks_and_floods_is_ended_whole_and_named() {
        program(
                "wild",
                "#!/bin/sh\n"
                        + "trap '' TERM\n"
                        + "for i in 1 2 3 4 5; do (trap '' TERM; exec sleep 7777) & done\n"
                        + "yes yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy | head -c 8000000\n"
                        // Not so much that the bound of what it may write comes first.
                        + "while :; do echo y; sleep 0.01; done\n");
        job("wild", "'tasks':[{'id':'wild','command':'wild','timeoutSeconds':10}]");
        job("calm", "'tasks':[{'command':'echo','arguments':['calm']}]");
        assertThat(trial.exec("kepm", "job", "run", "--no-wait", "wild").code()).isZero();
        trial.waitFor("its forks", () -> processes("sleep 7777").equals("5"));
        JsonNode calm = started("calm", "run", "{}");
        trial.waitFor("the end of both", () -> isOver("wild") && isOver("calm"));
        JsonNode ended = last("wild");
        calm = last("calm");
        assertThat(calm.path("state").asText()).isEqualTo("Succeeded");
        assertThat(Instant.parse(calm.path("ended").asText()))
                .as("it did not wait for the other one")
                .isBefore(Instant.parse(ended.path("ended").asText()));
        assertThat(ended.path("state").asText()).isEqualTo("TimedOut");
        assertThat(ended.path("reason").asText()).contains("task `wild`: not done within 10 s");
        assertThat(ended.path("tasks").get(0).path("output").asText()).hasSize(64 << 10);
        assertThat(processes("sleep 7777")).isEqualTo("0");
    }

    @Test
    void ab_75_who_writes_without_end_or_a_gigabyte_into_a_file_is_ended_and_named() {
        program("floods", "#!/bin/sh\nexec cat /dev/zero\n");
        job("floods", "'tasks':[{'id':'floods','command':'floods'}]");
        Result flood = trial.exec("kepm", "job", "run", "floods");
        assertThat(flood.code()).as(flood.both()).isEqualTo(1);
        assertThat(flood.both()).contains("task `floods`: it wrote more than 256 MiB");
        assertThat(processes("cat /dev/zero")).isEqualTo("0");

        String file = "/root/gigabyte";
        program("fills", "#!/bin/sh\ndd if=/dev/zero of=" + file + " bs=1M count=1024\n");
        job("fills", "'tasks':[{'id':'fills','command':'fills','fileSizeLimitMiB':8}]");
        Result fill = trial.exec("kepm", "job", "run", "fills");
        assertThat(fill.code()).as(fill.both()).isEqualTo(1);
        assertThat(fill.both())
                .contains("task `fills`: it wrote a file beyond the file size limit of 8 MiB");
        assertThat(trial.sh("stat -c %s " + file + " && rm " + file).out())
                .isEqualTo((8 << 20) + "\n");
    }

    @Test
    void a_job_is_replaced_cancelled_and_removed_over_http() {
        program("sleeps", "#!/bin/sh\nexec sleep 5555\n");
        job("http", "'tasks':[{'command':'sleeps'}]");
        String task = "\"tasks\":[{\"command\":\"sleeps\"}]}";
        assertThat(http("PUT", "/api/jobs/http", "{\"id\":\"http\",\"name\":\"New\"," + task))
                .isEqualTo("200");
        assertThat(http("PUT", "/api/jobs/http", "{\"id\":\"other\"," + task)).isEqualTo("422");
        assertThat(http("PUT", "/api/jobs/none", "{\"id\":\"none\"," + task)).isEqualTo("404");
        assertThat(trial.exec("kepm", "job", "show", "http").out()).contains("New");
        String run = started("http", "run", "{}").path("id").asText();
        trial.waitFor("its process", () -> processes("sleep 5555").equals("1"));
        assertThat(http("POST", "/api/jobs/http/cancel", "{\"run\":\"" + run + "\"}"))
                .isEqualTo("200");
        trial.waitFor("its end", () -> isOver("http"));
        assertThat(last("http").path("state").asText()).isEqualTo("Cancelled");
        assertThat(last("http").path("reason").asText()).isEqualTo("cancelled by root");
        assertThat(processes("sleep 5555")).isEqualTo("0");
        assertThat(http("POST", "/api/jobs/http/cancel", "{}")).isEqualTo("409");
        assertThat(http("DELETE", "/api/jobs/http", "{}")).isEqualTo("200");
        assertThat(http("GET", "/api/jobs/http", "")).isEqualTo("404");
        assertThat(http("DELETE", "/api/jobs/http", "{}")).isEqualTo("404");
        assertThat(trial.exists("/opt/keeper/sbin/Jobs/http.json")).isFalse();
    }

    private static String curl(String options, String method, String path, String body) {
        return trial.sh(
                        "curl -s "
                                + options
                                + " --unix-socket /run/keeper/agent.sock -X "
                                + method
                                + " http://kepm"
                                + path
                                + (body.isEmpty()
                                        ? ""
                                        : " -H 'Content-Type: application/json' -d '" + body + "'"))
                .out();
    }

    /** The status of an answer. */
    private static String http(String method, String path, String body) {
        return curl("-o /dev/null -w '%{http_code}'", method, path, body);
    }

    private static JsonNode started(String job, String how, String body) {
        return trial.json(curl("-f", "POST", "/api/jobs/" + job + "/" + how, body));
    }

    private static boolean isOver(String job) {
        JsonNode one = trial.json(curl("-f", "GET", "/api/jobs/" + job, ""));
        return one.path("running").asInt() + one.path("queued").asInt() == 0
                && one.path("last").has("ended");
    }

    @Test
    @Order(1)
    void a_killed_agent_leaves_no_run_and_no_child() {
        program("long", "#!/bin/sh\nsleep 8888 &\nexec sleep 8888\n");
        job("long", "'tasks':[{'command':'long'}]");
        assertThat(trial.exec("kepm", "job", "run", "--no-wait", "long").code()).isZero();
        trial.waitFor("its processes", () -> processes("sleep 8888").equals("2"));
        trial.kill();
        // For the stories of the tickets and of a user's programs: it is read at a start.
        trial.sh(
                "sed -i -e 's/\"ApprovalProviders\": .*/\"ApprovalProviders\": [\"ticket\"]/'"
                        + " -e 's/\"AllowedNonAdminExecutables\": .*/"
                        + "\"AllowedNonAdminExecutables\": [\"let-in\"],/'"
                        + " /opt/keeper/sbin/appsettings.json");
        trial.start();
        trial.waitFor("the jobs", () -> trial.exec("kepm", "job", "list").code() == 0);
        JsonNode run = last("long");
        assertThat(run.path("state").asText()).isEqualTo("Failed");
        assertThat(run.path("reason").asText()).isEqualTo("agent restarted");
        trial.waitFor("the end of its children", () -> processes("sleep 8888").equals("0"));
    }

    @Test
    void ab_17_the_right_of_an_elevated_task_is_that_of_its_process_and_can_be_taken_back() {
        // Not among the jobs' own: what is the agent's nobody is given.
        trial.write("/usr/local/sbin/hold", "#!/bin/sh\nid -u\nexec sleep 6810\n", "0755");
        trial.as("alice", "true");
        trial.policy(
                "hold.json",
                """
                {"PolicyId":"hold","PolicyName":"Hold","PolicyType":"CommandLine","Status":"enforce",
                 "UserCheck":["alice"],"Actions":{"OnSuccess":{"Controls":["ALLOW"]}},
                 "Extension":{"Commands":[{"Path":"/usr/local/sbin/hold"}]}}
                """);
        session("TYPE=tty\\n");
        job(
                "hold",
                "'tasks':[{'executablePath':'/usr/local/sbin/hold','executionType':'UserElevated'}]");
        assertThat(trial.exec("kepm", "job", "run", "--no-wait", "hold").code()).isZero();
        trial.waitFor("its process", () -> processes("sleep 6810").equals("1"));
        JsonNode grant =
                trial.json(trial.exec("kepm", "grants", "--json").out()).path("items").path(0);
        assertThat(grant.path("user").asText()).as(grant.toString()).isEqualTo("alice");
        String id = grant.path("id").asText();
        assertThat(trial.exec("kepm", "release", id).code()).isZero();
        trial.waitFor("its end", () -> processes("sleep 6810").equals("0"));
        trial.waitFor(
                "the end of the run", () -> last("hold").path("state").asText().equals("Failed"));
        trial.waitFor(
                "the record of its end",
                () ->
                        trial.audit("--type", "ELEVATION_ENDED").stream()
                                .map(record -> record.path("details").path("grant").asText())
                                .anyMatch(id::equals));
        assertThat(trial.exec("kepm", "grants").out()).doesNotContain(id);
        trial.sh("rm /run/systemd/sessions/77");
    }

    /** As systemd-logind writes down that alice is in front. */
    private static void session(String more) {
        trial.as("alice", "true");
        trial.sh(
                "mkdir -p /run/systemd/sessions; printf 'UID=%s\\nACTIVE=1\\nCLASS=user\\n"
                        + more
                        + "' $(id -u alice) >/run/systemd/sessions/77");
    }

    @Test
    void ab_17_a_task_of_a_user_is_let_in_by_name_and_is_no_more_than_that_user() {
        String text =
                "#!/bin/sh\necho \"$(id -un) $(id -u) $(umask) $(cat | wc -c)\"\nenv\n"
                        + "[ -z \"$1\" ] || exec python3 -c"
                        + " 'import os, time\nwhile os.fork(): pass\ntime.sleep(6820)'\n";
        program("let-in", text);
        program("not-let-in", text);
        job("user", "'tasks':[{'command':'let-in','executionType':'User'}]");
        job("desktop", "'tasks':[{'command':'let-in','executionType':'UserDesktop'}]");
        job("other", "'tasks':[{'command':'not-let-in','executionType':'User'}]");
        job(
                "forks",
                "'tasks':[{'command':'let-in','executionType':'User','arguments':['fork'],"
                        + "'timeoutSeconds':100}]");
        assertThat(trial.exec("kepm", "job", "run", "user").both())
                .contains("nobody is logged in here now");

        session("TYPE=tty\\n");
        Result refused = trial.exec("kepm", "job", "run", "other");
        assertThat(refused.code()).as(refused.both()).isEqualTo(1);
        String why =
                "`not-let-in` is not in `AllowedNonAdminExecutables`, and `alice` is no"
                        + " administrator";
        assertThat(refused.both()).contains(why);
        assertThat(trial.audit("--type", "JOB_RUN"))
                .filteredOn(record -> record.path("details").path("job").asText().equals("other"))
                .singleElement()
                .satisfies(
                        record -> {
                            assertThat(record.path("outcome").asText()).isEqualTo("FAILED");
                            assertThat(record.path("reason").asText()).contains(why);
                        });
        String alice = trial.sh("id -u alice").out().strip();
        Result user = trial.exec("kepm", "job", "run", "user");
        assertThat(user.out())
                .as(user.both())
                .contains("alice " + alice + " 0077 0", "HOME=/home/");
        assertThat(user.out()).doesNotContain("DISPLAY", "XDG_", "KEEPER_", "JAVA");
        assertThat(trial.exec("kepm", "job", "run", "desktop").both())
                .contains("nobody has a desktop here now");

        session("TYPE=x11\\nDISPLAY=:7\\n");
        Result desktop = trial.exec("kepm", "job", "run", "desktop");
        assertThat(desktop.out())
                .as(desktop.both())
                .contains("alice " + alice, "DISPLAY=:7", "XDG_SESSION_TYPE=x11")
                .contains("XDG_RUNTIME_DIR=/run/user/" + alice)
                .contains("DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/" + alice + "/bus");

        Result forks = trial.exec("kepm", "job", "run", "forks");
        assertThat(forks.code()).as(forks.both()).isEqualTo(1);
        assertThat(forks.both()).contains("the limit of 256 processes");
        assertThat(trial.sh("pgrep -c -u alice python3 || true").out().strip()).isEqualTo("0");
        trial.sh("rm /run/systemd/sessions/77");
    }

    @Test
    void what_root_writes_into_the_folder_is_read_by_a_reload_and_by_itself() {
        String jobs = "/opt/keeper/sbin/Jobs/";
        String text = "{\"id\":\"late\",\"name\":\"%s\",\"tasks\":[{\"command\":\"echo\"}]}";
        trial.write(jobs + "late.json", text.formatted("First"), "0640");
        Result reload = trial.exec("kepm", "job", "reload");
        assertThat(reload.code()).as(reload.both()).isZero();
        assertThat(trial.exec("kepm", "job", "show", "late").out()).contains("First");
        // In place: only the kernel's word tells of that before half a minute is over.
        trial.write(jobs + "late.json", text.formatted("Second"), "0640");
        trial.waitFor(
                "the change",
                25,
                () -> trial.exec("kepm", "job", "show", "late").out().contains("Second"));
        trial.write(jobs + "late.json", "{\"id\":\"late\"}", "0640");
        reload = trial.exec("kepm", "job", "reload");
        assertThat(reload.both()).contains("late", "tasks");
        trial.sh("rm " + jobs + "late.json");
        assertThat(trial.exec("kepm", "job", "reload").code()).isZero();
        assertThat(trial.exec("kepm", "job", "show", "late").code()).isEqualTo(1);
        assertThat(trial.as("alice", "kepm", "job", "reload").code()).isEqualTo(126);
    }

    @Test
    void ab_17_what_the_agent_launched_is_let_in_and_the_same_started_by_hand_is_not() {
        program(
                "caller",
                "#!/usr/bin/python3\n"
                        + "import base64, json, ssl, sys, urllib.request, urllib.error\n"
                        + "line = json.loads(sys.stdin.readline() or sys.argv[1])\n"
                        + "open('/run/caller.line', 'w').write(json.dumps(line))\n"
                        + "trust = ssl.create_default_context(cadata=line['caPem'])\n"
                        + "ask = urllib.request.Request(line['api'] + '/api/jobs/caller')\n"
                        + "pair = (line['clientId'] + ':' + line['secret']).encode()\n"
                        + "ask.add_header('Authorization', 'Basic ' + base64.b64encode(pair).decode())\n"
                        + "try:\n"
                        + "    print(urllib.request.urlopen(ask, context=trust).status)\n"
                        + "except urllib.error.HTTPError as e:\n"
                        + "    print(e.code)\n");
        job(
                "caller",
                "'mqttTopics':{'allowedPublications':['KeeperLogger']},"
                        + "'tasks':[{'command':'caller'}]");
        Result run = trial.exec("kepm", "job", "run", "caller");
        assertThat(run.out()).as(run.both()).contains("200");
        String line = trial.read("/run/caller.line");
        trial.write("/root/line", line, "0600");
        // The very line of a run that is over, by root, with the very program.
        String byHand = BIN + "/caller/caller \"$(cat /root/line)\" </dev/null";
        assertThat(trial.sh(byHand).out()).contains("401");
        JsonNode said = trial.json(line);
        assertThat(
                        trial.sh(
                                        "echo '"
                                                + said.path("secret").asText()
                                                + "' | python3 "
                                                + BROKER
                                                + " 8675 /run/keeper/agent.crt "
                                                + said.path("clientId").asText())
                                .both())
                .contains("refused with code 4");
        assertThat(trial.audit("--type", "PROCESS_AUTHENTICATION_FAILED").toString())
                .contains("no such component is running");
    }

    @Test
    void ab_17_a_call_of_a_job_is_its_run_at_the_agents_own_api_and_nobody_anywhere_else() {
        String get = "{'id':'%s','type':'http','url':'%s','expectStatus':[%d]}";
        job(
                "calls",
                "'tasks':["
                        + get.formatted("own", "{KeeperApiBaseUrl}/api/jobs/{job.id}", 200)
                        + ","
                        + get.formatted("admin", "{KeeperApiBaseUrl}/api/tokens", 403)
                        + ","
                        + get.formatted("plain", "https://localhost:6889/api/jobs", 401)
                        + "]");
        Result run = trial.exec("kepm", "job", "run", "calls");
        assertThat(run.code()).as(run.both()).isZero();
        JsonNode tasks = last("calls").path("tasks");
        assertThat(tasks.get(0).path("output").asText()).contains("\"id\":\"calls\"");
        assertThat(tasks.get(1).path("output").asText())
                .contains("root in its own right: job:calls:");
    }

    @Test
    void ab_75_a_process_of_a_job_says_and_hears_at_the_broker_what_it_declares_and_nothing_else() {
        program(
                "speaker",
                "#!/usr/bin/python3\n"
                        + "exec(open('"
                        + BROKER
                        + "').read().rsplit('main()', 1)[0])\n"
                        + "line = json.loads(sys.stdin.readline())\n"
                        + "trust = ssl.create_default_context(cadata=line['caPem'])\n"
                        + "plain = socket.create_connection(('localhost', line['mqtt']['port']), 60)\n"
                        + "tls = trust.wrap_socket(plain, server_hostname='localhost')\n"
                        + "stream, me = tls.makefile('rb'), line['clientId']\n"
                        + "tls.sendall(packet(0x10, text('MQTT') + b'\\x04\\xc2\\x00\\x3c'"
                        + " + text(me) + text(me) + text(line['secret'])))\n"
                        + "print('in', read(stream)[1][1])\n"
                        + "tls.sendall(packet(0x32, text('Site/said') + b'\\x00\\x01' + b'x'))\n"
                        + "print('acknowledged', read(stream)[0])\n"
                        + "for wanted in ('Site/heard', 'Other/heard', 'Site/#', '#'):\n"
                        + "    tls.sendall(packet(0x82, b'\\x00\\x03' + text(wanted) + b'\\x01'))\n"
                        + "    print('hears', wanted, read(stream)[1][2])\n"
                        + "tls.sendall(packet(0x32, text('Other/said') + b'\\x00\\x02' + b'x'))\n"
                        + "read(stream)\n");
        job(
                "speaker",
                "'mqttTopics':{'allowedPublications':['Site/said'],"
                        + "'allowedSubscriptions':['Site/heard']},'tasks':[{'command':'speaker'}]");
        Result run = trial.exec("kepm", "job", "run", "speaker");
        assertThat(run.out())
                .as(run.both())
                .contains("in 0", "acknowledged 4", "hears Site/heard 1")
                .contains("hears Other/heard 128", "hears Site/# 128", "hears # 128");
        assertThat(trial.exec("kepm", "mqtt", "denials").out())
                .contains("job:speaker:", "Other/said", "Other/heard", "Site/#")
                .doesNotContain("Site/said", "Site/heard");
    }

    @Test
    void the_client_of_another_maker_speaks_from_a_process_of_its_own() throws Exception {
        trial.sh("mkdir -p /opt/paho");
        trial.put("/opt/paho/talk.jar", PluginForge.paho(Forge.archive()).unsigned());
        String java = trial.sh("readlink -f /proc/$(cat /run/kepm-trial.agent)/exe").out().strip();
        job(
                "paho",
                "'mqttTopics':{'allowedPublications':['paho/said'],"
                        + "'allowedSubscriptions':['paho/said']},'tasks':[{'executablePath':'"
                        + java
                        + "','arguments':['-XX:+UseSerialGC','-cp','/opt/paho/talk.jar','"
                        + PahoTalk.class.getName()
                        + "']}]");
        Result run = trial.exec("kepm", "job", "run", "paho");
        assertThat(run.out())
                .as(run.both())
                .contains("heard 0, heard 1, heard 2, still heard 1, denied 128");
    }

    @Test
    @Order(2)
    void a_job_of_a_ticket_system_approves_what_alice_asked_for_and_nothing_else() {
        program(
                "ticket-client",
                "#!/bin/sh\n"
                        + "[ \"$1\" = alice ] && d=approve || d=deny\n"
                        + "echo \"{\\\"decision\\\": \\\"$d\\\", \\\"ticket\\\": 4711}\"\n");
        job(
                "ticket",
                "'events':['PolicyEvaluationPending'],"
                        + "'condition':{'path':'needsApproval','equals':true},'tasks':["
                        + "{'id':'ask','command':'ticket-client','mergeStdoutJsonIntoContext':true,"
                        + "'arguments':['{user.name}','{command.line}']},"
                        + "{'id':'answer','type':'builtin','command':'answer-approval',"
                        + "'arguments':{'decision':'{decision}','comment':'ticket {ticket}'}}]");
        trial.policy(
                "t.json",
                """
                {"PolicyId":"t1","PolicyName":"Asks","PolicyType":"CommandLine","Status":"enforce",
                 "UserCheck":["alice"],"Actions":{"OnSuccess":{"Controls":["APPROVAL"]}},
                 "Approval":{"Approvers":["%helpdesk"]},
                 "Extension":{"Commands":[{"Path":"/usr/bin/id"}]}}
                """);
        String[] ask = {"kepm", "run", "-m", "the printer is stuck", "--", "/usr/bin/id"};
        assertThat(trial.as("alice", ask).code()).isEqualTo(1);
        trial.waitFor("the run", () -> last("ticket").path("state").asText().equals("Succeeded"));
        Result allowed = trial.as("alice", ask);
        assertThat(allowed.out()).as(allowed.both()).contains("uid=0(root)");
        JsonNode approved =
                trial.audit("--type", "REQUEST_STATUS_CHANGED").stream()
                        .filter(
                                record ->
                                        record.path("details")
                                                .path("act")
                                                .asText()
                                                .equals("APPROVE"))
                        .findFirst()
                        .orElseThrow();
        assertThat(approved.path("details").path("by").asText()).isEqualTo("provider:ticket");
        assertThat(approved.path("reason").asText()).isEqualTo("ticket 4711");
        // By hand it answers nothing.
        Result byHand = trial.exec("kepm", "job", "run", "ticket");
        assertThat(byHand.code()).isEqualTo(1);
        assertThat(byHand.out()).contains("its condition does not hold");
        trial.noPolicies();
    }
}
