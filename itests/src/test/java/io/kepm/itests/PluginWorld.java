package io.kepm.itests;

import com.fasterxml.jackson.databind.JsonNode;
import io.kepm.itests.Trial.Result;
import io.kepm.signing.forge.Forge;
import io.kepm.signing.forge.Signer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** An assembled agent, plugins as its vendor would sign them, and what it says of them. */
abstract class PluginWorld {

    static final String PLUGINS = "/opt/keeper/sbin/Plugins";
    static final Signer FOREIGN = PluginForge.FOREIGN;
    static PluginForge forge;
    static Signer vendor;
    static Trial trial;

    @BeforeAll
    static void up() throws Exception {
        forge = new PluginForge();
        vendor = forge.vendor;
        trial = Trial.up();
    }

    @AfterAll
    static void down() {
        trial.close();
    }

    static Result upload(Forge forge) {
        return send(forge.signed(vendor), "");
    }

    static Result send(byte[] jar, String query) {
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

    static String status(String id) {
        return trial.exec(
                        "curl",
                        "-s",
                        "--unix-socket",
                        "/run/keeper/agent.sock",
                        "http://kepm/api/plugins/" + id)
                .out();
    }

    static String records(String type) {
        StringBuilder all = new StringBuilder();
        for (JsonNode record : trial.audit("--type", type)) {
            all.append(record).append('\n');
        }
        return all.toString();
    }

    static Result shell(String line) {
        return trial.exec("kepm", "shell", "--", line);
    }
}
