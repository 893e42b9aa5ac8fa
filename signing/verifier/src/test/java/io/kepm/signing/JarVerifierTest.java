package io.kepm.signing;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.signing.forge.CmsForge;
import io.kepm.signing.forge.Forge;
import io.kepm.signing.forge.RawZip;
import io.kepm.signing.forge.Signer;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.TrustAnchor;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JarVerifierTest {

    private static final Signer VENDOR = Signer.ec();
    private static final Signer FOREIGN = Signer.ec();
    private static final Instant NOW = Instant.now();
    private static final Forge BUNDLE =
            Forge.bundle("a.plugin").with("a/Code.class", "code").with("META-INF/x/y", "text");
    private static final String SF = "META-INF/SIGNER0.SF";
    private static final String BLOCK = "META-INF/SIGNER0.EC";
    private static final String MANIFEST = "META-INF/MANIFEST.MF";

    static Stream<Signer> good() {
        return Stream.of(
                VENDOR,
                Signer.rsa(),
                Signer.ed25519(),
                Signer.form("RSA", 4096, "SHA512withRSA").make(),
                Signer.form("EC", 384, "SHA384withECDSA").make(),
                Signer.form("EC", 521, "SHA512withECDSA").make());
    }

    @ParameterizedTest
    @MethodSource("good")
    void a_whole_jar_of_a_trusted_signer_is_trusted(Signer signer) {
        JarVerdict verdict = judged(BUNDLE.signed(signer), signer);

        assertThat(verdict)
                .isInstanceOfSatisfying(
                        JarVerdict.Trusted.class,
                        trusted -> {
                            assertThat(trusted.signer().hex()).isEqualTo(signer.thumbprint());
                            assertThat(trusted.headers())
                                    .containsEntry("bundle-symbolicname", "a.plugin");
                        });
    }

    @Test
    void a_thumbprint_of_sha_1_is_enough_when_somebody_wrote_one() {
        Signers signers = new Signers(Set.of(VENDOR.thumbprint("SHA-1")), Set.of());

        assertThat(verifier(signers).install(ByteBuffer.wrap(BUNDLE.signed(VENDOR)), NOW))
                .isInstanceOf(JarVerdict.Trusted.class);
    }

    @Test
    void two_signatures_over_all_of_it_are_fine_when_one_is_trusted() {
        assertThat(judged(BUNDLE.signed(VENDOR, FOREIGN), VENDOR))
                .isInstanceOf(JarVerdict.Trusted.class);
        assertThat(judged(BUNDLE.signed(FOREIGN, VENDOR), VENDOR))
                .isInstanceOf(JarVerdict.Trusted.class);
        assertThat(judged(BUNDLE.signed(FOREIGN, Signer.ec()), VENDOR))
                .isInstanceOf(JarVerdict.Refused.class);
    }

    static Arguments bad(String reason, UnaryOperator<RawZip> change) {
        return Arguments.of(reason, change.apply(BUNDLE.parts(VENDOR)).bytes());
    }

    static Stream<Arguments> tampered() {
        byte[] evil = "evil".getBytes(StandardCharsets.UTF_8);
        RawZip other = Forge.bundle("other").parts(VENDOR);
        return Stream.of(
                Arguments.of("it is not signed", BUNDLE.unsigned()),
                bad("`a/Code.class` was changed", zip -> zip.change("a/Code.class", old -> evil)),
                bad("entry `b/Evil.class` is not signed", zip -> zip.add("b/Evil.class", evil)),
                bad(
                        "`META-INF/services/x` is not signed",
                        zip -> zip.add("META-INF/services/x", evil)),
                bad("is not the one that was signed", zip -> zip.change(MANIFEST, edited())),
                bad("two entries", zip -> zip.addFirst("a/Code.class", evil)),
                bad("two entries", zip -> zip.add("a/Code.class", evil)),
                bad("two entries", zip -> zip.add(MANIFEST, evil)),
                bad("before, between or behind", zip -> zip.hide("b/Evil.class", evil)),
                bad(
                        "local header of `b/Good.class`",
                        zip -> zip.disguise("b/Evil.class", "b/Good.class", evil)),
                bad("block of `META-INF/SIGNER0.SF` is missing", zip -> zip.remove(BLOCK)),
                bad("and signs nothing", zip -> zip.remove(SF)),
                bad("has no `META-INF/MANIFEST.MF`", zip -> zip.remove(MANIFEST)),
                bad("was signed, and is missing", zip -> zip.remove("META-INF/x/y")),
                bad("does not match", zip -> zip.change(BLOCK, old -> other.content(BLOCK))),
                bad(
                        "is not the one that was signed",
                        zip ->
                                zip.change(BLOCK, old -> other.content(BLOCK))
                                        .change(SF, old -> other.content(SF))),
                bad("does not match", zip -> zip.change(SF, old -> append(old, "x: y\r\n"))),
                bad("is not signed", zip -> zip.add("META-INF/SIG-X", evil)),
                bad("EVIL.RSA` is not signed", zip -> zip.add("META-INF/EVIL.RSA", evil)),
                bad("EVIL.EC` is not signed", zip -> zip.add("META-INF/EVIL.EC", evil)),
                bad("EVIL.DSA` is not signed", zip -> zip.add("META-INF/EVIL.DSA", evil)),
                bad("SIGNER0.DSA` is not signed", zip -> zip.add("META-INF/SIGNER0.DSA", evil)),
                bad("two signature blocks", zip -> zip.add("META-INF/SIGNER0.RSA", evil)),
                bad("block of `META-INF/EVIL.SF`", zip -> zip.add("META-INF/EVIL.SF", evil)),
                bad("block of `META-INF/EVIL.SF`", zip -> zip.addFirst("META-INF/EVIL.SF", evil)),
                bad("cannot be read", zip -> beside(zip, zip.content(SF), evil)),
                bad(
                        "not the one that was signed",
                        zip -> beside(zip, other.content(SF), other.content(BLOCK))),
                bad("does not match", zip -> beside(zip, evil, zip.content(BLOCK))),
                bad(
                        "cannot be read",
                        zip ->
                                zip.addFirst("META-INF/EVIL.EC", evil)
                                        .addFirst("META-INF/EVIL.SF", zip.content(SF))),
                bad("is not signed", zip -> zip.add("META-INF/sub/X.SF", evil)),
                bad("name that is not accepted", zip -> zip.add("meta-inf/manifest.mf", evil)),
                bad("no plain relative path", zip -> zip.add("../evil", evil)),
                bad("no plain relative path", zip -> zip.add("/etc/evil", evil)),
                bad("name that is not accepted", zip -> zip.add("a\\..\\evil", evil)),
                bad("is a link", zip -> zip.link("a/link", "/etc/passwd")),
                Arguments.of("comment or bytes", append(BUNDLE.signed(VENDOR), "x")),
                Arguments.of(
                        "bytes before",
                        append("MZ".getBytes(StandardCharsets.US_ASCII), BUNDLE.signed(VENDOR))),
                Arguments.of("it is no zip", Arrays.copyOf(BUNDLE.signed(VENDOR), 500)),
                Arguments.of("it is no zip", new byte[0]));
    }

    /** A second signature beside the real one. */
    private static RawZip beside(RawZip zip, byte[] file, byte[] block) {
        return zip.add("META-INF/EVIL.SF", file).add("META-INF/EVIL.EC", block);
    }

    @ParameterizedTest(name = "{0} {index}")
    @MethodSource("tampered")
    void ab_65_a_jar_that_was_tampered_with_is_refused(String reason, byte[] jar) {
        assertThat(judged(jar, VENDOR))
                .isInstanceOfSatisfying(
                        JarVerdict.Refused.class,
                        refused -> assertThat(refused.reason()).containsAnyOf(reason, "between"));
    }

    @Test
    void ab_67_an_archive_that_would_unpack_to_too_much_is_refused_before_it_is_unpacked()
            throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (int i = 0; i < 3; i++) {
                zip.putNextEntry(new ZipEntry("zeros" + i));
                zip.write(new byte[90 << 20]);
            }
        }
        RawZip many = BUNDLE.parts(VENDOR);
        for (int i = 0; i < 10_001; i++) {
            many.add("e" + i, new byte[0]);
        }

        assertThat(bytes.size()).isLessThan(1 << 20);
        assertThat(reason(bytes.toByteArray(), VENDOR)).contains("it unpacks to more than");
        assertThat(reason(many.bytes(), VENDOR)).contains("more than 10000 entries");
    }

    static Stream<Arguments> weak() {
        Instant past = Instant.parse("2020-01-01T00:00:00Z");
        Signer.Form form = Signer.form("EC", 256, "SHA256withECDSA");
        return Stream.of(
                Arguments.of("too weak", Signer.form("RSA", 1024, "SHA256withRSA").make()),
                Arguments.of("too weak", Signer.form("RSA", 2048, "SHA256withRSA").make()),
                Arguments.of("weaker than SHA-256", Signer.form("RSA", 3072, "SHA1withRSA").make()),
                Arguments.of("expired", form.valid(past, past.plusSeconds(99)).make()),
                Arguments.of(
                        "not valid before",
                        form.valid(NOW.plusSeconds(9999), NOW.plusSeconds(99999)).make()),
                Arguments.of("not for signing", form.purpose(KeyPurposeId.id_kp_serverAuth).make()),
                Arguments.of(
                        "not for signing", form.purpose(KeyPurposeId.anyExtendedKeyUsage).make()),
                Arguments.of("not for signing", form.usage(KeyUsage.keyEncipherment).make()));
    }

    @ParameterizedTest(name = "{0} {index}")
    @MethodSource("weak")
    void ab_66_a_weak_expired_or_unfit_key_is_refused(String reason, Signer signer) {
        assertThat(judged(BUNDLE.signed(signer), signer))
                .isInstanceOfSatisfying(
                        JarVerdict.Refused.class,
                        refused -> {
                            assertThat(refused.reason()).contains(reason);
                            assertThat(refused.signer()).isIn("", signer.thumbprint());
                        });
    }

    @Test
    void ab_66_digests_of_sha_1_in_the_manifest_are_refused() {
        assertThat(reason(BUNDLE.digest("SHA-1").signed(VENDOR), VENDOR))
                .contains("`sha-1` is weaker than SHA-256");
    }

    @Test
    void ab_66_a_revoked_signer_or_file_is_refused() {
        byte[] jar = BUNDLE.signed(VENDOR);
        for (String revoked :
                Set.of(VENDOR.thumbprint(), VENDOR.thumbprint("SHA-1"), Sha256.of(jar))) {
            Signers signers = new Signers(Set.of(VENDOR.thumbprint()), Set.of(revoked));

            assertThat(verifier(signers).again(ByteBuffer.wrap(jar)))
                    .isInstanceOfSatisfying(
                            JarVerdict.Refused.class,
                            refused -> assertThat(refused.reason()).contains("was revoked"));
        }
    }

    @Test
    void ab_66_what_was_revoked_by_its_content_is_refused_however_it_is_packed_or_signed() {
        RawZip zip = BUNDLE.parts(VENDOR);
        String content = Sha256.of(zip.content(MANIFEST));
        Signers signers = new Signers(Set.of(VENDOR.thumbprint()), Set.of(content));
        byte[] code = zip.content("a/Code.class");
        byte[] packed = zip.remove("a/Code.class").addFirst("a/Code.class", code).bytes();

        assertThat(judged(packed, VENDOR))
                .isInstanceOfSatisfying(
                        JarVerdict.Trusted.class,
                        trusted -> assertThat(trusted.content()).isEqualTo(content));
        for (byte[] jar : List.of(packed, BUNDLE.signed(FOREIGN, VENDOR))) {
            assertThat(verifier(signers).install(ByteBuffer.wrap(jar), NOW))
                    .isInstanceOfSatisfying(
                            JarVerdict.Refused.class,
                            refused ->
                                    assertThat(refused.reason())
                                            .isEqualTo("this very content was revoked"));
        }
    }

    @Test
    void ab_66_a_jar_that_somebody_revoked_or_too_weak_signed_besides_is_refused() {
        Signer weak = Signer.form("RSA", 2048, "SHA256withRSA").make();
        Signers signers = new Signers(Set.of(VENDOR.thumbprint()), Set.of(FOREIGN.thumbprint()));

        assertThat(verifier(signers).again(ByteBuffer.wrap(BUNDLE.signed(VENDOR, FOREIGN))))
                .isInstanceOfSatisfying(
                        JarVerdict.Refused.class,
                        refused -> assertThat(refused.reason()).contains("was revoked"));
        assertThat(reason(BUNDLE.signed(VENDOR, weak), VENDOR)).contains("too weak");
    }

    @Test
    void a_second_signature_of_a_trusted_signer_counts_when_the_first_one_is_expired() {
        Instant past = Instant.parse("2020-01-01T00:00:00Z");
        Signer old =
                Signer.form("EC", 256, "SHA256withECDSA").valid(past, past.plusSeconds(99)).make();
        Signers signers = new Signers(Set.of(VENDOR.thumbprint(), old.thumbprint()), Set.of());

        for (byte[] jar : List.of(BUNDLE.signed(old, VENDOR), BUNDLE.signed(VENDOR, old))) {
            assertThat(verifier(signers).install(ByteBuffer.wrap(jar), NOW))
                    .isInstanceOf(JarVerdict.Trusted.class);
        }
    }

    @Test
    void ab_67_a_jar_of_a_thousand_signatures_is_refused_before_they_are_checked() {
        RawZip zip = BUNDLE.parts(VENDOR);
        for (int i = 0; i < 8; i++) {
            zip.add("META-INF/X" + i + ".SF", zip.content(SF));
        }

        assertThat(reason(zip.bytes(), VENDOR)).contains("more than 8 signatures");
    }

    @Test
    void ab_66_a_signature_of_zeros_is_refused() {
        byte[] zeros = new byte[] {0x30, 6, 2, 1, 0, 2, 1, 0};
        byte[] block = BUNDLE.parts(VENDOR).content(BLOCK);
        byte[] forged = CmsZeros.replaced(block, zeros);

        assertThat(reason(BUNDLE.parts(VENDOR).change(BLOCK, old -> forged).bytes(), VENDOR))
                .contains("does not match");
    }

    @Test
    void ab_66_a_foreign_signer_is_refused_by_name() {
        assertThat(reason(BUNDLE.signed(FOREIGN), VENDOR))
                .isEqualTo("signer `" + FOREIGN.thumbprint() + "` is not trusted here");
    }

    @Test
    void an_expired_certificate_does_not_matter_at_a_later_start() {
        Instant past = Instant.parse("2020-01-01T00:00:00Z");
        Signer signer =
                Signer.form("EC", 256, "SHA256withECDSA").valid(past, past.plusSeconds(99)).make();
        Signers signers = new Signers(Set.of(signer.thumbprint()), Set.of());

        assertThat(verifier(signers).again(ByteBuffer.wrap(BUNDLE.signed(signer))))
                .isInstanceOf(JarVerdict.Trusted.class);
    }

    @Test
    void a_time_stamp_counts_only_by_an_authority_that_is_trusted() {
        Instant past = Instant.parse("2020-01-01T00:00:00Z");
        Signer signer =
                Signer.form("EC", 256, "SHA256withECDSA").valid(past, past.plusSeconds(99)).make();
        Signer authority =
                Signer.form("RSA", 3072, "SHA256withRSA")
                        .purpose(KeyPurposeId.id_kp_timeStamping)
                        .valid(past.minusSeconds(9), NOW.plusSeconds(9999))
                        .make();
        RawZip zip = BUNDLE.parts(signer);
        byte[] file = zip.content(SF);
        byte[] jar =
                zip.change(
                                BLOCK,
                                old ->
                                        CmsForge.stamped(
                                                file, signer, authority, past.plusSeconds(50)))
                        .bytes();
        Signers signers = new Signers(Set.of(signer.thumbprint()), Set.of());
        TrustAnchor anchor = new TrustAnchor(authority.certificate(), null);

        assertThat(new JarVerifier(signers, Set.of(anchor)).install(ByteBuffer.wrap(jar), NOW))
                .isInstanceOf(JarVerdict.Trusted.class);
        assertThat(new JarVerifier(signers, Set.of()).install(ByteBuffer.wrap(jar), NOW))
                .isInstanceOf(JarVerdict.Refused.class);
    }

    @Test
    void a_detached_signature_covers_exactly_its_file() {
        byte[] file = "#!/bin/sh\n".getBytes(StandardCharsets.UTF_8);
        DetachedVerifier verifier =
                new DetachedVerifier(new Signers(Set.of(VENDOR.thumbprint()), Set.of()));
        byte[] signature = CmsForge.detached(file, VENDOR);

        assertThat(verifier.verify(file, signature, java.util.Optional.of(NOW)))
                .isInstanceOf(JarVerdict.Trusted.class);
        assertThat(verifier.verify(append(file, "x"), signature, java.util.Optional.of(NOW)))
                .isInstanceOf(JarVerdict.Refused.class);
        assertThat(
                        verifier.verify(
                                file, CmsForge.attached(file, VENDOR), java.util.Optional.of(NOW)))
                .isInstanceOf(JarVerdict.Refused.class);
        assertThat(verifier.verify(file, new byte[] {1, 2, 3}, java.util.Optional.of(NOW)))
                .isInstanceOf(JarVerdict.Refused.class);
    }

    private static UnaryOperator<byte[]> edited() {
        return old ->
                new String(old, StandardCharsets.UTF_8)
                        .replace("Bundle-Version: 1.0.0", "Bundle-Activator: b.Evil")
                        .getBytes(StandardCharsets.UTF_8);
    }

    private static JarVerdict judged(byte[] jar, Signer trusted) {
        return verifier(new Signers(Set.of(trusted.thumbprint()), Set.of()))
                .install(ByteBuffer.wrap(jar), NOW);
    }

    private static String reason(byte[] jar, Signer trusted) {
        return ((JarVerdict.Refused) judged(jar, trusted)).reason();
    }

    private static JarVerifier verifier(Signers signers) {
        return new JarVerifier(signers, Set.of());
    }

    private static byte[] append(byte[] first, String second) {
        return append(first, second.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] append(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
