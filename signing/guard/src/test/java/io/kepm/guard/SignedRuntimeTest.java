package io.kepm.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.signing.DetachedSignature;
import io.kepm.signing.DigestList;
import io.kepm.signing.FileTree;
import io.kepm.signing.ListVerdict;
import io.kepm.signing.Sha256;
import io.kepm.signing.Thumbprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignedRuntimeTest {

    @TempDir Path lib;
    private DigestList list;
    private SignedRuntime runtime;

    @BeforeEach
    void prepare() throws IOException {
        write("etc/config.properties", "a=b");
        write("lib/guard.jar", "guard");
        write("system/x/a.jar", "a");
        list = FileTree.list(lib, Set.of());
        runtime = new SignedRuntime(lib);
    }

    @Test
    void a_runtime_as_it_was_signed_is_fine_with_the_archive_beside_it() throws IOException {
        write("digests", "");
        write("digests.sig", "");
        write("kepm.jsa", "");

        assertThat(runtime.difference(list)).isEmpty();
    }

    @Test
    void ab_71_a_configuration_file_that_was_edited_is_named() throws IOException {
        write("etc/config.properties", "a=c");

        assertThat(runtime.difference(list))
                .hasValueSatisfying(
                        reason ->
                                assertThat(reason)
                                        .contains("config.properties` was changed since"));
    }

    @Test
    void ab_71_a_file_too_many_is_named_wherever_it_lies() throws IOException {
        for (String path :
                Set.of("deploy/x.kar", "etc/users.properties", "lib/more.jar", "system/kepm.jsa")) {
            write(path, "");
            assertThat(runtime.difference(list))
                    .hasValueSatisfying(
                            reason -> assertThat(reason).contains(path + "` is not in the signed"));
            Files.delete(lib.resolve(path));
        }
    }

    @Test
    void ab_71_each_of_many_files_is_looked_at_and_the_first_that_was_changed_is_named()
            throws IOException {
        for (int i = 0; i < 40; i++) {
            write("system/many/" + i + ".jar", "jar " + i);
        }
        list = FileTree.list(lib, Set.of());
        assertThat(runtime.difference(list)).isEmpty();
        for (int i = 0; i < 40; i++) {
            write("system/many/" + i + ".jar", "jar");
            String name = "many/" + i + ".jar` was changed since it was signed";
            assertThat(runtime.difference(list))
                    .hasValueSatisfying(reason -> assertThat(reason).contains(name));
            write("system/many/" + i + ".jar", "jar " + i);
        }
    }

    @Test
    void a_file_that_cannot_be_read_lets_nothing_start() throws IOException {
        Path gone = lib.resolve("system/x/a.jar");
        SortedMap<String, Path> files = FileTree.files(lib, Set.of());
        Files.delete(gone);

        assertThatThrownBy(() -> FileDigests.begin(() -> files).all())
                .isInstanceOf(IOException.class);
    }

    @Test
    void a_missing_file_is_named() throws IOException {
        Files.delete(lib.resolve("system/x/a.jar"));

        assertThat(runtime.difference(list))
                .hasValueSatisfying(
                        reason ->
                                assertThat(reason)
                                        .endsWith("a.jar` is missing: reinstall the agent"));
    }

    @Test
    void ab_21_a_link_in_the_runtime_is_refused() throws IOException {
        Files.delete(lib.resolve("system/x/a.jar"));
        Files.createSymbolicLink(lib.resolve("system/x/a.jar"), lib.resolve("lib/guard.jar"));

        assertThatThrownBy(() -> runtime.difference(list))
                .hasMessageContaining("is not a regular file");
    }

    @Test
    void only_jars_of_the_system_folder_are_bundles() throws IOException {
        assertThat(SignedRuntime.bundles(list))
                .containsExactly(Sha256.of(lib.resolve("system/x/a.jar")));
    }

    @Test
    void a_list_that_is_missing_is_not_trusted() {
        assertThat(runtime.list()).isInstanceOf(ListVerdict.Untrusted.class);
    }

    @Test
    void a_list_signed_by_somebody_else_is_not_trusted() throws IOException {
        Thumbprint other = new Thumbprint("ab".repeat(32));
        Files.write(lib.resolve("digests"), list.bytes());
        Files.write(lib.resolve("digests.sig"), new DetachedSignature(other, new byte[64]).bytes());

        assertThat(runtime.list())
                .isEqualTo(
                        new ListVerdict.Untrusted(
                                "digest list: signed by `"
                                        + other.hex()
                                        + "`, which is not trusted here"));
    }

    @Test
    void a_list_or_signature_that_changed_since_it_was_judged_is_judged_again() throws IOException {
        Files.write(lib.resolve("digests"), list.bytes());
        for (String signer : List.of("ab", "cd", "ab")) {
            Thumbprint other = new Thumbprint(signer.repeat(32));
            Files.write(
                    lib.resolve("digests.sig"), new DetachedSignature(other, new byte[64]).bytes());
            assertThat(runtime.list().toString()).contains(other.hex());
        }
        ListVerdict once = runtime.list();
        assertThat(runtime.list()).isSameAs(once);
        Files.writeString(lib.resolve("digests"), "another list");

        assertThat(runtime.list()).isNotSameAs(once);
        Files.delete(lib.resolve("digests"));
        assertThat(runtime.list().toString()).contains("cannot be read");
    }

    @Test
    void without_a_trusted_list_there_is_no_framework() {
        System.setProperty("kepm.lib", lib.toString());
        try {
            assertThatThrownBy(() -> new GuardedFrameworkFactory().newFramework(Map.of()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("framework guard: digest list: it cannot be read");
        } finally {
            System.clearProperty("kepm.lib");
        }
    }

    private void write(String path, String content) throws IOException {
        Path file = lib.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
