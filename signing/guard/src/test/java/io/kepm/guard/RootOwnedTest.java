package io.kepm.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootOwnedTest {

    @TempDir Path temp;
    private Path folder;

    @BeforeEach
    void prepare() throws IOException {
        folder = Files.createDirectory(temp.toRealPath().resolve("f"));
        mode(folder, "rwxr-xr-x");
    }

    @Test
    void what_only_root_writes_is_fine() throws IOException {
        Files.writeString(folder.resolve("a"), "");

        assertThat(root().faultBelow(folder)).isEmpty();
    }

    @Test
    void ab_24_a_writable_folder_above_is_named_with_its_repair() throws IOException {
        Path inner = Files.createDirectories(folder.resolve("x/y"));
        mode(folder.resolve("x"), "rwxrwxr-x");

        assertThat(root().fault(inner))
                .hasValue(
                        "`"
                                + folder
                                + "/x` has mode 0775, so others may change it: chmod go-w '"
                                + folder
                                + "/x'");
    }

    @Test
    void ab_24_a_writable_file_below_is_named() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "");
        mode(file, "rw-r--rw-");

        assertThat(root().faultBelow(folder))
                .hasValueSatisfying(
                        fault -> assertThat(fault).startsWith("`" + file + "` has mode 0646"));
    }

    @Test
    void a_foreign_owner_is_named() throws IOException {
        assertThat(new RootOwned(12345, folder).fault(folder))
                .hasValueSatisfying(fault -> assertThat(fault).contains("not to root"));
    }

    @Test
    void a_link_above_is_followed_and_judged_below_it_is_refused() throws IOException {
        Path open = Files.createDirectory(folder.resolve("open"));
        mode(open, "rwxrwxrwx");
        Path behind = Files.createDirectory(open.resolve("behind"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), behind);

        assertThat(root().fault(link))
                .hasValueSatisfying(
                        fault -> assertThat(fault).startsWith("`" + open + "` has mode"));
        mode(open, "rwxr-xr-x");
        assertThat(root().fault(link)).isEmpty();
        assertThat(root().faultBelow(folder))
                .hasValueSatisfying(fault -> assertThat(fault).contains("is a link"));
    }

    private RootOwned root() throws IOException {
        // What lies above the test's own folder is not the test's business.
        return new RootOwned((Integer) Files.getAttribute(folder, "unix:uid"), folder);
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
}
