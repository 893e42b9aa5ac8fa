package io.kepm.itests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kepm.itests.Trial.Result;
import io.kepm.itests.plugin.Broken;
import io.kepm.itests.plugin.Exiting;
import io.kepm.itests.plugin.Trace;
import io.kepm.itests.plugin.Usurper;
import io.kepm.signing.forge.CmsForge;
import io.kepm.signing.forge.Forge;
import io.kepm.signing.forge.RawZip;
import io.kepm.signing.forge.Signer;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Signed plugins on the assembled agent, and everything that is no signed plugin. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PluginIT {

    private static final String PLUGINS = "/opt/keeper/sbin/Plugins";
    private static final String MANIFEST = "META-INF/MANIFEST.MF";
    private static final Signer FOREIGN = Signer.ec();
    private static Signer vendor;
    private static Trial trial;

    @BeforeAll
    static void up() throws Exception {
        vendor = developmentKey();
        trial = Trial.up();
    }

    @AfterAll
    static void down() {
        trial.close();
    }

    /** The key that the build signed this distribution with. */
    private static Signer developmentKey() throws Exception {
        Process process =
                new ProcessBuilder(Trial.REPOSITORY.resolve("signing/scripts/dev-key").toString())
                        .start();
        Path folder = Path.of(new String(process.getInputStream().readAllBytes()).strip());
        char[] password = Files.readString(folder.resolve("password")).strip().toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("key.p12"))) {
            store.load(in, password);
        }
        return new Signer(
                (PrivateKey) store.getKey("dev", password),
                (X509Certificate) store.getCertificate("dev"),
                "SHA256withECDSA");
    }

    private static Forge plugin(String id, String version, Class<?> activator) {
        return Forge.bundle(id)
                .header("Bundle-Version", version)
                .header("Bundle-Activator", activator.getName())
                .header("Import-Package", "org.osgi.framework")
                .with(activator);
    }

    @Test
    @Order(1)
    void the_sample_goes_from_its_source_to_healthy() {
        trial.sample("denial-counter", "/root/denial-counter.jar");
        assertThat(trial.exec("kepm", "trust", "check", "/root/denial-counter.jar").both())
                .contains("trusted: signed by " + vendor.thumbprint());
        trial.as("alice", "true");
        trial.policy("p.json", Policies.allow("p1", "alice", "/usr/bin/true", ""));
        trial.sh(
                "setsid runuser -u alice -- bash -c 'until [ -e /tmp/enough ]; do sudo -n true && echo"
                        + " yes || echo NO; done' > /root/elevations 2>&1 & true");
        trial.waitFor("elevations", () -> trial.read("/root/elevations").contains("yes"));
        Result install = trial.exec("kepm", "plugin", "install", "/root/denial-counter.jar");
        trial.sh("touch /tmp/enough");
        assertThat(install.both()).contains("denial-counter 1.0.0 is Healthy");
        assertThat(trial.read("/root/elevations"))
                .as("sudo while a plugin is installed")
                .doesNotContain("NO");
        assertThat(trial.exec("kepm", "plugin", "list").out())
                .containsPattern("denial-counter +Service +1\\.0\\.0 +Healthy")
                .containsPattern("KeeperPolicy +Agent")
                .contains("RedirectEvaluator");
        assertThat(records("PLUGIN_INSTALLED")).contains("denial-counter", vendor.thumbprint());
    }

    @Test
    @Order(2)
    void the_python_sample_hears_the_audit_over_the_broker_as_a_user_of_its_own() {
        trial.sample("denial-listener", "/root/denial-listener.kpk");
        assertThat(shell("kepm:log-level plugins Information").code()).isZero();
        assertThat(trial.exec("kepm", "plugin", "install", "/root/denial-listener.kpk").both())
                .contains("denial-listener 1.0.0 is Healthy");
        trial.waitFor(
                "it to be connected",
                () -> trial.exec("kepm", "mqtt", "clients").out().contains("denial-listener"));
        trial.waitFor("it to listen", () -> trial.logs().contains("listening"));
        assertThat(trial.as("alice", "sudo", "-n", "id").code()).isEqualTo(1);
        trial.waitFor("a denial heard", () -> trial.logs().contains("1 denials heard"));

        String before = process("denial-listener");
        assertThat(trial.sh("stat -c %U /proc/" + before).out()).isEqualTo("kepm-plugin\n");
        trial.sh("kill -9 " + before);
        trial.waitFor(
                "it to be started again",
                () ->
                        !process("denial-listener").equals(before)
                                && status("denial-listener").contains("Healthy"));
        assertThat(trial.exec("kepm", "plugin", "restart", "denial-listener").code()).isZero();
        trial.waitFor(
                "it to be connected again",
                () -> trial.exec("kepm", "mqtt", "clients").out().contains("denial-listener"));
    }

    @Test
    @Order(3)
    void a_killed_agent_leaves_no_process_of_a_plugin_and_the_next_one_starts_it_again() {
        String before = process("denial-listener");
        trial.kill();
        trial.start();
        trial.waitFor(
                "it to be connected again",
                () -> trial.exec("kepm", "mqtt", "clients").out().contains("denial-listener"));

        assertThat(process("denial-listener")).isNotEqualTo(before);
        assertThat(trial.sh("pgrep -fc listener.py").out()).isEqualTo("1\n");
    }

    @Test
    @Order(2)
    void a_new_skeleton_of_each_kind_builds_and_becomes_healthy_once_it_is_signed()
            throws Exception {
        for (String[] kind :
                new String[][] {{"fresh", "", ".jar"}, {"fresh-process", "--executable", ".kpk"}}) {
            String file = "/root/skeleton/" + kind[0] + "/" + kind[0] + kind[2];
            Result built =
                    trial.sh(
                            "mkdir -p /root/skeleton && cd /root/skeleton && kepm plugin new "
                                    + kind[1]
                                    + " "
                                    + kind[0]
                                    + " && lib=/opt/keeper/lib/system"
                                    + " && export API=$(echo $lib/io/kepm/api/*/api-*.jar)"
                                    + " OSGI=$(echo $lib/org/apache/felix/org.apache.felix.framework/*/*.jar)"
                                    + " && "
                                    + kind[0]
                                    + "/build.sh && base64 -w0 "
                                    + file
                                    + " > /root/skeleton/built");
            assertThat(built.code()).as(built.both()).isZero();
            assertThat(trial.exec("kepm", "trust", "check", file).both()).contains("not signed");
            assertThat(trial.exec("kepm", "plugin", "install", file).both()).contains("not signed");
            trial.put(file, signed(Base64.getDecoder().decode(trial.read("/root/skeleton/built"))));
            assertThat(trial.exec("kepm", "trust", "check", file).both()).contains("trusted");
            assertThat(trial.exec("kepm", "plugin", "install", file).both())
                    .contains(kind[0] + " 1.0.0 is Healthy");
            assertThat(trial.exec("kepm", "plugin", "remove", kind[0]).code()).isZero();
        }
    }

    private static byte[] signed(byte[] jar) throws Exception {
        Path file = Files.write(Files.createTempFile("kepm-plugin", ".jar"), jar);
        Process process =
                new ProcessBuilder(
                                Trial.REPOSITORY.resolve("signing/scripts/sign-plugin").toString(),
                                file.toString())
                        .inheritIO()
                        .start();
        assertThat(process.waitFor()).isZero();
        return Files.readAllBytes(file);
    }

    @Test
    @Order(3)
    void a_part_of_the_agent_restarts_alone_and_what_others_stand_on_says_so() {
        String before = process("denial-listener");
        for (String part :
                List.of(
                        "KeeperPolicy",
                        "RedirectEvaluator",
                        "KeeperLogger",
                        "KeeperJobs",
                        "KeeperShell",
                        "KeeperSudo",
                        "KeeperHttps")) {
            assertThat(trial.exec("kepm", "plugin", "restart", part).both())
                    .contains(part + ": restarted");
            trial.waitFor(
                    part + " to be there again",
                    () ->
                            trial.exec("kepm", "plugin", "list")
                                    .out()
                                    .matches("(?s).*" + part + " +Agent +\\S+ +Healthy.*"));
        }
        for (String part : List.of("KeeperTrust", "KeeperStorage", "KeeperElevation")) {
            assertThat(trial.exec("kepm", "plugin", "restart", part).both())
                    .contains("io.kepm.sudo", "restart the agent");
        }
        trial.waitFor(
                "the door of sudo", () -> trial.as("alice", "sudo", "-n", "true").code() == 0);
        assertThat(process("denial-listener")).as("a plugin meanwhile").isEqualTo(before);
        assertThat(trial.exists("/run/keeper/ready")).isTrue();
        assertThat(trial.exec("kepm", "plugin", "restart", "KeeperMqtt").code()).isZero();
        trial.waitFor(
                "it to be connected again",
                () -> trial.exec("kepm", "mqtt", "clients").out().contains("denial-listener"));
    }

    private static String process(String id) {
        return trial.json(status(id)).path("processId").asText();
    }

    @Test
    @Order(3)
    void ab_69_a_version_that_fails_or_is_older_leaves_the_former_one_running() {
        assertThat(upload(plugin("up.plugin", "1.0.0", Trace.class)).out()).contains("Healthy");
        assertThat(upload(plugin("up.plugin", "1.1.0", Trace.class)).out()).contains("\"1.1.0\"");
        assertThat(upload(plugin("up.plugin", "1.2.0", Broken.class)).out())
                .contains("broken by design");
        assertThat(status("up.plugin")).contains("\"1.1.0\"", "Healthy");
        assertThat(upload(plugin("up.plugin", "1.0.0", Trace.class)).out())
                .contains("is older than 1.1.0");
        assertThat(upload(plugin("up.plugin", "1.0.9", Trace.class)).out())
                .contains("allow-downgrade");
        assertThat(status("up.plugin")).contains("\"1.1.0\"", "Healthy");
        assertThat(
                        send(
                                        plugin("up.plugin", "1.0.0", Trace.class).signed(vendor),
                                        "?allowDowngrade=true")
                                .out())
                .contains("\"1.0.0\"");
        assertThat(records("PLUGIN_REFUSED")).contains("up.plugin");
    }

    @Test
    @Order(4)
    void a_plugin_that_would_end_or_usurp_the_agent_does_neither() {
        assertThat(upload(plugin("exits", "1.0.0", Exiting.class)).out())
                .contains("calls System.exit");
        assertThat(upload(plugin("usurps", "1.0.0", Usurper.class)).out())
                .contains("it would offer `io.kepm.api.policy.PolicyEngine`");
        assertThat(trial.exec("kepm", "status").code()).isZero();
        assertThat(shell("bundle:list -t 0 -s").out()).doesNotContain("exits", "usurps");
    }

    private static Map<String, byte[]> bad() {
        byte[] evil = {1, 2, 3};
        Forge forge = plugin("evil", "1.0.0", Trace.class);
        String code = Trace.class.getName().replace('.', '/') + ".class";
        Map<String, byte[]> bad = new LinkedHashMap<>();
        bad.put("unsigned", forge.unsigned());
        bad.put("foreign", forge.signed(FOREIGN));
        bad.put("replaced", forge.parts(vendor).change(code, old -> evil).bytes());
        bad.put("added", forge.parts(vendor).add("Evil.class", evil).bytes());
        bad.put("services", forge.parts(vendor).add("META-INF/services/x", evil).bytes());
        bad.put("first", forge.parts(vendor).addFirst(code, evil).bytes());
        bad.put("last", forge.parts(vendor).add(code, evil).bytes());
        bad.put("hidden", forge.parts(vendor).hide("Evil.class", evil).bytes());
        bad.put("manifest", forge.parts(vendor).change(MANIFEST, PluginIT::edited).bytes());
        bad.put("rsa", forge.parts(vendor).add("META-INF/EVIL.RSA", evil).bytes());
        bad.put("pair", pair(forge.parts(vendor), evil));
        bad.put("mixed", mixed(forge));
        bad.put("weak", forge.signed(Signer.form("RSA", 1024, "SHA256withRSA").make()));
        bad.put("block", forge.parts(vendor).remove("META-INF/SIGNER0.EC").bytes());
        bad.put("sha1", forge.digest("SHA-1").signed(vendor));
        bad.put("fragment", forge.header("Fragment-Host", "io.kepm.policy").signed(vendor));
        bad.put(
                "extension",
                forge.header("Fragment-Host", "system.bundle; extension:=framework")
                        .header("ExtensionBundle-Activator", Trace.class.getName())
                        .signed(vendor));
        bad.put("name", forge.header("Bundle-SymbolicName", "io.kepm.policy").signed(vendor));
        bad.put("export", forge.header("Export-Package", "io.kepm.api.policy").signed(vendor));
        bad.put("nested", forge.header("Bundle-ClassPath", ".,inner.jar").signed(vendor));
        bad.put("dynamic", forge.header("DynamicImport-Package", "*").signed(vendor));
        bad.put("native", forge.header("Bundle-NativeCode", "x.so").signed(vendor));
        return bad;
    }

    private static byte[] edited(byte[] manifest) {
        return new String(manifest, StandardCharsets.UTF_8)
                .replace("Bundle-Version: 1.0.0", "Bundle-Version: 9.0.0")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** A signature that is none, beside the real one. */
    private static byte[] pair(RawZip zip, byte[] block) {
        return zip.add("META-INF/EVIL.SF", zip.content("META-INF/SIGNER0.SF"))
                .add("META-INF/EVIL.EC", block)
                .bytes();
    }

    /** Signed by the vendor, then with one class more by somebody else. */
    private static byte[] mixed(Forge forge) {
        RawZip own = forge.parts(vendor);
        return forge.with("Evil.class", "evil")
                .parts(FOREIGN)
                .add("META-INF/VENDOR.SF", own.content("META-INF/SIGNER0.SF"))
                .add("META-INF/VENDOR.EC", own.content("META-INF/SIGNER0.EC"))
                .bytes();
    }

    @Test
    @Order(5)
    void ab_65_ab_70_ab_71_what_is_no_signed_plugin_comes_in_by_no_way() {
        trial.sh("rm -f /run/kepm-trace");
        bad().forEach(
                        (name, jar) -> {
                            trial.put("/root/" + name + ".jar", jar);
                            assertThat(send(jar, "").out()).as(name).contains("\"status\":422");
                        });
        bad().keySet()
                .forEach(
                        name -> {
                            Result install = shell("bundle:install -s file:/root/" + name + ".jar");
                            assertThat(install.both()).as(name).contains("signed digest list");
                            trial.sh("cp /root/" + name + ".jar " + PLUGINS + "/");
                        });
        trial.waitFor(
                "what was dropped to be set aside",
                () ->
                        bad().keySet().stream()
                                .allMatch(
                                        name ->
                                                trial.exists(
                                                        PLUGINS + "/" + name + ".jar.refused")));
        trial.sh("rm -f " + PLUGINS + "/*.refused");

        assertThat(trial.exists("/run/kepm-trace")).isFalse();
        assertThat(shell("bundle:list -t 0 -s").out()).doesNotContain("evil");
        assertThat(records("PLUGIN_REFUSED")).contains("evil");
        trial.waitFor(
                "the guard's refusals on record",
                () -> records("BUNDLE_REFUSED").contains(FOREIGN.thumbprint()));
    }

    @Test
    @Order(6)
    void a_trusted_bundle_comes_in_by_the_shell_and_by_a_drop() {
        trial.put(
                "/root/by-shell.jar",
                plugin("by-shell", "1.0.0", Trace.class).signed(FOREIGN, vendor));
        assertThat(shell("bundle:install -s file:/root/by-shell.jar").code()).isZero();
        assertThat(shell("bundle:list -t 0 -s").out()).contains("by-shell");
        trial.put("/root/dropped.jar", plugin("dropped", "1.0.0", Trace.class).signed(vendor));
        trial.sh("cp /root/dropped.jar " + PLUGINS + "/");
        trial.waitFor("the dropped plugin", () -> status("dropped").contains("Healthy"));
        assertThat(trial.exists(PLUGINS + "/dropped.jar")).isFalse();
    }

    @Test
    @Order(7)
    void alternative_signatures_let_in_and_their_removal_takes_out_at_the_next_start() {
        byte[] jar = plugin("alternative", "1.0.0", Trace.class).signed(FOREIGN);
        assertThat(send(jar, "").out()).contains("is not trusted here");
        Map<String, Signer> unfit = unfit();
        alternatives(
                "\""
                        + FOREIGN.thumbprint().toUpperCase(java.util.Locale.ROOT)
                        + "\""
                        + unfit.values().stream()
                                .map(each -> ", \"" + each.thumbprint() + "\"")
                                .collect(Collectors.joining()));
        String trusted = trial.exec("kepm", "trust", "list").both();
        assertThat(unfit.values()).allMatch(each -> trusted.contains(each.thumbprint()));
        unfit.forEach(PluginIT::refusedEverywhere);
        assertThat(send(jar, "").out()).contains("Healthy");
        assertThat(trial.health().get("trusted signers")).contains("AlternativeSignatures");
        // What the cache was told is seen too: the other plugins are there after the restart.
        assertThat(status("denial-counter")).contains("Healthy");
        alternatives("");
        trial.waitFor("the plugin to be refused", () -> status("alternative").contains("Failed"));

        assertThat(status("alternative")).contains("is not trusted here");
        assertThat(status("denial-counter")).contains("Healthy");
        assertThat(shell("bundle:list -t 0 -s").out()).doesNotContain("alternative");
        assertThat(records("PLUGIN_STATE_CHANGED")).contains("is not trusted here");
        assertThat(trial.exec("kepm", "plugin", "remove", "alternative").code()).isZero();
    }

    @Test
    @Order(8)
    void ab_66_a_signed_list_of_revocations_counts_at_once_and_after_a_restart_without_it() {
        byte[] jar = plugin("listed", "1.0.0", Trace.class).signed(vendor);
        assertThat(send(jar, "").out()).contains("Healthy");
        byte[] list =
                ("KEPM revocations\nrevision 1\n"
                                + trial.sh("sha256sum /root/upload.jar | cut -c1-64").out())
                        .getBytes(StandardCharsets.UTF_8);
        trial.put("/root/list", list);
        trial.put("/root/list.sig", CmsForge.detached(list, vendor));
        assertThat(trial.exec("kepm", "trust", "revoke", "/root/list").both())
                .contains("revision 1 is in force");
        trial.waitFor(
                "what is on the list to be gone",
                () -> !shell("bundle:list -t 0 -s").out().contains("listed"));
        trial.waitFor(
                "the list on record",
                () -> records("CONFIGURATION_CHANGED").contains("revocations"));
        trial.sh("rm /opt/keeper/sbin/revocations*");
        trial.restart();

        assertThat(send(jar, "").out()).contains("this very file was revoked");
        assertThat(trial.exec("kepm", "plugin", "remove", "listed").code()).isZero();
    }

    @Test
    @Order(9)
    void ab_66_a_signer_who_is_revoked_is_stopped_at_once() {
        signedPrograms();
        assertThat(sudo("tool")).contains("denies it").doesNotContain("not known");
        assertThat(sudo("large")).contains("not known: the file is larger than 16 MiB");
        assertThat(sudo("plain")).contains("plain ran");
        assertThat(
                        trial.exec("kepm", "policy", "explain", "-u", "alice", "--", "/opt/a/tool")
                                .out())
                .contains("DENY")
                .contains("+ CertificationCheck: compared by thumbprint");
        trial.sh(
                "echo "
                        + vendor.thumbprint()
                        + " > /opt/keeper/sbin/revoked; chmod 0640 /opt/keeper/sbin/revoked");
        trial.waitFor(
                "the plugins of the revoked signer to be gone",
                () -> {
                    String list = shell("bundle:list -t 0 -s").out();
                    return !list.contains("denial-counter") && !list.contains("by-shell");
                });
        trial.waitFor(
                "the process of the revoked signer to be gone",
                () -> status("denial-listener").contains("Failed"));
        assertThat(trial.sh("pgrep -f listener.py").out()).isEmpty();
        assertThat(upload(plugin("late", "1.0.0", Trace.class)).out()).contains("was revoked");
        trial.waitFor(
                "the revocation on record",
                () -> records("BUNDLE_REFUSED").contains("was revoked"));
        assertThat(trial.exec("kepm", "status").code()).isEqualTo(0);
        assertThat(sudo("tool")).as("denied as before").contains("denies it").contains("revoked");
        assertThat(records("POLICY_EVALUATION")).contains("signer_unknown");
    }

    /** Three that alice may run, apart from what the vendor signed. */
    private static void signedPrograms() {
        trial.sh("mkdir -p /opt/a && printf '#!/bin/sh\necho plain ran\n' > /opt/a/plain");
        trial.sh("cp /opt/a/plain /opt/a/tool && cp /opt/a/plain /opt/a/large");
        trial.sh("truncate -s 16777217 /opt/a/large && chmod 0755 /opt/a/*");
        byte[] tool = trial.read("/opt/a/tool").getBytes(StandardCharsets.UTF_8);
        trial.put("/opt/a/tool.sig", CmsForge.detached(tool, vendor));
        trial.put("/opt/a/large.sig", CmsForge.detached(tool, vendor));
        trial.policy("a.json", Policies.deny("a", "alice", "/opt/a/*").replace("DENY", "ALLOW"));
        trial.policy("d.json", Policies.signed("d", "alice", "/**", "DENY", vendor.thumbprint()));
    }

    private static String sudo(String program) {
        return trial.as("alice", "sudo", "-n", "/opt/a/" + program).both();
    }

    /** Listed by their owner, and yet no keys to sign code with. */
    private static Map<String, Signer> unfit() {
        Signer.Form form = Signer.form("EC", 256, "SHA256withECDSA");
        Map<String, Signer> unfit = new LinkedHashMap<>();
        unfit.put("too weak", Signer.form("RSA", 1024, "SHA256withRSA").make());
        unfit.put(
                "expired", form.valid(Instant.EPOCH, Instant.parse("2020-01-01T00:00:00Z")).make());
        unfit.put("not for signing code", form.purpose(KeyPurposeId.id_kp_serverAuth).make());
        return unfit;
    }

    private static void refusedEverywhere(String reason, Signer signer) {
        byte[] jar = plugin("unfit", "1.0.0", Trace.class).signed(signer);
        assertThat(send(jar, "").out()).contains(reason);
        assertThat(shell("bundle:install -s file:/root/upload.jar").both()).contains(reason);
        trial.sh("cp /root/upload.jar " + PLUGINS + "/unfit.jar");
        trial.waitFor("the refusal", () -> trial.exists(PLUGINS + "/unfit.jar.refused"));
        trial.sh("rm " + PLUGINS + "/unfit.jar.refused");
    }

    private static void alternatives(String list) {
        trial.sh(
                "cd /opt/keeper/sbin && jq '.Settings.AlternativeSignatures = ["
                        + list
                        + "]' appsettings.json > /root/new && cat /root/new > appsettings.json");
        trial.restart();
    }

    private static Result upload(Forge forge) {
        return send(forge.signed(vendor), "");
    }

    private static Result send(byte[] jar, String query) {
        trial.put("/root/upload.jar", jar);
        return trial.exec(
                "curl",
                "-s",
                "--unix-socket",
                "/run/keeper/agent.sock",
                "-H",
                "Content-Type: application/java-archive",
                "--data-binary",
                "@/root/upload.jar",
                "http://kepm/api/plugins" + query);
    }

    private static String status(String id) {
        return trial.exec(
                        "curl",
                        "-s",
                        "--unix-socket",
                        "/run/keeper/agent.sock",
                        "http://kepm/api/plugins/" + id)
                .out();
    }

    private static String records(String type) {
        StringBuilder all = new StringBuilder();
        for (JsonNode record : trial.audit("--type", type)) {
            all.append(record).append('\n');
        }
        return all.toString();
    }

    private static Result shell(String line) {
        return trial.exec("kepm", "shell", "--", line);
    }
}
