package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On a tree below {@code /root} or {@code /var}, since everything below {@code /tmp} is unsafe. */
class PathWalkTest {

    private Path base = Path.of("/");

    @BeforeEach
    void tree() throws IOException {
        base = Trees.safe();
        Files.createDirectories(base.resolve("bin"));
        Files.writeString(base.resolve("bin/tool"), "x");
    }

    @Test
    void a_path_that_only_root_can_change_is_safe() {
        PathWalk.Found found = PathWalk.follow(base + "/bin/tool");
        assertThat(found.unsafe()).isEmpty();
        assertThat(found.realPath()).isEqualTo(base + "/bin/tool");
        assertThat(found.status()).isPresent();
    }

    @Test
    void links_are_resolved_and_their_folders_judged() throws IOException {
        Files.createDirectory(base.resolve("open"));
        mode(base.resolve("open"), "rwxrwxrwx");
        Files.createSymbolicLink(base.resolve("open/link"), Path.of("../bin/tool"));
        Files.createSymbolicLink(base.resolve("top"), base.resolve("open/link"));
        PathWalk.Found found = PathWalk.follow(base + "/top");
        assertThat(found.realPath()).isEqualTo(base + "/bin/tool");
        assertThat(found.unsafe())
                .containsExactly("writable by others: " + base + "/open (mode 0777)");
    }

    @Test
    void owners_other_than_root_are_named_for_files_folders_and_links() throws IOException {
        Files.createDirectory(base.resolve("theirs"));
        Files.writeString(base.resolve("theirs/tool"), "x");
        Files.createSymbolicLink(base.resolve("link"), Path.of("theirs/tool"));
        own(base.resolve("theirs"), 1234);
        own(base.resolve("theirs/tool"), 1235);
        own(base.resolve("link"), 1236);
        assertThat(PathWalk.follow(base + "/link").unsafe())
                .containsExactly(
                        "not owned by root: " + base + "/link (a link of uid 1236)",
                        "not owned by root: " + base + "/theirs (uid 1234)",
                        "not owned by root: " + base + "/theirs/tool (uid 1235)");
    }

    @Test
    void dots_are_followed_as_the_kernel_does() throws IOException {
        Files.createDirectories(base.resolve("a/b"));
        Files.createSymbolicLink(base.resolve("jump"), Path.of("a/b"));
        assertThat(PathWalk.follow(base + "/jump/../../bin/./tool").realPath())
                .isEqualTo(base + "/bin/tool");
    }

    @Test
    void a_path_that_leads_nowhere_stays_as_it_is() throws IOException {
        PathWalk.Found missing = PathWalk.follow(base + "/bin/none");
        assertThat(missing.realPath()).isEqualTo(base + "/bin/none");
        assertThat(missing.status()).isEmpty();
        assertThat(missing.unsafe()).containsExactly("missing: " + base + "/bin/none");
        assertThat(PathWalk.follow(base + "/bin/tool/").unsafe())
                .containsExactly("not a directory: " + base + "/bin/tool");
        Files.createSymbolicLink(base.resolve("round"), Path.of("round"));
        assertThat(PathWalk.follow(base + "/round").unsafe().get(0)).contains("too many links");
        assertThat(PathWalk.follow("bin/tool").unsafe().get(0)).contains("not an absolute path");
        assertThat(PathWalk.follow("/bin\0/x").status()).isEmpty();
    }

    static void mode(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    static void own(Path path, int uid) throws IOException {
        assumeTrue(Libc.geteuid() == 0, "only root can give files away");
        Files.setAttribute(path, "unix:uid", uid, java.nio.file.LinkOption.NOFOLLOW_LINKS);
    }
}
