package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a copy of the installation's folders; only root can give files away. */
class OwnFilesTest {

    private static final int ALICE = 12345;

    @TempDir private Path root;

    @BeforeEach
    void installed() throws IOException {
        assumeTrue(
                Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
                "only root can give files away");
        for (String folder :
                new String[] {"opt/keeper/sbin/policies", "opt/keeper/sbin/KeeperStorage"}) {
            Files.createDirectories(root.resolve(folder));
        }
        Files.writeString(root.resolve("opt/keeper/sbin/policies/p.json"), "{}");
        Files.writeString(root.resolve("opt/keeper/sbin/KeeperStorage/.master.key"), "k");
        Files.createDirectories(root.resolve("usr/libexec/kepm"));
        Files.writeString(root.resolve("usr/libexec/kepm/launch"), "#!");
        mode("usr/libexec/kepm/launch", 0755);
        fixed();
    }

    private OwnFiles fixed() throws IOException {
        OwnFiles files = new OwnFiles(root);
        files.fix();
        return files;
    }

    private void mode(String path, int mode) throws IOException {
        Files.setAttribute(root.resolve(path), "unix:mode", mode);
    }

    private int mode(String path) throws IOException {
        return (int) Files.getAttribute(root.resolve(path), "unix:mode") & 07777;
    }

    @Test
    void what_is_right_is_left_as_it_is() throws IOException {
        OwnFiles files = fixed();

        assertThat(files.changes()).isEmpty();
        assertThat(files.left()).isEmpty();
        assertThat(mode("usr/libexec/kepm/launch")).isEqualTo(0755);
        assertThat(mode("opt/keeper/sbin/KeeperStorage/.master.key")).isEqualTo(0600);
    }

    @Test
    void ab_24_rights_of_others_are_taken_away() throws IOException {
        mode("opt/keeper/sbin/policies", 0777);
        mode("opt/keeper/sbin/policies/p.json", 0666);
        mode("usr/libexec/kepm/launch", 04775);

        assertThat(fixed().changes()).hasSize(3);
        assertThat(mode("opt/keeper/sbin/policies")).isEqualTo(0750);
        assertThat(mode("opt/keeper/sbin/policies/p.json")).isEqualTo(0640);
        assertThat(mode("usr/libexec/kepm/launch")).isEqualTo(0755);
    }

    @Test
    void a_folder_is_given_back_to_root_and_a_file_of_somebody_else_is_never_blessed()
            throws IOException {
        Path folder = root.resolve("opt/keeper/sbin/policies");
        Files.setAttribute(folder, "unix:uid", ALICE);
        Path planted = Files.writeString(folder.resolve("all.json"), "{}");
        Files.setAttribute(planted, "unix:uid", ALICE);
        OwnFiles files = fixed();

        assertThat(Files.getAttribute(folder, "unix:uid")).isEqualTo(0);
        assertThat(Files.getAttribute(planted, "unix:uid")).isEqualTo(ALICE);
        assertThat(files.left())
                .singleElement()
                .satisfies(left -> assertThat(left.path()).isEqualTo(planted));
    }

    @Test
    void links_are_not_followed_and_second_names_are_not_touched() throws IOException {
        Path shadow = Files.writeString(root.resolve("shadow"), "s");
        Files.setAttribute(shadow, "unix:mode", 0666);
        Path folder = root.resolve("opt/keeper/sbin/policies");
        Files.createSymbolicLink(folder.resolve("link.json"), shadow);
        Files.createLink(folder.resolve("hard.json"), shadow);
        OwnFiles files = fixed();

        assertThat((int) Files.getAttribute(shadow, "unix:mode") & 0777).isEqualTo(0666);
        assertThat(files.left()).hasSize(1);
        assertThat(Files.isSymbolicLink(folder.resolve("link.json"))).isTrue();
        assertThat(Files.exists(folder.resolve("hard.json"), LinkOption.NOFOLLOW_LINKS)).isTrue();
    }
}
