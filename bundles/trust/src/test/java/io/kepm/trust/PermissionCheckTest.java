package io.kepm.trust;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.health.HealthCheck.Level;
import io.kepm.api.trust.FileTrust.Violation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PermissionCheckTest {

    @TempDir Path folder;

    private final MemoryAudit audit = new MemoryAudit();

    @Test
    void health_names_what_is_wrong_and_the_command_that_repairs_it() {
        PermissionCheck check =
                new PermissionCheck(
                        path ->
                                List.of(
                                        new Violation(
                                                path, "`" + path + "` is bad", "repair " + path)),
                        new Places(List.of(Path.of("/a"), Path.of("/b")), List.of(), List.of()),
                        audit);
        check.look();

        assertThat(check.check().level()).isEqualTo(Level.UNHEALTHY);
        assertThat(check.check().detail()).isEqualTo("`/a` is bad, `/b` is bad");
        assertThat(check.check().advice()).isEqualTo("repair /a; repair /b");
    }

    @Test
    void what_others_could_change_is_on_record_once_and_so_is_its_repair() {
        Set<Path> bad = new TreeSet<>(Set.of(Path.of("/a"), Path.of("/b")));
        PermissionCheck check =
                new PermissionCheck(
                        path ->
                                bad.contains(path)
                                        ? List.of(new Violation(path, path + " is bad", "chmod"))
                                        : List.of(),
                        new Places(List.of(Path.of("/a"), Path.of("/b")), List.of(), List.of()),
                        audit);
        audit.broken = true;
        check.look();
        assertThat(check.check().level()).isEqualTo(Level.UNHEALTHY);
        audit.broken = false;
        check.look();
        assertThat(audit.last().reason()).contains("/b is bad");
        assertThat(audit.last().details()).containsEntry("repair", "chmod");
        assertThat(audit.told()).containsExactly("UNSAFE a", "UNSAFE b");
        bad.remove(Path.of("/a"));
        check.look();
        check.look();
        assertThat(audit.told()).containsExactly("SAFE a");
        bad.add(Path.of("/a"));
        check.look();
        assertThat(audit.told()).containsExactly("UNSAFE a");
    }

    @Test
    void settings_store_policies_and_the_certificate_are_among_the_places() throws IOException {
        Path approot = folder.toRealPath().resolve("sbin");
        Path run = folder.toRealPath().resolve("run");
        List<Path> files =
                List.of(
                        approot.resolve("appsettings.json"),
                        approot.resolve("KeeperStorage/kepm.db"),
                        approot.resolve("policies/p.json"),
                        run.resolve("agent.crt"));
        for (Path file : files) {
            Files.createDirectories(file.getParent());
            Files.createFile(file);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        }
        OwnedFiles owned = new OwnedFiles((Integer) Files.getAttribute(folder, "unix:uid"));
        assertThat(Places.installed(approot, folder.resolve("lib"), run).trusted())
                .flatMap(owned::check)
                .extracting(Violation::path)
                .containsAll(files);
    }

    @Test
    void ab_24_what_lies_deep_below_the_plugins_is_looked_at_too() throws IOException {
        Path deep = Files.createDirectories(folder.toRealPath().resolve("bin/a/lib"));
        Path file = Files.createFile(deep.resolve("run.sh"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.createSymbolicLink(deep.resolve("loop"), deep);
        PermissionCheck check =
                new PermissionCheck(
                        new OwnedFiles((Integer) Files.getAttribute(folder, "unix:uid")),
                        new Places(
                                List.of(), List.of(folder.toRealPath().resolve("bin")), List.of()),
                        audit);
        check.look();

        assertThat(check.check().detail()).contains("run.sh", "lets others change it");
        assertThat(check.check().advice()).contains("chmod go-w " + file);
    }

    /** Only a path too long for the kernel keeps root from a folder. */
    @Test
    void ab_24_a_folder_that_cannot_be_listed_is_told_and_hides_no_other() throws IOException {
        Path bin = Files.createDirectory(folder.toRealPath().resolve("bin"));
        Path file = Files.createFile(Files.createDirectory(bin.resolve("z")).resolve("run.sh"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxrwxrwx"));
        PermissionCheck check =
                new PermissionCheck(
                        new OwnedFiles((Integer) Files.getAttribute(folder, "unix:uid")),
                        new Places(List.of(), List.of(bin), List.of()),
                        audit);
        Path deep = Files.createDirectories(bin.resolve(("a".repeat(200) + "/").repeat(18)));
        Path more =
                Files.createDirectories(
                        folder.toRealPath().resolve("more/" + ("b".repeat(200) + "/").repeat(5)));
        Path moved = Files.move(folder.toRealPath().resolve("more"), deep.resolve("more"));
        try {
            check.look();
            assertThat(check.check().detail())
                    .contains("run.sh", "lets others change it", "cannot be looked through");
        } finally {
            Files.move(moved, folder.toRealPath().resolve("more"));
        }
        assertThat(more).exists();
    }

    @Test
    void ab_24_folders_beyond_those_that_are_looked_at_are_told() throws IOException {
        Path bin = Files.createDirectories(folder.toRealPath().resolve("bin/a")).getParent();
        assertThat(Tree.of(bin, 2)).isEqualTo(new Tree(List.of(bin, bin.resolve("a")), List.of()));
        Files.createDirectory(bin.resolve("b"));
        assertThat(Tree.of(bin, 2).unseen())
                .singleElement()
                .extracting(Violation::detail)
                .asString()
                .contains("more than 2 folders");
        assertThat(Tree.of(bin.resolve("none"), 2).unseen()).isEmpty();
    }

    @Test
    void ab_24_a_place_that_is_a_link_is_looked_through_where_it_leads() throws IOException {
        Path deep = Files.createDirectories(folder.toRealPath().resolve("real/a/lib"));
        Files.setPosixFilePermissions(
                Files.createFile(deep.resolve("run.sh")),
                PosixFilePermissions.fromString("rwxrwxrwx"));
        Path link = Files.createSymbolicLink(folder.toRealPath().resolve("bin"), Path.of("real"));
        PermissionCheck check =
                new PermissionCheck(
                        new OwnedFiles((Integer) Files.getAttribute(folder, "unix:uid")),
                        new Places(List.of(), List.of(link), List.of()),
                        audit);
        check.look();
        assertThat(check.check().detail()).contains("run.sh");
    }

    @Test
    void the_command_its_libraries_and_the_units_are_among_the_places() {
        Places places = Places.installed(folder, folder, folder);
        assertThat(places.trusted())
                .contains(
                        Path.of("/usr/bin/kepm"),
                        Path.of("/usr/libexec/kepm"),
                        Path.of("/etc/systemd/system/KeeperPrivilegeManager.service"),
                        Path.of("/usr/lib/systemd/system/KeeperPrivilegeManager.service"));
        assertThat(places.deep()).contains(Path.of("/usr/lib/kepm"), folder.resolve("Plugins/bin"));
    }

    @Test
    void a_place_that_users_could_read_is_unhealthy_until_it_is_closed() throws IOException {
        PermissionCheck check =
                new PermissionCheck(
                        path -> List.of(),
                        new Places(List.of(), List.of(), List.of(folder)),
                        audit);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        check.look();
        assertThat(check.check().detail()).contains("mode 0755 lets users in");
        assertThat(check.check().advice()).isEqualTo("chmod o-rwx " + folder);

        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-x---"));
        check.look();
        assertThat(check.check().level()).isEqualTo(Level.HEALTHY);
    }
}
