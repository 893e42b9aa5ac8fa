package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TryOutTest {

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    private Path distribution() throws Exception {
        Path service = bench.folder().resolve("dist/sbin/KeeperPrivilegeManager");
        Files.createDirectories(service.resolveSibling(""));
        Files.writeString(service, "#!/bin/sh\n");
        Files.setPosixFilePermissions(service, PosixFilePermissions.fromString("rwx------"));
        return bench.folder().resolve("dist");
    }

    @Test
    void an_agent_of_one_s_own_starts_in_its_folder_on_other_ports() throws Exception {
        Path folder = bench.folder().toRealPath().resolve("mine");
        Outcome outcome =
                bench.run("dev", "--from", distribution().toString(), "--folder", folder + "");

        assertThat(outcome.exit()).as("that of the agent").isEqualTo(7);
        assertThat(bench.launched())
                .singleElement()
                .asString()
                .endsWith("dist/sbin/KeeperPrivilegeManager|--dev|" + folder);
        assertThat(outcome.out()).contains("elevates nothing", folder + "/run/agent.sock");
        assertThat(Files.readString(folder.resolve("sbin/appsettings.json")))
                .contains("16888", "16889", "18675");
        assertThat(Files.getPosixFilePermissions(folder.resolve("sbin/policies")))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void what_is_in_its_folder_stays_as_it_is() throws Exception {
        Path folder = Files.createDirectories(bench.folder().resolve("mine/sbin"));
        Files.writeString(folder.resolve("appsettings.json"), "{}");
        bench.run("dev", "--from", distribution() + "", "--folder", folder.getParent() + "");

        assertThat(Files.readString(folder.resolve("appsettings.json"))).isEqualTo("{}");
    }

    @Test
    void without_a_distribution_or_with_other_ports_than_three_nothing_starts() throws Exception {
        assertThat(bench.run("dev", "--from", "/nowhere").err()).contains("--from");
        assertThat(bench.run("dev", "--from", distribution() + "", "--ports", "1,x,3").err())
                .contains("three numbers");

        assertThat(bench.launched()).isEmpty();
    }
}
