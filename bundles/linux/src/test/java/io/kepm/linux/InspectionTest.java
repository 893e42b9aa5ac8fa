package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Native;
import io.kepm.api.linux.Targets.Facts;
import io.kepm.api.linux.UnixSockets.Descriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InspectionTest {

    private final Inspection inspection = new Inspection(new Digests(InstantSource.system()));
    private Path base = Path.of("/");
    private Path tool = Path.of("/");
    private final long patience = System.nanoTime() + Duration.ofSeconds(60).toNanos();

    @BeforeEach
    void tree() throws IOException {
        base = Trees.safe();
        tool = Files.writeString(base.resolve("tool"), "binary");
        PathWalkTest.mode(tool, "rwxr-xr-x");
    }

    @Test
    void the_digest_is_of_the_descriptor() throws Exception {
        Facts facts = inspect(tool, tool, 0);
        assertThat(facts.unsafe()).isEmpty();
        assertThat(facts.sha256()).contains(sha("binary"));
        assertThat(facts.digestNote()).isEmpty();
        // Again, now from memory or not: the same.
        assertThat(inspect(tool, tool, 0)).isEqualTo(facts);
    }

    @Test
    void an_o_path_descriptor_is_hashed_too_and_a_writable_one_is_not() throws Exception {
        assertThat(inspect(tool, tool, Libc.O_PATH).sha256()).contains(sha("binary"));
        assertThat(inspect(tool, tool, 1).digestNote()).contains("open for writing");
    }

    @Test
    void without_a_descriptor_there_is_no_digest() {
        Facts facts = inspection.inspect(tool.toString(), Optional.empty());
        assertThat(facts.sha256()).isEmpty();
        assertThat(facts.digestNote()).isNotEmpty();
        assertThat(facts.unsafe()).isEmpty();
    }

    @Test
    void ab_23_a_file_replaced_after_it_was_opened_is_not_taken_for_the_old_one() throws Exception {
        int number = Libc.open(Libc.text(tool.toString()), Libc.CLOEXEC);
        Files.writeString(base.resolve("evil"), "evil");
        Files.move(base.resolve("evil"), tool, StandardCopyOption.ATOMIC_MOVE);
        try (Descriptor passed = new PassedDescriptor(number)) {
            Facts facts = inspection.inspect(tool.toString(), Optional.of(passed));
            assertThat(facts.unsafe())
                    .contains("the file at this path is not the one that will run");
            assertThat(facts.sha256()).isEmpty();
        }
    }

    @Test
    void ab_23_a_file_replaced_a_thousand_times_has_the_digest_of_what_is_held() throws Exception {
        AtomicBoolean racing = new AtomicBoolean(true);
        Thread replacer = new Thread(() -> replace(racing));
        replacer.start();
        int hashed = 0;
        // On a busy machine it takes more rounds until both happened.
        int round = 0;
        for (; round < 1000 || (hashed == 0 || hashed == round) && isTime(); round++) {
            int number = Libc.open(Libc.text(tool.toString()), Libc.CLOEXEC);
            try (Descriptor passed = new PassedDescriptor(number)) {
                Facts facts = inspection.inspect(tool.toString(), Optional.of(passed));
                String held = sha(Files.readString(Path.of("/proc/self/fd/" + number)));
                assertThat(facts.sha256().orElse(held)).as("round %s", round).isEqualTo(held);
                hashed += facts.sha256().isPresent() ? 1 : 0;
            }
        }
        racing.set(false);
        replacer.join();
        // Both happened: what is held was still there, and another file was.
        assertThat(hashed).isPositive().isLessThan(round);
    }

    private boolean isTime() {
        return System.nanoTime() < patience;
    }

    /** Of the same length, so that nothing but what is in it tells them apart. */
    private void replace(AtomicBoolean racing) {
        for (int i = 0; racing.get(); i++) {
            try {
                Path next =
                        Files.writeString(base.resolve("new"), i % 2 == 0 ? "hidden" : "binary");
                PathWalkTest.mode(next, "rwxr-xr-x");
                Files.move(next, tool, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                return;
            }
        }
    }

    @Test
    void ab_20_a_link_swapped_a_thousand_times_never_lends_a_digest() throws Exception {
        Path other = Files.writeString(base.resolve("other"), "other");
        Path link = base.resolve("link");
        AtomicBoolean racing = new AtomicBoolean(true);
        Thread swapper = new Thread(() -> swap(link, other, racing));
        Files.createSymbolicLink(link, tool);
        swapper.start();
        int hashed = 0;
        int round = 0;
        for (; round < 1000 || (hashed == 0 || hashed == round) && isTime(); round++) {
            int number = Libc.open(Libc.text(link.toString()), Libc.CLOEXEC);
            try (Descriptor passed = new PassedDescriptor(number)) {
                boolean holdsTool =
                        FileStatus.of(number)
                                .isSameFile(FileStatus.of(tool.toString()).orElseThrow());
                Facts facts = inspection.inspect(link.toString(), Optional.of(passed));
                String held = sha(holdsTool ? "binary" : "other");
                assertThat(facts.sha256().orElse(held)).isEqualTo(held);
                hashed += facts.sha256().isPresent() ? 1 : 0;
            }
        }
        racing.set(false);
        swapper.join();
        // Both happened: the path led to what was held, and it did not.
        assertThat(hashed).isPositive().isLessThan(round);
    }

    private void swap(Path link, Path other, AtomicBoolean racing) {
        for (int i = 0; racing.get(); i++) {
            try {
                Path next = base.resolve("next");
                Files.createSymbolicLink(next, i % 2 == 0 ? other : tool);
                Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                return;
            }
        }
    }

    @Test
    void ab_10_a_script_is_as_safe_as_its_interpreter() throws Exception {
        Path folder = Files.createDirectory(base.resolve("user"));
        Path interpreter = Files.writeString(folder.resolve("python"), "x");
        PathWalkTest.mode(folder, "rwxrwxrwx");
        Path script = Files.writeString(base.resolve("script"), "#! " + interpreter + " -x\ncode");
        assertThat(inspect(script, script, 0).unsafe())
                .containsExactly("interpreter: writable by others: " + folder + " (mode 0777)");
        Path usual = Files.writeString(base.resolve("usual"), "#!/bin/sh\nexit 0\n");
        assertThat(inspect(usual, usual, 0).unsafe()).isEmpty();
        Path searched = Files.writeString(base.resolve("searched"), "#!/usr/bin/env sh\n");
        assertThat(inspect(searched, searched, 0).unsafe()).isEmpty();
        Path split = Files.writeString(base.resolve("split"), "#!/usr/bin/env -S sh -e\n");
        assertThat(inspect(split, split, 0).unsafe().get(0)).contains("can't be told");
        Path relative = Files.writeString(base.resolve("relative"), "#!sh\n");
        assertThat(inspect(relative, relative, 0).unsafe().get(0)).contains("not an absolute path");
    }

    @Test
    void ab_10_a_script_or_folder_that_others_can_write_is_unsafe_and_has_no_digest()
            throws Exception {
        PathWalkTest.mode(tool, "rwxrwxr-x");
        Facts facts = inspect(tool, tool, 0);
        assertThat(facts.unsafe()).containsExactly("writable by others: " + tool + " (mode 0775)");
        assertThat(facts.sha256()).isEmpty();
        assertThat(facts.digestNote()).contains("writable by others");
    }

    @Test
    void ab_14_set_uid_programs_and_those_with_capabilities_are_told() throws Exception {
        assertThat(inspect(tool, tool, 0).setuid()).isFalse();
        Files.setAttribute(tool, "unix:mode", 04755);
        assertThat(inspect(tool, tool, 0).setuid()).isTrue();
        assertThat(inspection.inspect("/usr/bin/passwd", Optional.empty()).setuid()).isTrue();
    }

    @Test
    void ab_15_control_characters_in_a_path_are_unsafe() throws Exception {
        Path odd = Files.writeString(base.resolve("a\nb"), "x");
        assertThat(inspect(odd, odd, 0).unsafe()).contains("control characters in the path");
    }

    @Test
    void what_is_no_regular_file_is_unsafe_and_never_opened() throws Exception {
        assertThat(inspection.inspect(base.toString(), Optional.empty()).unsafe())
                .containsExactly("not a regular file: " + base);
        assertThat(inspection.inspect("/dev/zero", Optional.empty()).unsafe())
                .contains("not a regular file: /dev/zero");
        Facts facts = inspect(tool, base, 0);
        assertThat(facts.unsafe())
                .containsExactly("the file at this path is not the one that will run");
    }

    private Facts inspect(Path path, Path held, int flags) throws IOException {
        int number = Libc.open(Libc.text(held.toString()), Libc.CLOEXEC | flags);
        if (number < 0) {
            throw new IOException(Libc.words(Native.getLastError()));
        }
        try (Descriptor passed = new PassedDescriptor(number)) {
            return inspection.inspect(path.toString(), Optional.of(passed));
        }
    }

    private static String sha(String text) throws Exception {
        byte[] digest =
                MessageDigest.getInstance("SHA-256")
                        .digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest);
    }
}
