package io.kepm.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.kepm.api.json.JsonFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Files of policy cases in YAML, put into JSON: one document of texts, numbers, lists and objects.
 * Nothing of it makes an object of a class of its choice.
 */
final class YamlCases {

    /** More than the parser takes (3 MiB) is refused before it is read. */
    private static final long MOST_BYTES = 3L << 20;

    private static final YAMLMapper MAPPER =
            new YAMLMapper(
                    YAMLFactory.builder()
                            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                            .build());

    private YamlCases() {}

    static boolean isYaml(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return name.endsWith(".yaml") || name.endsWith(".yml");
    }

    /**
     * @throws IOException when it is no YAML, and where
     */
    static byte[] json(Path file) throws IOException {
        if (Files.size(file) > MOST_BYTES) {
            throw new IOException("larger than 3 MiB: as JSON it may have 64");
        }
        try {
            JsonNode node =
                    MAPPER.readerFor(JsonNode.class)
                            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                            .readValue(Files.readAllBytes(file));
            return String.valueOf(node).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            String where =
                    e.getLocation() == null ? "" : "line " + e.getLocation().getLineNr() + ": ";
            throw new IOException(where + JsonFault.words(e.getOriginalMessage()), e);
        }
    }
}
