package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ArgumentPathsTest {

    private Path base = Path.of("/");

    @BeforeEach
    void tree() throws IOException {
        base = Trees.safe();
        Files.createDirectories(base.resolve("logs"));
        Files.writeString(base.resolve("logs/a.log"), "x");
    }

    @Test
    void existing_paths_resolve_and_everything_else_is_empty() {
        String file = base + "/logs/a.log";
        assertThat(
                        resolve(
                                file,
                                "logs/a.log",
                                "logs//./../logs/a.log",
                                base + "/logs/",
                                "restart",
                                "--file=" + file,
                                "",
                                base + "/logs/a.log/",
                                base + "/logs/none"))
                .containsExactly(
                        Optional.of(file),
                        Optional.of(file),
                        Optional.of(file),
                        Optional.of(base + "/logs"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());
    }

    @Test
    void ab_133_links_and_what_others_can_change_resolve_to_nothing() throws IOException {
        Files.createSymbolicLink(base.resolve("link"), Path.of("logs"));
        Files.createDirectory(base.resolve("open"));
        PathWalkTest.mode(base.resolve("open"), "rwxrwxrwx");
        Files.writeString(base.resolve("open/a"), "x");
        Files.writeString(base.resolve("theirs"), "x");
        PathWalkTest.own(base.resolve("theirs"), 1234);
        assertThat(
                        resolve(
                                base + "/link",
                                base + "/link/a.log",
                                base + "/link/../logs/a.log",
                                base + "/open/a",
                                base + "/open/../logs/a.log",
                                base + "/theirs",
                                "/tmp/../etc/passwd"))
                .allMatch(Optional::isEmpty);
    }

    @Test
    void ab_133_what_is_swapped_a_thousand_times_below_a_prefix_never_resolves() throws Exception {
        Path theirs = Files.createDirectory(base.resolve("logs/theirs"));
        PathWalkTest.own(theirs, 1234);
        Files.writeString(theirs.resolve("kept"), "x");
        Files.createSymbolicLink(theirs.resolve("page"), Path.of("/etc/shadow"));
        AtomicBoolean racing = new AtomicBoolean(true);
        Thread swapper = new Thread(() -> swap(theirs, racing));
        swapper.start();
        for (int round = 0; round < 1000; round++) {
            assertThat(
                            resolve(
                                    theirs + "/page",
                                    theirs + "/page/passwd",
                                    theirs + "/kept",
                                    theirs + "/../a.log",
                                    "logs/theirs/page"))
                    .as("round %s", round)
                    .allMatch(Optional::isEmpty);
        }
        racing.set(false);
        swapper.join();
    }

    /** A link, a file and a folder take turns under one name. */
    private static void swap(Path theirs, AtomicBoolean racing) {
        Path page = theirs.resolve("page");
        for (int i = 0; racing.get(); i++) {
            try {
                Files.deleteIfExists(page);
                if (i % 3 == 0) {
                    Files.createSymbolicLink(page, Path.of("/etc"));
                } else if (i % 3 == 1) {
                    Files.writeString(page, "x");
                } else {
                    Files.createDirectory(page);
                }
            } catch (IOException e) {
                return;
            }
        }
    }

    @Test
    void a_flood_of_arguments_costs_no_flood_of_look_ups() {
        List<String> many = Collections.nCopies(100_000, base + "/logs/a.log");
        List<Optional<String>> resolved = new ArgumentPaths("/").resolve(many);
        assertThat(resolved).hasSize(100_000);
        assertThat(resolved.get(ArgumentPaths.MOST_ARGUMENTS - 1)).isPresent();
        assertThat(resolved.get(ArgumentPaths.MOST_ARGUMENTS)).isEmpty();
    }

    private List<Optional<String>> resolve(String... arguments) {
        return new ArgumentPaths(base.toString()).resolve(List.of(arguments));
    }
}
