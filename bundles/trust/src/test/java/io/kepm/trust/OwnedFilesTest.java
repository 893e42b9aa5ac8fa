package io.kepm.trust;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.trust.FileTrust.Violation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnedFilesTest {

    @TempDir Path temp;
    private Path folder;
    private OwnedFiles files;

    @BeforeEach
    void prepare() throws IOException {
        folder = Files.createDirectory(temp.toRealPath().resolve("f"));
        mode(folder, "rwxr-xr-x");
        files = new OwnedFiles((Integer) Files.getAttribute(folder, "unix:uid"));
    }

    @Test
    void a_folder_and_files_that_only_the_owner_writes_are_fine() throws IOException {
        file("a", "rw-r--r--");

        assertThat(found(folder)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-rw-r--", "rw-r--rw-"})
    void a_file_that_others_write_is_named_with_its_repair(String mode) throws IOException {
        Path file = file("a", mode);

        for (Path asked : List.of(file, folder)) {
            assertThat(found(asked))
                    .singleElement()
                    .satisfies(
                            violation -> {
                                assertThat(violation.path()).isEqualTo(file);
                                assertThat(violation.detail()).contains("lets others change it");
                                assertThat(violation.repair()).isEqualTo("chmod go-w " + file);
                            });
        }
    }

    @Test
    void ab_24_a_parent_that_others_write_is_a_violation() throws IOException {
        Path deep = Files.createDirectories(folder.resolve("x/y"));
        mode(folder.resolve("x"), "rwxrwxrwx");
        mode(deep, "rwxr-xr-x");

        assertThat(found(deep)).extracting(Violation::path).containsExactly(folder.resolve("x"));
    }

    @Test
    void everything_of_another_owner_is_a_violation() throws IOException {
        Path file = file("a", "rw-r--r--");
        OwnedFiles other = new OwnedFiles(12345);

        assertThat(other.check(file))
                .anySatisfy(
                        violation -> {
                            assertThat(violation.path()).isEqualTo(file);
                            assertThat(violation.repair()).isEqualTo("chown -h root " + file);
                        });
    }

    @Test
    void a_link_is_judged_where_it_leads_and_on_every_step() throws IOException {
        Path open = Files.createDirectory(folder.resolve("open"));
        mode(open, "rwxrwxrwx");
        Path end = file("end", "rw-r--r--");
        Files.createSymbolicLink(open.resolve("second"), Path.of("../end"));
        Path first = Files.createSymbolicLink(folder.resolve("first"), open.resolve("second"));

        assertThat(found(first)).extracting(Violation::path).containsExactly(open);
        assertThat(found(end)).isEmpty();
    }

    @Test
    void two_dots_after_a_link_mean_the_parent_of_where_it_leads() throws IOException {
        Path open = Files.createDirectory(folder.resolve("open"));
        mode(open, "rwxrwxrwx");
        Path inner = Files.createDirectory(open.resolve("inner"));
        mode(inner, "rwxr-xr-x");
        Files.createSymbolicLink(folder.resolve("a"), inner);
        Path file = open.resolve("b");
        Files.writeString(file, "");
        mode(file, "rw-r--r--");

        assertThat(found(folder.resolve("a/../b"))).extracting(Violation::path).contains(open);
    }

    @Test
    void a_loop_of_links_is_a_violation() throws IOException {
        Files.createSymbolicLink(folder.resolve("a"), folder.resolve("b"));
        Files.createSymbolicLink(folder.resolve("b"), folder.resolve("a"));

        assertThat(files.check(folder.resolve("a")))
                .anySatisfy(each -> assertThat(each.detail()).contains("more than 40 links"));
    }

    @Test
    void what_is_not_there_violates_nothing_but_its_parents_may() throws IOException {
        assertThat(found(folder.resolve("none/of/this"))).isEmpty();
        mode(folder, "rwxrwxr-x");
        assertThat(found(folder.resolve("none/of/this")))
                .extracting(Violation::path)
                .containsExactly(folder);
    }

    @Test
    void a_socket_may_be_open_to_everyone() throws Exception {
        Path socket = folder.resolve("s");
        try (var server =
                java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            server.bind(java.net.UnixDomainSocketAddress.of(socket));
            mode(socket, "rw-rw-rw-");
            assertThat(found(folder)).isEmpty();
        }
    }

    @Test
    void what_leads_to_dev_null_is_turned_off_and_violates_nothing() throws IOException {
        long mine = (Integer) Files.getAttribute(folder, "unix:uid");
        Path unit = Files.createSymbolicLink(folder.resolve("kepm.service"), Path.of("/dev/null"));
        Path folderOfUnits = folder;
        OwnedFiles roots = new OwnedFiles(0, mine);
        assertThat(roots.check(unit)).isEqualTo(roots.check(folderOfUnits));
        assertThat(roots.check(unit))
                .extracting(Violation::path)
                .doesNotContain(unit, Path.of("/dev/null"));

        assertThat(new OwnedFiles(12345).check(unit))
                .as("a link of somebody else's is one all the same")
                .anySatisfy(
                        each -> {
                            assertThat(each.path()).isEqualTo(unit);
                            assertThat(each.repair()).isEqualTo("chown -h root " + unit);
                        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"/tmp", "/dev/zero"})
    void nobody_is_told_to_close_what_the_machine_needs_open(String path) throws IOException {
        for (OwnedFiles owned : List.of(new OwnedFiles(0), new OwnedFiles(12345))) {
            assertThat(owned.check(Path.of(path)))
                    .filteredOn(each -> each.path().equals(Path.of(path)))
                    .singleElement()
                    .extracting(Violation::repair)
                    .isEqualTo("ls -ld " + path);
        }
        assertThat(new OwnedFiles(0).check(Path.of(path)))
                .anySatisfy(
                        each ->
                                assertThat(each.detail())
                                        .contains("lets others change it, and is meant to"));
    }

    @Test
    void the_repair_can_be_pasted_whatever_the_name() throws IOException {
        Path file = file("it's $(reboot)\n", "rw-rw-r--");

        assertThat(found(file))
                .singleElement()
                .extracting(Violation::repair)
                .asString()
                .isEqualTo("chmod go-w $'" + folder + "/it\\'s $(reboot)\\u000a'");
    }

    private Path file(String name, String mode) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "");
        mode(file, mode);
        return file;
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    /** What lies above the test's own folder is not the test's business. */
    private List<Violation> found(Path path) {
        return files.check(path).stream().filter(each -> each.path().startsWith(folder)).toList();
    }
}
