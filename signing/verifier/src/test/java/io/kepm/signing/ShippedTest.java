package io.kepm.signing;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.signing.forge.Forge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShippedTest {

    @TempDir Path folder;
    private Shipped shipped;

    @BeforeEach
    void read() throws IOException {
        Path library =
                jar(
                        "library",
                        Forge.bundle("a.library;singleton:=true")
                                .header("Export-Package", "a.words;a.more;version=\"1,2\"")
                                .header(
                                        "Import-Package",
                                        "b.wanted;resolution:=optional,c.wanted;version=\"[1,2)\"")
                                .header("DynamicImport-Package", "d.later,*"));
        shipped = Shipped.of(List.of(library, jar("plain", Forge.archive().with("x", "y"))));
    }

    private Path jar(String name, Forge forge) throws IOException {
        return Files.write(folder.resolve(name + ".jar"), forge.unsigned());
    }

    @Test
    void the_names_of_bundles_and_what_they_export_are_theirs() {
        assertThat(shipped.bundles()).containsExactly("a.library");
        assertThat(shipped.packages()).contains("a.words", "a.more");
    }

    @Test
    void ab_70_what_a_shipped_bundle_would_like_to_import_is_nobody_elses_to_export() {
        for (String wanted : List.of("b.wanted", "c.wanted", "d.later")) {
            assertThat(fault(wanted + ";version=1")).as(wanted).isPresent();
        }
        assertThat(fault("my.own,my.other;version=\"1,2\"")).isEmpty();
    }

    private Optional<String> fault(String exports) {
        return PluginRules.fault(
                Map.of(
                        "bundle-manifestversion",
                        "2",
                        "bundle-symbolicname",
                        "a.plugin",
                        "export-package",
                        exports),
                shipped);
    }
}
