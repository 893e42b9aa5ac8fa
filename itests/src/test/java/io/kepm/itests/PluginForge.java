package io.kepm.itests;

import io.kepm.itests.plugin.PahoTalk;
import io.kepm.itests.plugin.Trace;
import io.kepm.signing.forge.Forge;
import io.kepm.signing.forge.RawZip;
import io.kepm.signing.forge.Signer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.time.Instant;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.eclipse.paho.client.mqttv3.MqttClient;

/** Plugins as the vendor of this distribution would sign them, and everything that is none. */
final class PluginForge {

    static final Signer FOREIGN = Signer.ec();
    private static final String MANIFEST = "META-INF/MANIFEST.MF";

    final Signer vendor;

    PluginForge() throws Exception {
        vendor = developmentKey();
    }

    /**
     * What is no plugin.
     *
     * @param reason what every way in has to say
     */
    record Bad(String reason, byte[] jar) {
        String sha256() {
            try {
                return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(jar));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** The key that the build signed this distribution with. */
    private static Signer developmentKey() throws Exception {
        Process process =
                new ProcessBuilder(Trial.REPOSITORY.resolve("signing/scripts/dev-key").toString())
                        .start();
        Path folder = Path.of(new String(process.getInputStream().readAllBytes()).strip());
        char[] password = Files.readString(folder.resolve("password")).strip().toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("key.p12"))) {
            store.load(in, password);
        }
        return new Signer(
                (PrivateKey) store.getKey("dev", password),
                (X509Certificate) store.getCertificate("dev"),
                store.getKey("dev", password) instanceof RSAKey
                        ? "SHA256withRSA"
                        : "SHA256withECDSA");
    }

    static Forge plugin(String id, String version, Class<?> activator) {
        return Forge.bundle(id)
                .header("Bundle-Version", version)
                .header("Bundle-Activator", activator.getName())
                .header("Import-Package", "org.osgi.framework")
                .with(activator);
    }

    /** Paho, and what talks by it, under their own names. */
    static Forge paho(Forge forge) throws IOException {
        Forge whole = forge.with(PahoTalk.class);
        Path jar =
                Path.of(
                        URI.create(
                                MqttClient.class
                                        .getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .toString()));
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                String name = entry.getName();
                boolean isCode = name.startsWith("org/") || name.startsWith("META-INF/services/");
                if (isCode && !entry.isDirectory()) {
                    whole = whole.with(name, zip.getInputStream(entry).readAllBytes());
                }
            }
        }
        return whole;
    }

    /** A process that ends by itself, again and again. */
    byte[] loop() {
        return Forge.archive()
                .with(
                        "loop.json",
                        """
                        {"id": "loop", "version": "1.0.0", "pluginType": "Executable", "executablePath": "run.sh",
                         "restart": {"maxRestarts": 2, "windowSeconds": 300, "backoffSeconds": 1}}
                        """)
                .with("run.sh", "#!/bin/sh\nsleep 3\nexit 3\n")
                .signed(vendor);
    }

    /** A process that starts another one fifty times a second. */
    byte[] forks() {
        return Forge.archive()
                .with(
                        "forks.json",
                        """
                        {"id": "forks", "version": "1.0.0", "pluginType": "Executable", "executablePath": "run.sh",
                         "restart": {"maxRestarts": 5, "windowSeconds": 300, "backoffSeconds": 1}}
                        """)
                .with("run.sh", "#!/bin/sh\nwhile :; do sleep 98765 & sleep 0.02; done\n")
                .signed(vendor);
    }

    /** By name. */
    Map<String, Bad> bad() {
        byte[] evil = {1, 2, 3};
        Forge forge = plugin("evil", "1.0.0", Trace.class);
        String code = Trace.class.getName().replace('.', '/') + ".class";
        Map<String, Bad> bad = new LinkedHashMap<>();
        tampered(bad, forge, code, evil);
        forbidden(bad, forge);
        return bad;
    }

    private void tampered(Map<String, Bad> bad, Forge forge, String code, byte[] evil) {
        RawZip zip = forge.parts(vendor);
        bad.put("unsigned", new Bad("it is not signed", forge.unsigned()));
        bad.put("foreign", new Bad("is not trusted here", forge.signed(FOREIGN)));
        bad.put(
                "replaced",
                new Bad("was changed since", whole(forge).change(code, old -> evil).bytes()));
        bad.put("added", new Bad("is not signed", whole(forge).add("Evil.class", evil).bytes()));
        bad.put(
                "services",
                new Bad("is not signed", whole(forge).add("META-INF/services/x", evil).bytes()));
        bad.put("first", new Bad("two entries", whole(forge).addFirst(code, evil).bytes()));
        bad.put("last", new Bad("two entries", whole(forge).add(code, evil).bytes()));
        bad.put(
                "hidden",
                new Bad("before, between", whole(forge).hide("Evil.class", evil).bytes()));
        bad.put(
                "manifest",
                new Bad(
                        "is not the one that was",
                        whole(forge).change(MANIFEST, PluginForge::edited).bytes()));
        bad.put(
                "rsa",
                new Bad("and signs nothing", whole(forge).add("META-INF/EVIL.RSA", evil).bytes()));
        bad.put("pair", new Bad("cannot be read", pair(zip, evil)));
        bad.put("mixed", new Bad("is not the one that was signed", mixed(forge)));
        bad.put("block", new Bad("is missing", whole(forge).remove(block()).bytes()));
        bad.put("sha1", new Bad("weaker than SHA-256", forge.digest("SHA-1").signed(vendor)));
        bad.put(
                "weak",
                new Bad(
                        "too weak",
                        forge.signed(Signer.form("RSA", 1024, "SHA256withRSA").make())));
    }

    private RawZip whole(Forge forge) {
        return forge.parts(vendor);
    }

    /** Of the vendor's signature, whose name says what kind of key it is. */
    private String block() {
        return "META-INF/SIGNER0." + vendor.key().getAlgorithm();
    }

    private void forbidden(Map<String, Bad> bad, Forge forge) {
        String host = "Fragment-Host";
        rule(bad, "fragment", "is a fragment", forge.header(host, "io.kepm.policy"));
        rule(bad, "framework", "is a fragment", forge.header(host, "system.bundle"));
        rule(
                bad,
                "extension",
                "is a fragment",
                forge.header(host, "system.bundle; extension:=framework")
                        .header("ExtensionBundle-Activator", Trace.class.getName()));
        rule(
                bad,
                "name",
                "name of a shipped",
                forge.header("Bundle-SymbolicName", "io.kepm.policy"));
        rule(
                bad,
                "export",
                "exports `io.kepm",
                forge.header("Export-Package", "io.kepm.api.policy"));
        rule(
                bad,
                "wanted",
                "exports `org.conscrypt`",
                forge.header("Export-Package", "org.conscrypt"));
        rule(bad, "nested", "nested jars", forge.header("Bundle-ClassPath", ".,inner.jar"));
        rule(
                bad,
                "dynamic",
                "DynamicImport-Package: *",
                forge.header("DynamicImport-Package", "*"));
        rule(bad, "native", "native code", forge.header("Bundle-NativeCode", "x.so"));
    }

    private void rule(Map<String, Bad> bad, String name, String reason, Forge forge) {
        bad.put(name, new Bad(reason, forge.signed(vendor)));
    }

    private static byte[] edited(byte[] manifest) {
        return new String(manifest, StandardCharsets.UTF_8)
                .replace("Bundle-Version: 1.0.0", "Bundle-Version: 9.0.0")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** A signature that is none, beside the real one. */
    private static byte[] pair(RawZip zip, byte[] block) {
        return zip.add("META-INF/EVIL.SF", zip.content("META-INF/SIGNER0.SF"))
                .add("META-INF/EVIL.EC", block)
                .bytes();
    }

    /** Signed by the vendor, then with one class more by somebody else. */
    private byte[] mixed(Forge forge) {
        RawZip own = forge.parts(vendor);
        return forge.with("Evil.class", "evil")
                .parts(FOREIGN)
                .add("META-INF/VENDOR.SF", own.content("META-INF/SIGNER0.SF"))
                .add("META-INF/VENDOR.EC", own.content(block()))
                .bytes();
    }

    /** Listed by their owner, and yet no keys to sign code with. */
    static Map<String, Signer> unfit() {
        Signer.Form form = Signer.form("EC", 256, "SHA256withECDSA");
        Map<String, Signer> unfit = new LinkedHashMap<>();
        unfit.put("too weak", Signer.form("RSA", 1024, "SHA256withRSA").make());
        unfit.put(
                "expired", form.valid(Instant.EPOCH, Instant.parse("2020-01-01T00:00:00Z")).make());
        unfit.put("not for signing code", form.purpose(KeyPurposeId.id_kp_serverAuth).make());
        return unfit;
    }
}
