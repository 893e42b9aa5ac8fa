package io.kepm.cli.verb;

import io.kepm.cli.json.Json;
import io.kepm.cli.json.JsonReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The bundle within a package, which the guard judges by itself. */
final class PackedBundle {

    /** As much as the guard takes. */
    private static final int MOST = 16 << 20;

    private PackedBundle() {}

    /**
     * Its jar; empty when the package is that of a program.
     *
     * @param kpk already found good
     * @throws IOException when its document, or the jar that this names, is not there or no such
     *     thing
     */
    static Optional<byte[]> of(byte[] kpk) throws IOException {
        Json document =
                JsonReader.read(
                        entry(kpk, name -> name.endsWith(".json") && name.indexOf('/') < 0)
                                .orElseThrow(
                                        () ->
                                                new IOException(
                                                        "it has no document: put `ID.json` at its"
                                                                + " root")));
        if (!document.at("pluginType").text().equals("Service")) {
            return Optional.empty();
        }
        String jar = document.at("bundle").text(document.at("id").text() + ".jar");
        return Optional.of(
                entry(kpk, jar::equals)
                        .orElseThrow(() -> new IOException("`" + jar + "` is not in it")));
    }

    private static Optional<byte[]> entry(byte[] kpk, Predicate<String> wanted) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(kpk))) {
            for (ZipEntry each = zip.getNextEntry(); each != null; each = zip.getNextEntry()) {
                if (wanted.test(each.getName())) {
                    byte[] content = zip.readNBytes(MOST + 1);
                    if (content.length > MOST) {
                        throw new IOException(
                                "`" + each.getName() + "` is larger than " + MOST + " bytes");
                    }
                    return Optional.of(content);
                }
            }
            return Optional.empty();
        }
    }
}
