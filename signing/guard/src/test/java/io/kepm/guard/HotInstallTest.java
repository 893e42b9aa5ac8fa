package io.kepm.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.signing.Sha256;
import io.kepm.signing.Shipped;
import io.kepm.signing.forge.CmsForge;
import io.kepm.signing.forge.Forge;
import io.kepm.signing.forge.RawZip;
import io.kepm.signing.forge.Signer;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.felix.framework.GuardedFelix;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.startlevel.FrameworkStartLevel;

/** Signed bundles that are not shipped, in the real framework. */
class HotInstallTest {

    private static final Signer VENDOR = Signer.ec();
    private static final Signer FOREIGN = Signer.ec();
    private static final byte[] SHIPPED = Jars.bundle("shipped");
    private static final String ACTIVATOR = "Bundle-Activator";
    private static final String MANIFEST = "META-INF/MANIFEST.MF";
    private static final Forge PLUGIN =
            Forge.bundle("a.plugin")
                    .header(ACTIVATOR, Mark.class.getName())
                    .header("Import-Package", "org.osgi.framework")
                    .with(Mark.class);

    private static final Signer SHORT = Signer.form("RSA", 1024, "SHA256withRSA").make();
    private static final Signer EXPIRED =
            Signer.form("EC", 256, "SHA256withECDSA")
                    .valid(Instant.EPOCH, Instant.parse("2020-01-01T00:00:00Z"))
                    .make();
    private static final Signer SERVER =
            Signer.form("EC", 256, "SHA256withECDSA").purpose(KeyPurposeId.id_kp_serverAuth).make();

    @TempDir Path folder;
    private InstantSource clock = InstantSource.system();
    private Set<String> trusted =
            Set.of(
                    VENDOR.thumbprint(),
                    SHORT.thumbprint(),
                    EXPIRED.thumbprint(),
                    SERVER.thumbprint());
    private GuardedFelix framework;
    private BundleCacheCheck cache;

    /** Leaves a trace where code of a bundle ran. */
    public static final class Mark implements BundleActivator {
        @Override
        public void start(BundleContext context) {
            System.setProperty("guard.test.ran", "yes");
        }

        @Override
        public void stop(BundleContext context) {}
    }

    /** Would like to judge in the agent's place. */
    public static final class Usurper implements BundleActivator {
        @Override
        public void start(BundleContext context) {
            context.registerService("io.kepm.api.policy.PolicyEngine", new Object(), null);
        }

        @Override
        public void stop(BundleContext context) {}
    }

    /** Would like to judge in the agent's place, in the name of a bundle of the agent. */
    public static final class Borrower implements BundleActivator {
        @Override
        public void start(BundleContext context) throws ReflectiveOperationException {
            BundleContext other = context.getBundle("mvn:shipped").getBundleContext();
            other.registerService("io.kepm.api.policy.PolicyEngine", new Object(), null);
        }

        @Override
        public void stop(BundleContext context) {}
    }

    /** The same, by reflection. */
    public static final class Mirror implements BundleActivator {
        @Override
        public void start(BundleContext context) throws ReflectiveOperationException {
            BundleContext other = context.getBundle("mvn:shipped").getBundleContext();
            BundleContext.class
                    .getMethod(
                            "registerService",
                            String.class,
                            Object.class,
                            java.util.Dictionary.class)
                    .invoke(other, "io.kepm.api.policy.PolicyEngine", new Object(), null);
        }

        @Override
        public void stop(BundleContext context) {}
    }

    /** Would like to see into every resolution. */
    public static final class Hooker implements BundleActivator {
        @Override
        public void start(BundleContext context) {
            context.registerService(
                    "org.osgi.framework.hooks.weaving.WeavingHook", new Object(), null);
        }

        @Override
        public void stop(BundleContext context) {}
    }

    @BeforeEach
    void start() throws Exception {
        System.clearProperty("guard.test.ran");
        framework = framework();
    }

    @AfterEach
    void stop() throws Exception {
        framework.stop();
        framework.waitForStop(10_000);
    }

    private GuardedFelix framework() throws Exception {
        Set<String> listed = Set.of(Sha256.of(SHIPPED));
        RefusalSpool spool = new RefusalSpool(folder.resolve("spool"), InstantSource.system());
        SignerBook book =
                new SignerBook(
                        new Revocations(
                                folder,
                                folder.resolve("kept"),
                                List.of(),
                                Set.of(),
                                new RootOwned(
                                        (Integer) Files.getAttribute(folder, "unix:uid"), folder)),
                        List.of(),
                        new AlternativeSignatures(trusted, List.of()));
        HotBundles hot =
                new HotBundles(
                        book,
                        new Admissions(folder.resolve("admitted")),
                        () -> new Shipped(Set.of("shipped"), Set.of("shipped.words")),
                        clock);
        Map<String, String> configuration = new HashMap<>();
        configuration.put(Constants.FRAMEWORK_STORAGE, folder.resolve("cache").toString());
        cache = new BundleCacheCheck(folder.resolve("cache"), listed, hot, "edition", spool);
        GuardedFelix started =
                new GuardedFelix(
                        configuration,
                        new Guard(
                                new BundleGate(listed, hot, spool),
                                cache,
                                new Origins(listed),
                                hot,
                                book,
                                spool,
                                2));
        started.start();
        started.adapt(FrameworkStartLevel.class).setStartLevel(2);
        for (int i = 0; i < 500 && !isComplete(); i++) {
            Thread.sleep(10);
        }
        return started;
    }

    private boolean isComplete() throws Exception {
        Path marker = folder.resolve("cache/complete");
        return Files.exists(marker) && Files.readString(marker).equals("edition");
    }

    static Stream<Signer> good() {
        return Stream.of(VENDOR, Signer.rsa(), Signer.ed25519());
    }

    @ParameterizedTest
    @MethodSource("good")
    void a_bundle_of_a_trusted_signer_comes_in_runs_and_is_there_after_a_restart(Signer signer)
            throws Exception {
        stop();
        trusted = Set.of(signer.thumbprint());
        framework = framework();

        install("a", PLUGIN.signed(signer)).start();
        assertThat(System.getProperty("guard.test.ran")).isEqualTo("yes");
        restart();

        assertThat(bundle("a")).isNotNull();
        assertThat(bundle("a").getState()).isEqualTo(Bundle.ACTIVE);
        assertThat(refusals()).isEmpty();
    }

    @Test
    void a_bundle_with_a_trusted_and_a_foreign_signature_comes_in() throws Exception {
        install("a", PLUGIN.signed(FOREIGN, VENDOR)).start();

        assertThat(bundle("a").getState()).isEqualTo(Bundle.ACTIVE);
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
                bad("is not signed", zip -> zip.add("Evil.class", evil)),
                bad("is not signed", zip -> zip.add("META-INF/services/x", evil)),
                bad("is not the one that was", zip -> zip.change(MANIFEST, HotInstallTest::edited)),
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

    @Test
    void ab_70_a_plugin_may_not_offer_a_service_of_the_agent_or_a_hook() throws Exception {
        install("mvn:shipped", SHIPPED).start();
        for (Class<?> activator :
                List.of(Usurper.class, Hooker.class, Borrower.class, Mirror.class)) {
            Bundle bundle =
                    install(
                            activator.getName(),
                            Forge.bundle(activator.getSimpleName())
                                    .header(ACTIVATOR, activator.getName())
                                    .header("Import-Package", "org.osgi.framework")
                                    .with(activator)
                                    .signed(VENDOR));

            assertThatThrownBy(bundle::start).hasMessageContaining("Activator start error");
            assertThat(bundle.getState()).isEqualTo(Bundle.RESOLVED);
        }
        assertThat(refusals()).hasSize(4).allMatch(line -> line.contains("it would offer"));
        assertThat(
                        framework
                                .getBundleContext()
                                .getServiceReference("io.kepm.api.policy.PolicyEngine"))
                .isNull();
    }

    @Test
    void ab_70_an_update_may_not_take_the_place_of_another_bundle() throws Exception {
        Bundle shipped = install("mvn:shipped", SHIPPED);
        Bundle plugin = install("a", PLUGIN.signed(VENDOR));
        byte[] other = Forge.bundle("other.plugin").signed(VENDOR);

        assertThatThrownBy(() -> shipped.update(stream(PLUGIN.signed(VENDOR))))
                .hasMessageContaining("take the place");
        assertThatThrownBy(() -> plugin.update(stream(other))).hasMessageContaining("take the");
        assertThatThrownBy(() -> plugin.update(stream(SHIPPED))).hasMessageContaining("take the");
        assertThatThrownBy(() -> install("mvn:a/b/1", other)).hasMessageContaining("location");
        plugin.update(stream(PLUGIN.header("Bundle-Version", "2.0.0").signed(VENDOR)));

        assertThat(shipped.getSymbolicName()).isEqualTo("shipped");
        assertThat(plugin.getVersion().getMajor()).isEqualTo(2);
    }

    @Test
    void ab_69_no_older_version_takes_the_place_of_a_newer_one_and_none_stands_beside_it()
            throws Exception {
        byte[] old = PLUGIN.signed(VENDOR);
        byte[] same = PLUGIN.header("Bundle-Version", "2.0.0").with("x", "y").signed(VENDOR);
        Bundle plugin = install("a", PLUGIN.header("Bundle-Version", "2.0.0").signed(VENDOR));

        assertThatThrownBy(() -> plugin.update(stream(old)))
                .hasMessageContaining("1.0.0 is older than 2.0.0");
        assertThatThrownBy(() -> install("b", old)).hasMessageContaining("here already, as `a`");
        assertThatThrownBy(() -> install("b", same)).hasMessageContaining("here already, as `a`");
        assertThatThrownBy(() -> install("a", old)).hasMessageContaining("is older than 2.0.0");
        assertThat(plugin.getVersion().getMajor()).isEqualTo(2);
        assertThat(refusals()).hasSize(4);
        plugin.update(stream(same));
        plugin.uninstall();
        assertThat(install("b", old).getVersion().getMajor()).as("when it is gone").isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ab_71_a_cached_plugin_that_was_changed_wipes_the_cache_whoever_signs(boolean signed)
            throws Exception {
        Bundle bundle = install("a", PLUGIN.signed(VENDOR));
        stop();
        byte[] other = PLUGIN.with("more", "text").signed(VENDOR);
        Files.write(
                folder.resolve("cache/bundle" + bundle.getBundleId() + "/version0.0/bundle.jar"),
                signed ? other : PLUGIN.unsigned());
        framework = framework();

        assertThat(framework.getBundleContext().getBundles()).hasSize(1);
        assertThat(refusals())
                .singleElement()
                .asString()
                .contains(signed ? "never let in" : "is not signed");
    }

    @Test
    void a_signer_who_is_no_longer_trusted_is_gone_at_the_next_start() throws Exception {
        install("a", PLUGIN.signed(VENDOR)).start();
        stop();
        trusted = Set.of(FOREIGN.thumbprint());
        framework = framework();

        assertThat(bundle("a")).isNull();
        assertThat(refusals()).singleElement().asString().contains("is not trusted here");
    }

    @Test
    void a_certificate_that_expires_stops_no_later_start_but_new_bundles() throws Exception {
        byte[] jar = PLUGIN.signed(VENDOR);
        install("a", jar);
        stop();
        clock = InstantSource.fixed(Instant.parse("2100-01-01T00:00:00Z"));
        framework = framework();

        assertThat(bundle("a")).isNotNull();
        bundle("a").uninstall();
        install("again", jar);
        assertThatThrownBy(() -> install("b", Forge.bundle("new").signed(VENDOR)))
                .hasMessageContaining("expired");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SHA-256", "SHA-1"})
    void ab_66_what_is_revoked_while_it_runs_is_stopped_and_uninstalled(String digest)
            throws Exception {
        Bundle bundle = install("a", PLUGIN.signed(VENDOR));
        bundle.start();
        Files.writeString(
                folder.resolve("revoked"),
                "# lost key\n"
                        + VENDOR.thumbprint(digest).toUpperCase(java.util.Locale.ROOT)
                        + "\n");
        assertThat(desk().apply(Map.of("sweep", true))).containsEntry("thrownOut", List.of("a"));
        awaitGone(bundle);

        assertThat(refusals()).singleElement().asString().contains("was revoked");
        assertThatThrownBy(() -> install("b", PLUGIN.signed(VENDOR)))
                .hasMessageContaining("was revoked");
    }

    @Test
    void ab_66_what_is_revoked_by_its_content_is_thrown_out_however_it_was_packed()
            throws Exception {
        RawZip zip = PLUGIN.parts(VENDOR);
        byte[] text = zip.content("readme.txt");
        byte[] packed = zip.remove("readme.txt").add("readme.txt", text).bytes();
        Bundle bundle = install("a", packed);
        bundle.start();
        Files.writeString(folder.resolve("revoked"), Sha256.of(zip.content(MANIFEST)));
        assertThat(desk().apply(Map.of("sweep", true))).containsEntry("thrownOut", List.of("a"));
        awaitGone(bundle);

        assertThatThrownBy(() -> install("b", PLUGIN.signed(VENDOR)))
                .hasMessageContaining("this very content was revoked");
    }

    private static void awaitGone(Bundle bundle) throws InterruptedException {
        for (int i = 0; i < 1000 && bundle.getState() != Bundle.UNINSTALLED; i++) {
            Thread.sleep(10);
        }
        assertThat(bundle.getState()).isEqualTo(Bundle.UNINSTALLED);
    }

    @Test
    void nothing_is_let_in_while_it_is_not_known_what_was_revoked() throws Exception {
        install("a", PLUGIN.signed(VENDOR));
        Files.createDirectory(folder.resolve("revoked"));
        desk().apply(Map.of("sweep", true));

        assertThatThrownBy(() -> install("b", Forge.bundle("b").signed(VENDOR)))
                .hasMessageContaining("it is not known what was taken back");
        assertThat(bundle("a")).as("what runs already").isNotNull();
        assertThat(desk().apply(Map.of()).get("warnings")).asString().contains("not known");
    }

    @Test
    void a_file_with_its_signature_is_judged_by_the_clock_until_it_is_known() throws Exception {
        byte[] file = {1, 2, 3};
        Map<String, Object> question =
                Map.of("file", file, "signature", CmsForge.detached(file, VENDOR));
        assertThat(desk().apply(question)).containsEntry("fault", "");
        stop();
        clock = InstantSource.fixed(Instant.parse("2100-01-01T00:00:00Z"));
        framework = framework();
        byte[] other = {4};

        assertThat(desk().apply(question)).containsEntry("fault", "");
        assertThat(
                        desk().apply(
                                        Map.of(
                                                "file",
                                                other,
                                                "signature",
                                                CmsForge.detached(other, VENDOR)))
                                .get("fault"))
                .asString()
                .contains("expired");
        assertThat(
                        desk().apply(
                                        Map.of(
                                                "file",
                                                other,
                                                "signature",
                                                CmsForge.detached(file, VENDOR)))
                                .get("fault"))
                .asString()
                .contains("does not match");
    }

    @Test
    void a_bundle_that_did_not_come_through_the_gate_does_not_resolve() throws Exception {
        Bundle bundle = install("a", PLUGIN.signed(VENDOR));
        Files.write(
                folder.resolve("cache/bundle" + bundle.getBundleId() + "/version0.0/bundle.jar"),
                PLUGIN.with("x", "y").signed(VENDOR));

        assertThatThrownBy(bundle::start).isInstanceOf(BundleException.class);
        assertThat(System.getProperty("guard.test.ran")).isNull();
        assertThat(refusals()).singleElement().asString().contains("changed since it came in");
    }

    @Test
    void the_desk_judges_without_letting_in() throws Exception {
        assertThat(desk().apply(Map.of("bundle", ByteBuffer.wrap(PLUGIN.signed(FOREIGN)))))
                .extractingByKey("fault")
                .asString()
                .contains("is not trusted here");
        assertThat(desk().apply(Map.of("package", ByteBuffer.wrap(PLUGIN.signed(VENDOR)))))
                .containsEntry("fault", "");
        assertThat(desk().apply(Map.of()).get("alternative"))
                .asString()
                .contains(VENDOR.thumbprint());
    }

    @SuppressWarnings("unchecked")
    private Function<Map<String, Object>, Map<String, Object>> desk() throws Exception {
        BundleContext context = framework.getBundleContext();
        Collection<?> found =
                context.getServiceReferences(Function.class, "(" + Guard.DESK + "=desk)");
        return (Function<Map<String, Object>, Map<String, Object>>)
                context.getService(
                        (org.osgi.framework.ServiceReference<?>) found.iterator().next());
    }

    private void restart() throws Exception {
        stop();
        framework = framework();
    }

    private Bundle bundle(String location) {
        return framework.getBundleContext().getBundle(location);
    }

    private static ByteArrayInputStream stream(byte[] bytes) {
        return new ByteArrayInputStream(bytes);
    }

    private Bundle install(String location, byte[] jar) throws BundleException {
        return framework.getBundleContext().installBundle(location, stream(jar));
    }

    private List<String> refusals() throws Exception {
        Path file = folder.resolve("spool/refused.jsonl");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }
}
