package io.kepm.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.plugins.PluginState;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jars that are older than their documents say, and a guard that keeps a book of them. */
class LeaveTest {

    @TempDir Path temp;
    private final Fakes.Store store = new Fakes.Store();
    private final Fakes.Judge judge = new Fakes.Judge();
    private final Book book = new Book();
    private final Set<String> broken = new HashSet<>();
    private Folders folders = new Folders(Path.of("/"), Path.of("/"));
    private Supervisor supervisor = supervisor();

    @BeforeEach
    void prepare() throws IOException {
        folders = new Folders(temp.resolve("Plugins"), temp.resolve("exec"));
        Files.createDirectories(folders.plugins().resolve("bin"));
        supervisor = supervisor();
    }

    /** As the guard's: a jar is here the text of a name and a version. */
    private static final class Book {
        final Map<String, Semver> highest = new HashMap<>();
        final Set<String> leaves = new HashSet<>();

        synchronized void coming(String jar, String sha256) throws Body.StartFailed {
            String[] words = jar.split(" ", -1);
            Semver version = Semver.read(words[1]).orElseThrow();
            Semver known = highest.getOrDefault(words[0], Semver.ZERO);
            if (!leaves.remove(sha256) && version.compareTo(known) < 0) {
                throw new Body.StartFailed(jar + " is older than " + known);
            }
            highest.put(words[0], version);
        }

        synchronized void leave(String sha256) {
            leaves.add(sha256);
        }
    }

    /** Another start of the agent. */
    private Supervisor supervisor() {
        PluginRecords records = new PluginRecords(store, store);
        Leave leave = new Leave(records, book::leave);
        return new Supervisor(
                folders,
                document -> new Code(document, leave),
                judge,
                path -> List.of(),
                records,
                leave,
                Fakes.PARTS,
                InstantSource.system(),
                Duration.ofSeconds(20));
    }

    /** Comes in as a bundle does. */
    private final class Code implements Body {
        private final PluginDocument document;
        private final Leave leave;

        Code(PluginDocument document, Leave leave) {
            this.document = document;
            this.leave = leave;
        }

        @Override
        public void start() throws StartFailed {
            try {
                Path file = folders.bin(document.id()).resolve(document.code());
                byte[] jar = Files.readAllBytes(file);
                String sha256 = judge.bundle(ByteBuffer.wrap(jar)).sha256();
                leave.coming(document.id(), sha256);
                book.coming(Files.readString(file), sha256);
                leave.came(document.id(), sha256);
            } catch (IOException e) {
                throw new StartFailed(e.toString());
            }
            if (broken.contains(document.version().toString())) {
                throw new StartFailed("broken");
            }
        }

        @Override
        public String stop() {
            return "";
        }

        @Override
        public Optional<String> fault() {
            return Optional.empty();
        }

        @Override
        public Optional<String> complaint() {
            return Optional.empty();
        }

        @Override
        public String detail() {
            return "";
        }

        @Override
        public String signer() {
            return "";
        }
    }

    private static String text(String id, String version, String more) {
        return "{\"id\": \""
                + id
                + "\", \"pluginType\": \"Service\", \"version\": \""
                + version
                + "\""
                + more
                + "}";
    }

    private Path kpk(String id, String version, String jar, String more) throws IOException {
        Path file = temp.resolve("upload.kpk");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry(id + ".json"));
            zip.write(text(id, version, more).getBytes(StandardCharsets.UTF_8));
            zip.putNextEntry(new ZipEntry(id + ".jar"));
            zip.write(jar.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }

    private boolean install(String version, String jar, boolean allowDowngrade) throws IOException {
        return supervisor.install(kpk("a", version, jar, ""), allowDowngrade, "root").isDone();
    }

    /** By hand, or out of a backup. */
    private void put(String id, String version, String jar) throws IOException {
        Files.createDirectories(folders.bin(id));
        Files.writeString(folders.document(id), text(id, version, ""));
        Files.writeString(folders.bin(id).resolve(id + ".jar"), jar);
    }

    private void restart() {
        supervisor = supervisor();
        supervisor.begin();
    }

    private boolean runs(String id) {
        return supervisor.find(id).orElseThrow().state() == PluginState.HEALTHY;
    }

    private String code() throws IOException {
        return Files.readString(folders.bin("a").resolve("a.jar"));
    }

    @Test
    void ab_69_a_jar_that_is_older_than_its_document_says_needs_allow_downgrade()
            throws IOException {
        install("2.0.0", "x 2.0.2", false);

        assertThat(install("2.0.0", "x 2.0.1", false)).isFalse();
        assertThat(code()).isEqualTo("x 2.0.2");
        assertThat(runs("a")).isTrue();
        assertThat(install("2.0.0", "x 2.0.1", true)).isTrue();
        assertThat(code()).isEqualTo("x 2.0.1");
    }

    @Test
    void ab_69_a_restored_jar_does_not_run_under_a_newer_document() throws IOException {
        install("1.0.0", "x 1.0.0", false);
        install("2.0.0", "x 2.0.0", false);
        put("a", "2.0.0", "x 1.0.0");
        restart();

        assertThat(runs("a")).isFalse();
        assertThat(supervisor.find("a").orElseThrow().lastError()).contains("older than 2.0.0");
    }

    @Test
    void ab_69_an_old_jar_does_not_run_under_another_id() throws IOException {
        install("2.0.0", "x 2.0.0", false);
        put("b", "9.0.0", "x 1.0.0");
        restart();

        assertThat(runs("b")).isFalse();
        assertThat(runs("a")).isTrue();
        assertThat(supervisor.install(kpk("c", "1.0.0", "x 1.0.0", ""), false, "root").isDone())
                .isFalse();
    }

    @Test
    void ab_69_what_is_on_record_runs_though_the_guard_knows_of_a_newer_one() throws IOException {
        install("2.0.0", "x 2.0.0", false);
        // As a try of it that a power cut ended leaves it.
        book.highest.put("x", Semver.read("3.0.0").orElseThrow());
        restart();

        assertThat(runs("a")).isTrue();
        assertThat(book.leaves).isEmpty();
    }

    @Test
    void ab_69_a_version_that_fails_makes_room_for_the_former_one() throws IOException {
        put("a", "2.0.0", "x 2.0.0");
        restart();
        broken.add("3.0.0");

        assertThat(install("3.0.0", "x 3.0.0", false)).isFalse();
        assertThat(runs("a")).isTrue();
        assertThat(code()).isEqualTo("x 2.0.0");
    }

    @Test
    void ab_69_a_former_jar_that_was_never_let_in_gets_no_leave() throws IOException {
        install("2.0.0", "x 2.0.0", false);
        put("a", "2.0.0", "x 1.0.0");
        restart();
        broken.add("3.0.0");

        assertThat(install("3.0.0", "x 3.0.0", false)).isFalse();
        assertThat(runs("a")).isFalse();
    }

    @Test
    void ab_69_what_was_installed_and_not_started_is_no_leave() throws IOException {
        install("2.0.0", "x 2.0.0", false);
        String off = ", \"autoStart\": false";

        assertThat(supervisor.install(kpk("b", "1.0.0", "x 1.0.0", off), false, "root").isDone())
                .isTrue();
        assertThat(supervisor.start("b", "root").isDone()).isFalse();
        restart();
        assertThat(supervisor.start("b", "root").isDone()).isFalse();
        supervisor.install(kpk("b", "1.0.0", "x 1.0.0", off), true, "root");
        restart();
        assertThat(supervisor.start("b", "root").isDone()).as("but one that is meant").isTrue();
    }

    @Test
    void ab_69_a_removed_plugin_that_is_put_back_gets_no_leave() throws IOException {
        install("1.0.0", "x 1.0.0", false);
        supervisor.remove("a", "root");
        // As another plugin with the same bundle, or `bundle:install`, brings it in.
        book.highest.put("x", Semver.read("2.0.0").orElseThrow());
        put("a", "1.0.0", "x 1.0.0");
        supervisor.reload("root");

        assertThat(runs("a")).isFalse();
        restart();
        assertThat(runs("a")).isFalse();
    }

    @Test
    void ab_69_a_downgrade_that_was_meant_is_so_no_more_when_its_plugin_is_removed()
            throws IOException {
        install("2.0.0", "x 2.0.0", false);
        install("1.0.0", "x 1.0.0", true);
        supervisor.remove("a", "root");
        put("a", "1.0.0", "x 1.0.0");

        assertThat(supervisor.reload("root").faults())
                .singleElement()
                .asString()
                .contains("older than 2.0.0");
    }

    @Test
    void a_removal_that_cannot_be_put_on_record_is_none() throws IOException {
        install("1.0.0", "x 1.0.0", false);
        store.full = true;

        assertThat(supervisor.remove("a", "root").faults())
                .singleElement()
                .asString()
                .contains("cannot be put on record");
        assertThat(code()).isEqualTo("x 1.0.0");
    }

    @Test
    void a_leave_that_a_failed_installation_did_not_use_is_none_any_more() throws IOException {
        install("2.0.0", "x 2.0.0", false);
        broken.add("1.0.0");

        assertThat(install("1.0.0", "x 1.0.0", true)).isFalse();
        assertThat(runs("a")).isTrue();
        put("a", "2.0.0", "x 1.0.0");
        supervisor.restart("a", "root");
        assertThat(runs("a")).isFalse();
    }
}
