package io.kepm.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestListTest {

    private static final String ZEROS = "0".repeat(64);

    @Property
    void what_is_written_reads_the_same(
            @ForAll @Size(max = 20) Set<@AlphaChars @StringLength(min = 1, max = 9) String> names) {
        var digests = new TreeMap<String, String>();
        names.forEach(name -> digests.put("system/" + name, Sha256.of(bytes(name))));
        DigestList list = new DigestList(digests);

        assertThat(DigestList.parse(list.bytes())).isEqualTo(list);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../a", "a/../../b", "/etc/passwd", "a//b", "./a", "a/", ""})
    void a_path_that_leads_elsewhere_is_refused(String path) {
        assertThatThrownBy(() -> new DigestList(new TreeMap<>(Map.of(path, ZEROS))))
                .hasMessageContaining("`" + path + "`");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# kepm digests 2\n",
                "# kepm digests 1",
                "# kepm digests 1\n0  a\n",
                "# kepm digests 1\n"
                        + "0000000000000000000000000000000000000000000000000000000000000000  b c\n",
                "# kepm digests 1\r\n",
            })
    void anything_but_the_exact_form_is_refused(String text) {
        assertThatThrownBy(() -> DigestList.parse(bytes(text)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void ab_65_two_lines_for_one_path_are_refused() {
        String line = ZEROS + "  a\n";

        assertThatThrownBy(() -> DigestList.parse(bytes("# kepm digests 1\n" + line + line)))
                .hasMessage("digest list: line 3 is out of order or a repetition");
    }

    @Test
    void a_folder_is_listed_whole_and_a_link_in_it_is_refused(@TempDir Path root) throws Exception {
        Files.createDirectories(root.resolve("system/deep"));
        Files.writeString(root.resolve("system/deep/a.jar"), "a");
        Files.writeString(root.resolve("digests"), "not itself");

        assertThat(FileTree.list(root, Set.of("digests")).digests())
                .containsExactly(Map.entry("system/deep/a.jar", Sha256.of(bytes("a"))));

        Files.createSymbolicLink(root.resolve("system/b.jar"), Path.of("/etc/passwd"));
        assertThatThrownBy(() -> FileTree.list(root, Set.of("digests")))
                .hasMessageContaining("is not a regular file");
    }

    @Test
    void a_thumbprint_reads_in_the_forms_that_people_write() {
        assertThat(Thumbprint.parse("AA:" + "bb".repeat(31)).hex())
                .isEqualTo("aa" + "bb".repeat(31));
        assertThatThrownBy(() -> Thumbprint.parse("abcd")).hasMessageContaining("`abcd`");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
