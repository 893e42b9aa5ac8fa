package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every write and sync of a store's life fails once, and nothing that was acknowledged is lost. */
class FaultyDiskTest {

    @TempDir Path temp;
    private Path library;

    @BeforeEach
    void build() throws Exception {
        library = temp.resolve("faulty.so");
        Process compiler;
        try {
            compiler =
                    new ProcessBuilder(
                                    List.of(
                                            "cc",
                                            "-shared",
                                            "-fPIC",
                                            "-O1",
                                            "-o",
                                            library.toString(),
                                            "src/test/c/faulty.c",
                                            "-ldl"))
                            .redirectErrorStream(true)
                            .start();
        } catch (java.io.IOException e) {
            assumeTrue(false, "there is no C compiler (package gcc): " + e.getMessage());
            return;
        }
        String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(compiler.waitFor()).as(said).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "EIO, 5, 1",
        "EIO for good, 5, 1000000",
        "ENOSPC, 28, 1",
        "ENOSPC, 28, 3",
        "EROFS, 30, 1",
        "EDQUOT, 122, 1"
    })
    void f3_whichever_call_fails_nothing_is_lost_and_nothing_half_done(
            String name, int error, int times) throws Exception {
        assertThat(run(error, times)).startsWith("all ").satisfies(FaultyDiskTest::hasMany);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1_000_000})
    void f3_whenever_descriptors_are_out_nothing_is_lost_and_nothing_half_done(int times)
            throws Exception {
        assertThat(run(24, times))
                .startsWith("all ")
                .satisfies(
                        said -> assertThat(Integer.parseInt(said.substring(4))).isGreaterThan(3));
    }

    @Test
    void f6_a_sync_that_fails_once_is_not_tried_again_as_a_success() throws Exception {
        assertThat(run(5, 2)).startsWith("all ");
    }

    private static void hasMany(String said) {
        assertThat(Integer.parseInt(said.substring(4))).isGreaterThan(30);
    }

    private String run(int error, int times) throws Exception {
        Path page = Files.write(temp.resolve("faults"), new byte[4_096]);
        Process child =
                ChildJvm.start(
                        FaultyWriter.class,
                        Map.of(
                                "LD_PRELOAD", library.toString(),
                                "KEPM_FAULTS", page.toString()),
                        temp.toString(),
                        page.toString(),
                        Integer.toString(error),
                        Integer.toString(times));
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        child.waitFor();
        return said.lines()
                .filter(line -> line.startsWith("all ") || line.startsWith("call "))
                .findFirst()
                .orElse(said);
    }
}
