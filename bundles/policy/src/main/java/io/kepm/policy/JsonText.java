package io.kepm.policy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kepm.api.json.JsonFault;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Bytes of a file as a JSON tree, with nothing left to interpretation: duplicate keys, text after
 * the end, bytes that are no UTF-8, and excessive depth or size are refused.
 */
final class JsonText {

    static final int MAX_BYTES = 1024 * 1024;
    private static final int MAX_DEPTH = 64;
    private static final char REPLACEMENT = '\ufffd';

    private static final ObjectMapper MAPPER =
            new ObjectMapper(
                            JsonFactory.builder()
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(MAX_DEPTH)
                                                    .maxNumberLength(40)
                                                    .maxNameLength(1024)
                                                    .maxStringLength(MAX_BYTES)
                                                    .build())
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

    private JsonText() {}

    /** The tree; empty after the place has been told what is wrong. */
    static Optional<JsonNode> read(byte[] bytes, Place place) {
        if (bytes.length > MAX_BYTES) {
            place.refuse("larger than 1 MiB: split it into several files");
            return Optional.empty();
        }
        return readLarge(bytes, place);
    }

    /** Without a limit on the whole, for files that no agent loads. */
    static Optional<JsonNode> readLarge(byte[] bytes, Place place) {
        try {
            String text = text(bytes);
            JsonNode node = MAPPER.readTree(text.startsWith("\ufeff") ? text.substring(1) : text);
            if (node == null || node.isMissingNode()) {
                place.refuse("empty file: a JSON object or array is expected");
                return Optional.empty();
            }
            return Optional.of(node);
        } catch (CharacterCodingException e) {
            place.refuse("not UTF-8 text");
        } catch (JsonProcessingException e) {
            place.refuse("not valid JSON: " + where(e));
        }
        return Optional.empty();
    }

    /** What is no UTF-8 becomes the replacement character: without one there was nothing. */
    private static String text(byte[] bytes) throws CharacterCodingException {
        String text = new String(bytes, StandardCharsets.UTF_8);
        return text.indexOf(REPLACEMENT) < 0
                ? text
                : StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
    }

    private static String where(JsonProcessingException e) {
        String words = Place.quoted(JsonFault.words(e.getOriginalMessage()));
        String plain = words.substring(1, words.length() - 1).replace('`', '\'');
        JsonLocation at = e.getLocation();
        return at == null ? plain : JsonFault.text(at.getLineNr(), at.getColumnNr(), plain);
    }
}
