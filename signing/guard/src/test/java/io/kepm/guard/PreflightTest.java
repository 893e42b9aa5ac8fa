package io.kepm.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreflightTest {

    @TempDir Path temp;
    private Path folder;
    private Path configuration;

    @BeforeEach
    void prepare() throws IOException {
        folder = Files.createDirectory(temp.toRealPath().resolve("f"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        configuration =
                Files.createDirectories(folder.resolve("lib/etc")).resolve("config.properties");
        Files.createDirectory(folder.resolve("sbin"));
        Files.writeString(
                configuration, "karaf.framework.factory = io.kepm.guard.GuardedFrameworkFactory\n");
    }

    @Test
    void a_runtime_without_its_signed_list_does_not_start() throws IOException {
        assertThat(fault())
                .hasValueSatisfying(
                        reason -> assertThat(reason).startsWith("digest list: it cannot be read"));
    }

    @Test
    void a_configuration_that_names_another_framework_does_not_start() throws IOException {
        Files.writeString(configuration, "karaf.framework = felix\n");

        assertThat(fault())
                .hasValue(
                        "`"
                                + configuration
                                + "` does not name the framework guard: reinstall the agent");
    }

    @Test
    void ab_24_a_place_that_others_may_write_comes_before_everything_else() throws IOException {
        for (String place : new String[] {"lib/etc", "sbin"}) {
            Path open = folder.resolve(place);
            var before = Files.getPosixFilePermissions(open);
            Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
            assertThat(fault())
                    .hasValueSatisfying(
                            reason ->
                                    assertThat(reason).startsWith("`" + open + "` has mode 0777"));
            Files.setPosixFilePermissions(open, before);
        }
    }

    @Test
    void an_installation_that_is_not_there_does_not_start() throws IOException {
        Files.delete(configuration);

        assertThat(fault())
                .hasValueSatisfying(
                        reason ->
                                assertThat(reason)
                                        .startsWith("the installation cannot be checked"));
    }

    private Optional<String> fault() throws IOException {
        Installation installation =
                new Installation(
                        folder.resolve("sbin"),
                        folder.resolve("lib"),
                        folder,
                        folder.resolve("run"));
        int owner = (Integer) Files.getAttribute(folder, "unix:uid");
        return new Preflight(installation, new RootOwned(owner, folder)).fault();
    }
}
