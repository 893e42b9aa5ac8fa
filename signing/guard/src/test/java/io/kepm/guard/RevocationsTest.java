package io.kepm.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.signing.forge.CmsForge;
import io.kepm.signing.forge.Signer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevocationsTest {

    private static final Signer RELEASE = Signer.ec();
    private static final String FOREVER = "00".repeat(32);
    private static final String ONE = "ab".repeat(32);
    private static final String TWO = "cd".repeat(32);

    @TempDir Path temp;
    private Path folder;

    @BeforeEach
    void prepare() throws IOException {
        folder = temp.toRealPath();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Revocations revocations() throws IOException {
        return new Revocations(
                folder,
                folder.resolve("kept"),
                List.of(RELEASE.thumbprint()),
                Set.of(FOREVER),
                new RootOwned((Integer) Files.getAttribute(folder, "unix:uid"), folder));
    }

    private void write(String name, byte[] content) throws IOException {
        Files.write(folder.resolve(name), content);
        Files.setPosixFilePermissions(
                folder.resolve(name), PosixFilePermissions.fromString("rw-r-----"));
    }

    private void signed(long revision, String... lines) throws IOException {
        byte[] text =
                ("KEPM revocations\nrevision " + revision + "\n" + String.join("\n", lines) + "\n")
                        .getBytes(StandardCharsets.UTF_8);
        write("revocations", text);
        write("revocations.sig", CmsForge.detached(text, RELEASE));
    }

    @Test
    void lines_count_while_the_agent_runs_also_when_they_are_deleted() throws IOException {
        Revocations revocations = revocations();
        assertThat(revocations.read().revoked()).containsExactly(FOREVER);
        write("revoked", (ONE + "\n").getBytes(StandardCharsets.UTF_8));
        assertThat(revocations.read().revoked()).containsExactlyInAnyOrder(FOREVER, ONE);
        Files.delete(folder.resolve("revoked"));

        assertThat(revocations.read().revoked()).containsExactlyInAnyOrder(FOREVER, ONE);
        assertThat(revocations.read().warnings()).isEmpty();
    }

    @Test
    void ab_66_a_signed_list_stays_in_force_whatever_is_put_in_its_place() throws IOException {
        signed(7, ONE, TWO);
        assertThat(revocations().read().revoked()).containsExactlyInAnyOrder(FOREVER, ONE, TWO);

        signed(6, ONE);
        assertThat(revocations().read().revoked()).contains(ONE, TWO);
        assertThat(revocations().read().warnings())
                .singleElement()
                .asString()
                .contains("older than 7");
        Files.delete(folder.resolve("revocations"));
        assertThat(revocations().read().revoked()).contains(ONE, TWO);
        signed(8, ONE, TWO, "ef".repeat(20));
        assertThat(revocations().read().revoked()).contains("ef".repeat(20));
    }

    @Test
    void a_list_that_takes_back_its_own_signer_stays_and_is_the_last() throws IOException {
        signed(1, RELEASE.thumbprint());
        assertThat(revocations().read().revoked()).contains(RELEASE.thumbprint());
        assertThat(revocations().read().warnings()).isEmpty();
        signed(2, RELEASE.thumbprint(), ONE);

        assertThat(revocations().read().revoked()).doesNotContain(ONE);
        assertThat(revocations().read().warnings()).singleElement().asString().contains("revoked");
    }

    @Test
    void ab_66_a_list_of_somebody_else_takes_nothing_back_and_is_told() throws IOException {
        signed(1, ONE);
        write(
                "revocations.sig",
                CmsForge.detached(Files.readAllBytes(folder.resolve("revocations")), Signer.ec()));

        assertThat(revocations().read().revoked()).containsExactly(FOREVER);
        assertThat(revocations().read().warnings()).singleElement().asString().contains("trusted");
    }

    @Test
    void lines_that_cannot_be_read_let_nothing_in() throws IOException {
        Files.createDirectory(folder.resolve("revoked"));
        assertThat(revocations().read().fault()).isPresent();
        Files.delete(folder.resolve("revoked"));
        write("revoked", new byte[(1 << 20) + 1]);
        assertThat(revocations().read().fault()).isPresent();
        write("revoked", ONE.getBytes(StandardCharsets.UTF_8));
        Files.setPosixFilePermissions(
                folder.resolve("revoked"), PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThat(revocations().read().fault())
                .hasValueSatisfying(why -> assertThat(why).contains("chmod go-w"));
        Files.delete(folder.resolve("revoked"));
        assertThat(revocations().read().fault()).isEmpty();
        write("kept", "x".getBytes(StandardCharsets.UTF_8));

        assertThat(revocations().read().fault()).isPresent();
    }

    @Test
    void a_line_that_is_no_thumbprint_is_told() throws IOException {
        write("revoked", ("# lost\n" + ONE.substring(1) + "\n").getBytes(StandardCharsets.UTF_8));

        assertThat(revocations().read().warnings()).singleElement().asString().contains("line 2");
    }
}
