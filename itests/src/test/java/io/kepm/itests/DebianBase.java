package io.kepm.itests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A bare Debian 13 below a trial, for {@code KEPM_BASE}: made once, which takes minutes. */
final class DebianBase {

    private static final Path SCRIPT =
            Trial.REPOSITORY.resolve("itests/src/test/resources/debian_base.sh");

    private DebianBase() {}

    /** The directory; no test is skipped for the want of it. */
    static String trixie() {
        try {
            Process script =
                    new ProcessBuilder("bash", SCRIPT.toString()).redirectErrorStream(true).start();
            String said =
                    new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (script.waitFor() != 0) {
                throw new AssertionError(said);
            }
            return said.strip();
        } catch (IOException e) {
            throw new AssertionError("the base can't be made: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
