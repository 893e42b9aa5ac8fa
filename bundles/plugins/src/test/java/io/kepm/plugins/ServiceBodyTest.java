package io.kepm.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.plugins.PluginState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.apache.felix.framework.Felix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;

/** Bundles in a real framework, and the worst that they can do to it. */
class ServiceBodyTest {

    @TempDir Path temp;
    private final Fakes.Store store = new Fakes.Store();
    private final Fakes.Judge judge = new Fakes.Judge();
    private Folders folders = new Folders(Path.of("/"), Path.of("/"));
    private final List<String> leaves = new java.util.concurrent.CopyOnWriteArrayList<>();
    private final PluginRecords records = new PluginRecords(store, store);
    private Felix framework = new Felix(Map.of());

    @BeforeEach
    void start() throws Exception {
        folders = new Folders(temp.resolve("Plugins"), temp.resolve("exec"));
        Map<String, String> configuration = new HashMap<>();
        configuration.put("org.osgi.framework.storage", temp.resolve("cache").toString());
        framework = new Felix(configuration);
        framework.start();
    }

    /** Not waited for: a bundle that is deadlocked is not stopped by anybody. */
    @AfterEach
    void stop() {
        Thread thread = new Thread(this::stopFramework, "stop");
        thread.setDaemon(true);
        thread.start();
    }

    private void stopFramework() {
        try {
            framework.stop();
        } catch (org.osgi.framework.BundleException e) {
            throw new IllegalStateException(e);
        }
    }

    private final Leave leave = new Leave(records, leaves::add);

    private Unit unit(String id, Class<? extends BundleActivator> code) throws IOException {
        return unit(id, code, Duration.ofSeconds(60));
    }

    private Unit unit(String id, Class<? extends BundleActivator> code, Duration limit)
            throws IOException {
        Files.createDirectories(folders.bin(id));
        Files.write(folders.bin(id).resolve(id + ".jar"), jar(id, code));
        PluginDocument document =
                DocumentReader.read(
                                ("{\"id\": \"" + id + "\", \"pluginType\": \"Service\"}")
                                        .getBytes(StandardCharsets.UTF_8),
                                id)
                        .document()
                        .orElseThrow();
        return new Unit(
                document,
                () ->
                        new ServiceBody(
                                document, folders, framework.getBundleContext(), judge, leave),
                records,
                InstantSource.system(),
                limit);
    }

    private static byte[] jar(String id, Class<?> code) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", id);
        main.putValue("Bundle-Activator", code.getName());
        main.putValue("Import-Package", "org.osgi.framework");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String name = code.getName().replace('.', '/') + ".class";
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest);
                InputStream in = code.getClassLoader().getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("no " + name);
            }
            jar.putNextEntry(new ZipEntry(name));
            in.transferTo(jar);
        }
        return bytes.toByteArray();
    }

    private List<String> bundles() {
        return java.util.Arrays.stream(framework.getBundleContext().getBundles())
                .map(Bundle::getSymbolicName)
                .toList();
    }

    @Test
    void a_bundle_runs_and_nothing_of_it_stays_after_a_stop() throws IOException {
        Unit unit = unit("quiet", Misbehaving.Quiet.class);

        assertThat(unit.start("root")).isTrue();
        assertThat(bundles()).contains("quiet");
        assertThat(unit.stop("root")).isEmpty();
        assertThat(bundles()).doesNotContain("quiet");
    }

    @Test
    void ab_69_the_guard_is_told_of_the_jar_that_is_meant_and_of_no_other() throws IOException {
        Unit unit = unit("quiet", Misbehaving.Quiet.class);
        byte[] jar = Files.readAllBytes(folders.bin("quiet").resolve("quiet.jar"));
        String sha256 = judge.bundle(java.nio.ByteBuffer.wrap(jar)).sha256();
        leave.give("quiet", "ab".repeat(32));
        leave.give("other", sha256);
        unit.start("root");
        assertThat(leaves).isEmpty();
        assertThat(leave.isGood("quiet", sha256)).as("it came in").isTrue();
        leave.give("quiet", sha256);
        unit.start("root");

        assertThat(leaves).containsExactly(sha256);
    }

    @Test
    void a_bundle_that_throws_an_error_has_failed_and_is_gone() throws IOException {
        Unit unit = unit("throwing", Misbehaving.Throwing.class);

        assertThat(unit.start("root")).isFalse();
        assertThat(unit.state()).isEqualTo(PluginState.FAILED);
        assertThat(bundles()).doesNotContain("throwing");
    }

    @Test
    void a_bundle_in_a_real_deadlock_has_failed_is_named_and_others_start_stop_and_update()
            throws IOException {
        Unit before = unit("before", Misbehaving.Quiet.class);
        before.start("root");
        Unit stuck = unit("stuck", Misbehaving.Deadlocked.class, Duration.ofSeconds(3));

        assertThat(stuck.start("root")).isFalse();
        assertThat(stuck.state()).isEqualTo(PluginState.FAILED);
        assertThat(stuck.lastError()).contains("no end within 3 s", "Deadlocked.lock");
        Unit after = unit("after", Misbehaving.Quiet.class);
        assertThat(after.start("root")).as("another one starts").isTrue();
        assertThat(before.stop("root")).as("one from before stops").isEmpty();
        assertThat(before.start("root")).as("and starts again").isTrue();
        assertThat(store.said())
                .anyMatch(line -> line.contains("FAILED") || line.contains("no end"));
    }

    @Test
    void what_a_former_run_left_of_plugins_is_cleared_and_nothing_else() throws Exception {
        framework
                .getBundleContext()
                .installBundle(
                        ServiceBody.LOCATION + "left",
                        new java.io.ByteArrayInputStream(jar("left", Misbehaving.Quiet.class)));
        framework
                .getBundleContext()
                .installBundle(
                        "other",
                        new java.io.ByteArrayInputStream(jar("other", Misbehaving.Quiet.class)));
        ServiceBody.clear(framework.getBundleContext());

        assertThat(bundles()).contains("other").doesNotContain("left");
    }

    @Test
    void a_thread_that_a_bundle_leaves_behind_is_named_and_told_to_end() throws Exception {
        Unit unit = unit("leaking", Misbehaving.Leaking.class);
        unit.start("root");
        Thread left =
                Thread.getAllStackTraces().keySet().stream()
                        .filter(each -> each.getName().equals("left-behind"))
                        .findFirst()
                        .orElseThrow();

        assertThat(unit.stop("root")).contains("it left 1 threads behind", "`left-behind`");
        left.join(60_000);
        assertThat(left.isAlive()).isFalse();
        assertThat(bundles()).doesNotContain("leaking");
    }

    @Test
    void ab_66_a_bundle_whose_package_is_revoked_is_stopped_and_does_not_start_again()
            throws IOException {
        Unit unit = unit("packed", Misbehaving.Quiet.class);
        Files.write(folders.bin("packed").resolve(Folders.PACKAGE), new byte[] {1});
        assertThat(unit.start("root")).isTrue();
        judge.packFault = "this very file was revoked";
        judge.revoked = List.of("ab".repeat(32));
        unit.look();

        assertThat(unit.lastError()).contains("package is not accepted", "was revoked");
        assertThat(bundles()).doesNotContain("packed");
        assertThat(unit.start("root")).isFalse();
        assertThat(bundles()).doesNotContain("packed");
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void ab_26_a_pipe_in_place_of_a_jar_or_a_package_is_not_waited_for() throws Exception {
        Unit jar = unit("jar", Misbehaving.Quiet.class, Duration.ofSeconds(120));
        Unit packed = unit("packed", Misbehaving.Quiet.class, Duration.ofSeconds(120));
        Files.delete(folders.bin("jar").resolve("jar.jar"));
        for (Path pipe :
                List.of(
                        folders.bin("jar").resolve("jar.jar"),
                        folders.bin("packed").resolve(Folders.PACKAGE))) {
            assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        }
        for (Unit unit : List.of(jar, packed)) {
            assertThat(unit.start("root")).isFalse();
            assertThat(unit.lastError()).contains("is not a regular file");
        }
    }

    @Test
    void what_else_is_revoked_stops_no_package() throws IOException {
        Unit unit = unit("packed", Misbehaving.Quiet.class);
        Files.write(folders.bin("packed").resolve(Folders.PACKAGE), new byte[] {1});
        unit.start("root");
        judge.revoked = List.of("ab".repeat(32));
        unit.look();

        assertThat(unit.state()).isEqualTo(PluginState.HEALTHY);
    }
}
