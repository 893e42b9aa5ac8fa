package io.kepm.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlternativeSignaturesTest {

    private static final String LONG = "ab".repeat(32);
    private static final String SHORT = "cd".repeat(20);

    @TempDir Path temp;
    private Path file;
    private RootOwned ownership;

    @BeforeEach
    void prepare() throws IOException {
        Path real = temp.toRealPath();
        file = real.resolve("appsettings.json");
        ownership = new RootOwned((Integer) Files.getAttribute(real, "unix:uid"), real);
        Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private AlternativeSignatures read(String json) throws IOException {
        Files.writeString(file, json);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        return AlternativeSignatures.read(file, ownership);
    }

    private static String listing(String entry) {
        return "{\"Settings\": {\"AlternativeSignatures\": [\"" + entry + "\"], \"x\": 1.5e3}}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", " "})
    void a_thumbprint_counts_in_any_notation(String between) throws IOException {
        String text =
                String.join(between, LONG.toUpperCase(java.util.Locale.ROOT).split("(?<=\\G..)"));

        assertThat(read(listing(text)).thumbprints()).containsExactly(LONG);
        assertThat(read(listing(text)).warnings()).isEmpty();
    }

    @Test
    void one_of_sha_1_counts_with_a_warning() throws IOException {
        assertThat(read(listing(SHORT)).thumbprints()).containsExactly(SHORT);
        assertThat(read(listing(SHORT)).warnings()).singleElement().asString().contains("SHA-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abc", "*", "zz"})
    void anything_else_counts_for_nothing_and_is_told(String entry) throws IOException {
        assertThat(read(listing(entry)).thumbprints()).isEmpty();
        assertThat(read(listing(entry)).warnings()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{\"Settings\": {\"AlternativeSignatures\": \"*\"}}",
                "{\"Settings\": {\"AlternativeSignatures\": [], \"AlternativeSignatures\": []}}",
                "{} {}",
                "{\"a\": nul}"
            })
    void a_file_that_cannot_be_understood_trusts_nobody_else(String json) throws IOException {
        assertThat(read(json).thumbprints()).isEmpty();
        assertThat(read(json).warnings()).hasSize(1);
    }

    @Test
    void ab_24_a_file_that_others_may_write_trusts_nobody_else() throws IOException {
        Files.writeString(file, listing(LONG));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));

        AlternativeSignatures read = AlternativeSignatures.read(file, ownership);
        assertThat(read.thumbprints()).isEmpty();
        assertThat(read.warnings()).singleElement().asString().contains("chmod go-w");
    }

    @Test
    void without_a_list_nobody_else_is_trusted_and_nothing_is_told() throws IOException {
        assertThat(read("{\"Settings\": {}}"))
                .isEqualTo(new AlternativeSignatures(java.util.Set.of(), java.util.List.of()));
    }
}
