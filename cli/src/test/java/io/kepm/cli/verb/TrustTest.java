package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import io.kepm.signing.Sha256;
import io.kepm.signing.forge.CmsForge;
import io.kepm.signing.forge.Forge;
import io.kepm.signing.forge.Signer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
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

    /**
     * Where nobody but this user can change a file, as anybody can in a folder for temporary ones.
     */
    private Path own = Path.of("/");

    /** The places of an installation: {@code sbin} and {@code lib} beside each other. */
    @BeforeEach
    void install() throws Exception {
        approot = Files.createDirectories(bench.approot("sbin"));
        own = Files.createTempDirectory(Path.of(System.getProperty("user.home")), ".kepm-test-");
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
    void close() throws IOException {
        for (String name : List.of("tool", "tool.sig", "")) {
            Files.deleteIfExists(own.resolve(name));
        }
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

    @Test
    void ab_66_the_list_that_the_guard_keeps_counts_whatever_lies_beside_the_settings()
            throws Exception {
        byte[] jar = Forge.bundle("a.plugin").signed(RELEASE);
        Path file = Files.write(approot.resolve("a.jar"), jar);
        String sha256 = Sha256.of(jar);
        assertThat(bench.run("trust check", file.toString()).out()).contains("trusted: signed by");
        Files.writeString(
                bench.folder().resolve("kept-revocations"),
                "KEPM revocations\nrevision 7\n" + sha256 + "\n");

        assertThat(bench.run("trust check", file.toString()).out()).contains("was revoked");
        assertThat(bench.run("trust list").out()).contains(sha256 + "  REVOKED");
        assertThat(bench.run("trust revoke", list(6, sha256)).out()).contains("older than 7");
        assertThat(bench.run("trust revoke", list(8, ONE)).out()).contains("only grows");
        assertThat(bench.run("trust revoke", list(9, ONE, sha256)).out())
                .contains("revision 9 is in force");
        assertThat(bench.run("trust list").out()).contains(ONE + "  REVOKED");
    }

    @Test
    void a_kept_list_that_cannot_be_read_lets_the_check_say_nothing() throws Exception {
        Path file = Files.write(approot.resolve("a.jar"), Forge.bundle("a").signed(RELEASE));
        Files.writeString(bench.folder().resolve("kept-revocations"), "half a li");

        Outcome outcome = bench.run("trust check", file.toString());

        assertThat(outcome.exit()).isNotZero();
        assertThat(outcome.out()).doesNotContain("trusted");
    }

    @Test
    void ab_70_a_check_knows_the_rules_for_bundles_too_and_names_what_takes_it_back()
            throws Exception {
        Forge forge = Forge.bundle("a.plugin");
        Path good = Files.write(approot.resolve("good.jar"), forge.signed(RELEASE));
        Path bad =
                Files.write(
                        approot.resolve("bad.jar"),
                        forge.header("Fragment-Host", "io.kepm.policy").signed(RELEASE));

        assertThat(bench.run("trust check", good.toString()).out())
                .contains(Sha256.of(forge.manifest()));
        Outcome outcome = bench.run("trust check", bad.toString());
        assertThat(outcome.out()).contains("refused: it is a fragment of");
        assertThat(outcome.exit()).isEqualTo(1);
    }

    @Test
    void a_check_of_a_package_judges_the_bundle_in_it_too() throws Exception {
        Forge bundle = Forge.bundle("a.plugin");
        Forge service = Forge.archive().with("a.json", "{\"id\":\"a\",\"pluginType\":\"Service\"}");

        assertThat(checked(service.with("a.jar", bundle.signed(RELEASE)))).startsWith("trusted");
        assertThat(checked(service.with("a.jar", bundle.signed(Signer.ec()))))
                .contains("refused: the bundle in it: signer `", "is not trusted here");
        assertThat(checked(service.with("a.jar", bundle.unsigned()))).contains("is not signed");
        assertThat(
                        checked(
                                service.with(
                                        "a.jar",
                                        bundle.header("Bundle-NativeCode", "x.so")
                                                .signed(RELEASE))))
                .contains("the bundle in it: it brings native code");
        assertThat(checked(service.with("b.jar", "x"))).contains("refused: `a.jar` is not in it");
        assertThat(checked(service.with("a.jar", "x"))).contains("the bundle in it: it is no zip");
        assertThat(checked(Forge.archive().with("x/a.json", "{}"))).contains("it has no document");
        assertThat(checked(Forge.archive().with("a.json", "{\"pluginType\":\"Executable\"}")))
                .startsWith("trusted");
    }

    private String checked(Forge forge) throws Exception {
        Path file = Files.write(approot.resolve("p.kpk"), forge.signed(RELEASE));
        return bench.run("trust check", file.toString()).out();
    }

    @Test
    void who_may_run_a_program_goes_by_whose_signature_counts_on_this_machine() throws Exception {
        Path folder = Files.createDirectory(bench.folder().resolve("policies"));
        byte[] text = "#!/bin/sh\n".getBytes(StandardCharsets.UTF_8);
        Path tool = Files.write(own.resolve("tool"), text);
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));
        assumeThat(OthersCanChange.why(tool)).as("a folder that is root's alone").isEmpty();
        Path signature = Path.of(tool + ".sig");
        Files.writeString(
                folder.resolve("a.json"),
                "{\"PolicyId\":\"a\",\"PolicyName\":\"A\",\"PolicyType\":\"CommandLine\",\"Status\":"
                        + "\"enforce\",\"Actions\":{\"OnSuccess\":{\"Controls\":[\"ALLOW\"]}},"
                        + "\"UserCheck\":[\"*\"],\"ApplicationCheck\":[\"*\"],\"CertificationCheck\":[\""
                        + Sha256.of(RELEASE.certificate().getEncoded())
                        + "\"]}");

        assertThat(whoCan(folder, tool).exit()).as("unsigned").isEqualTo(1);
        Files.write(signature, CmsForge.detached(text, RELEASE));
        assertThat(whoCan(folder, tool).out())
                .contains("outcome  ALLOW")
                .contains("only     a certificate that it lists\n");
        Files.write(signature, CmsForge.detached(text, Signer.ec()));
        assertThat(whoCan(folder, tool).out())
                .contains("not known: its signature does not count")
                .contains("perhaps");
        Files.delete(signature);
        Files.createDirectory(signature);
        assertThat(whoCan(folder, tool).out())
                .contains("not known: its signature is no regular file");
        Files.delete(tool);
        assertThat(whoCan(folder, tool).out()).contains("not known: there is no file");
    }

    private Outcome whoCan(Path policies, Path tool) {
        return bench.run("policy who-can --policies " + policies, "--", tool.toString());
    }
}
