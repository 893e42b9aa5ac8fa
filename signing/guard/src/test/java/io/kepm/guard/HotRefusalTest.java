package io.kepm.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.signing.forge.Forge;
import io.kepm.signing.forge.RawZip;
import io.kepm.signing.forge.Signer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** What is no plugin, by every way into the real framework. */
class HotRefusalTest extends HotFramework {

    private static final String CODE = "io/kepm/guard/HotFramework$Mark.class";

    private static final Signer SHORT = Signer.form("RSA", 1024, "SHA256withRSA").make();
    private static final Signer EXPIRED =
            Signer.form("EC", 256, "SHA256withECDSA")
                    .valid(Instant.EPOCH, Instant.parse("2020-01-01T00:00:00Z"))
                    .make();
    private static final Signer SERVER =
            Signer.form("EC", 256, "SHA256withECDSA").purpose(KeyPurposeId.id_kp_serverAuth).make();

    HotRefusalTest() {
        trusted =
                Set.of(
                        VENDOR.thumbprint(),
                        SHORT.thumbprint(),
                        EXPIRED.thumbprint(),
                        SERVER.thumbprint());
    }

    static Arguments rule(String reason, Forge forge) {
        return Arguments.of(reason, forge.signed(VENDOR));
    }

    static Stream<Arguments> refused() {
        byte[] evil = {1, 2, 3};
        return Stream.of(
                Arguments.of("it is not signed", PLUGIN.unsigned()),
                Arguments.of("is not trusted here", PLUGIN.signed(FOREIGN)),
                bad("was changed since", zip -> zip.change("readme.txt", old -> evil)),
                bad("was changed since", zip -> zip.change(CODE, old -> evil)),
                bad("is not signed", zip -> zip.add("Evil.class", evil)),
                bad("is not signed", zip -> zip.add("META-INF/services/x", evil)),
                bad("is not the one that was", zip -> zip.change(MANIFEST, HotRefusalTest::edited)),
                bad("two entries", zip -> zip.addFirst("readme.txt", evil)),
                bad("two entries", zip -> zip.add("readme.txt", evil)),
                bad("before, between", zip -> zip.hide("Evil.class", evil)),
                bad("is missing", zip -> zip.remove("META-INF/SIGNER0.EC")),
                bad("and signs nothing", zip -> zip.add("META-INF/EVIL.RSA", evil)),
                bad("`META-INF/EVIL.SF` is missing", zip -> zip.add("META-INF/EVIL.SF", evil)),
                bad("two signature blocks", zip -> zip.add("META-INF/SIGNER0.RSA", evil)),
                bad("cannot be read", zip -> besides(zip, evil)),
                Arguments.of("is not the one that was signed", mixed()),
                Arguments.of("weaker than SHA-256", PLUGIN.digest("SHA-1").signed(VENDOR)),
                Arguments.of("too weak", PLUGIN.signed(SHORT)),
                Arguments.of("expired at", PLUGIN.signed(EXPIRED)),
                Arguments.of("not for signing code", PLUGIN.signed(SERVER)),
                rule("is a fragment", PLUGIN.header("Fragment-Host", "shipped")),
                rule(
                        "is a fragment",
                        PLUGIN.header("Fragment-Host", "system.bundle; extension:=framework")),
                rule("is a fragment", PLUGIN.header("fragment-host", "system.bundle")),
                rule("would extend", PLUGIN.header("ExtensionBundle-Activator", "x.Y")),
                rule("nested jars", PLUGIN.header("Bundle-ClassPath", ".,lib/inner.jar")),
                rule("nested jars", PLUGIN.header("Bundle-ClassPath", "lib/inner.jar")),
                rule("DynamicImport-Package: *", PLUGIN.header("DynamicImport-Package", "*")),
                rule(
                        "DynamicImport-Package: org.*",
                        PLUGIN.header("DynamicImport-Package", "org.*")),
                rule("native code", PLUGIN.header("Bundle-NativeCode", "lib.so;osname=Linux")),
                rule("exports `io.kepm.api.policy`", exports("io.kepm.api.policy;version=1")),
                rule("exports `org.osgi.framework`", exports("a.b,org.osgi.framework")),
                rule("exports `shipped.words`", exports("a.b;shipped.words;version=\"1,2\"")),
                rule("exports `javax.net`", exports("javax.net")),
                rule("name of a shipped bundle", Forge.bundle("shipped")),
                rule("name of a shipped bundle", Forge.bundle("shipped;singleton:=true")),
                rule("name of a shipped bundle", Forge.bundle("system.bundle")),
                rule("letters, digits", Forge.bundle("a plugin\u00e9")),
                rule("it is no bundle", Forge.archive().with("a", "b")));
    }

    private static Arguments bad(String reason, UnaryOperator<RawZip> change) {
        return Arguments.of(reason, change.apply(PLUGIN.parts(VENDOR)).bytes());
    }

    /** A signature that is none, beside the real one. */
    private static RawZip besides(RawZip zip, byte[] block) {
        return zip.add("META-INF/EVIL.SF", zip.content("META-INF/SIGNER0.SF"))
                .add("META-INF/EVIL.EC", block);
    }

    private static byte[] edited(byte[] manifest) {
        return new String(manifest, StandardCharsets.UTF_8)
                .replace("Bundle-Version: 1.0.0", "Bundle-Version: 9.0.0")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Signed by the vendor, then with one class more signed by somebody else. */
    private static byte[] mixed() {
        RawZip own = PLUGIN.parts(VENDOR);
        return PLUGIN.with("Evil.class", "evil")
                .parts(FOREIGN)
                .add("META-INF/VENDOR.SF", own.content("META-INF/SIGNER0.SF"))
                .add("META-INF/VENDOR.EC", own.content("META-INF/SIGNER0.EC"))
                .bytes();
    }

    private static Forge exports(String packages) {
        return PLUGIN.header("Export-Package", packages);
    }

    @ParameterizedTest(name = "{0} {index}")
    @MethodSource("refused")
    void ab_65_ab_66_ab_70_what_is_no_plugin_is_refused_by_every_way(String reason, byte[] jar)
            throws Exception {
        Bundle good = install("good", PLUGIN.signed(VENDOR));
        assertThatThrownBy(() -> install("a", jar))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining(reason);
        Path file = Files.write(folder.resolve("a.jar"), jar);
        assertThatThrownBy(() -> framework.getBundleContext().installBundle(file.toUri() + ""))
                .hasMessageContaining(reason);

        assertThatThrownBy(() -> good.update(stream(jar))).hasMessageContaining(reason);
        assertThat(desk().apply(Map.of("bundle", ByteBuffer.wrap(jar))).get("fault"))
                .asString()
                .contains(reason);
        assertThat(good.getVersion().getMajor()).isEqualTo(1);
        assertThat(framework.getBundleContext().getBundles()).hasSize(2);
        assertThat(refusals()).hasSize(3).allMatch(line -> line.contains(reason));
        // A package may hold anything: that it was let in makes no bundle of it.
        desk().apply(Map.of("package", ByteBuffer.wrap(jar)));
        stop();
        Files.write(
                folder.resolve("cache/bundle" + good.getBundleId() + "/version0.0/bundle.jar"),
                jar);
        cache.prepare(new Origins(Set.of()));

        assertThat(folder.resolve("cache")).isEmptyDirectory();
        assertThat(System.getProperty("guard.test.ran")).isNull();
        assertThat(refusals()).hasSize(4);
        assertThat(refusals().get(3)).contains(reason);
    }

    @Test
    void ab_70_a_refusal_names_the_signer() throws Exception {
        assertThatThrownBy(() -> install("a", PLUGIN.signed(FOREIGN)));

        assertThat(refusals())
                .singleElement()
                .asString()
                .contains("\"signer\":\"" + FOREIGN.thumbprint() + "\"");
    }
}
