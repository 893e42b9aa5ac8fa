package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import io.kepm.signing.forge.CmsForge;
import io.kepm.signing.forge.Signer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TrustTest {

    private static final Signer RELEASE = Signer.ec();
    private static final String ONE = "ab".repeat(32);

    private final Bench bench = new Bench();
    private Path approot = Path.of("/");

    /** The places of an installation: {@code sbin} and {@code lib} beside each other. */
    @BeforeEach
    void install() throws Exception {
        approot = Files.createDirectories(bench.approot("sbin"));
        Path guard = bench.folder().resolve("lib/lib/guard.jar");
        Files.createDirectories(guard.resolveSibling(""));
        String pem =
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder().encodeToString(RELEASE.certificate().getEncoded())
                        + "\n-----END CERTIFICATE-----\n";
        try (ZipOutputStream jar = new ZipOutputStream(Files.newOutputStream(guard))) {
            jar.putNextEntry(new ZipEntry("io/kepm/guard/trusted.pem"));
            jar.write(pem.getBytes(StandardCharsets.US_ASCII));
        }
        Files.writeString(approot.resolve("appsettings.json"), "{\"Settings\": {}}");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private String list(long revision, String... lines) throws IOException {
        return list(RELEASE, revision, lines);
    }

    private String list(Signer signer, long revision, String... lines) throws IOException {
        Path file = approot.resolve("list-" + revision);
        byte[] text =
                ("KEPM revocations\nrevision " + revision + "\n" + String.join("\n", lines))
                        .getBytes(StandardCharsets.UTF_8);
        Files.write(file, text);
        Files.write(Path.of(file + ".sig"), CmsForge.detached(text, signer));
        return file.toString();
    }

    @Test
    void a_signed_list_is_put_where_the_guard_looks_and_is_listed() throws Exception {
        Outcome outcome = bench.run("trust revoke", list(7, ONE));

        assertThat(outcome.out()).contains("revision 7 is in force", "takes back: 1");
        assertThat(outcome.exit()).isZero();
        assertThat(Files.readString(approot.resolve("revocations"))).contains("revision 7", ONE);
        assertThat(approot.resolve("revocations.sig")).exists();
        assertThat(bench.run("trust list").out()).contains(ONE + "  REVOKED");
    }

    @Test
    void ab_66_an_older_a_shorter_or_a_foreign_list_is_refused_and_nothing_is_written()
            throws Exception {
        bench.run("trust revoke", list(7, ONE));

        assertThat(bench.run("trust revoke", list(6, ONE)).out()).contains("older than 7");
        assertThat(bench.run("trust revoke", list(8)).out()).contains("only grows");
        assertThat(bench.run("trust revoke", list(Signer.ec(), 9, ONE)).out())
                .contains("not trusted");
        assertThat(bench.run("trust revoke", list(9, ONE.substring(1))).exit()).isEqualTo(1);
        assertThat(bench.run("trust revoke", approot + "/nothing").err()).contains("nothing.sig");
        assertThat(Files.readString(approot.resolve("revocations"))).contains("revision 7");
    }
}
