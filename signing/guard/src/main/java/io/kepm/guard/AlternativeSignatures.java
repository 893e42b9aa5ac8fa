package io.kepm.guard;

import io.kepm.signing.Signers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The thumbprints that the owner of the machine trusts beside the built-in ones. They come from
 * {@code appsettings.json} alone, and only while nobody but root could have changed it.
 *
 * @param warnings what people should know about them
 */
record AlternativeSignatures(Set<String> thumbprints, List<String> warnings) {

    private static final int MAX_BYTES = 1 << 20;
    private static final int SHA_1 = 40;

    AlternativeSignatures {
        thumbprints = Set.copyOf(thumbprints);
        warnings = List.copyOf(warnings);
    }

    static AlternativeSignatures read(Path settings, RootOwned ownership) {
        try {
            if (!Files.exists(settings, LinkOption.NOFOLLOW_LINKS)) {
                return new AlternativeSignatures(Set.of(), List.of());
            }
            Optional<String> fault = ownership.fault(settings);
            if (fault.isPresent()) {
                return none(fault.get());
            }
            if (!Files.isRegularFile(settings) || Files.size(settings) > MAX_BYTES) {
                return none("`" + settings + "` is no file, or too large");
            }
            return of(JsonSettings.read(Files.readString(settings)));
        } catch (IOException | IllegalArgumentException e) {
            return none("`" + settings + "` cannot be read: " + e.getMessage());
        }
    }

    private static AlternativeSignatures none(String reason) {
        return new AlternativeSignatures(
                Set.of(), List.of("AlternativeSignatures are not used: " + reason));
    }

    private static AlternativeSignatures of(Object json) {
        Object section = json instanceof Map<?, ?> root ? root.get("Settings") : null;
        Object list =
                section instanceof Map<?, ?> settings
                        ? settings.get("AlternativeSignatures")
                        : null;
        if (list == null) {
            return new AlternativeSignatures(Set.of(), List.of());
        }
        if (!(list instanceof List<?> entries)) {
            return none("it is no list");
        }
        Set<String> thumbprints = new LinkedHashSet<>();
        List<String> warnings = new ArrayList<>();
        for (Object entry : entries) {
            String plain = entry instanceof String text ? Signers.plain(text) : "";
            if (!Signers.isThumbprint(plain)) {
                warnings.add("an entry of AlternativeSignatures is no thumbprint: `" + entry + "`");
                continue;
            }
            if (plain.length() == SHA_1) {
                warnings.add(
                        "`" + plain + "` is a SHA-1 thumbprint: write the certificate's SHA-256");
            }
            thumbprints.add(plain);
        }
        return new AlternativeSignatures(thumbprints, warnings);
    }
}
