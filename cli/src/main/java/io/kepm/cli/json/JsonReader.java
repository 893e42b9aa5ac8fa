package io.kepm.cli.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.kepm.api.json.JsonFault;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Text to values: strict JSON in UTF-8 without duplicate keys or anything after the value, at most
 * 64 deep.
 */
public final class JsonReader {

    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(64)
                                    .maxNumberLength(50)
                                    .build())
                    .build();

    private JsonReader() {}

    /**
     * The one value that the text holds.
     *
     * @throws IOException when it is not JSON; its message has one line
     */
    public static Json read(byte[] text) throws IOException {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() == null) {
                throw new IOException("it is empty");
            }
            Json value = value(parser);
            if (parser.nextToken() != null) {
                throw new IOException("something follows after its end");
            }
            return value;
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IOException(place(e), e);
        }
    }

    private static String place(com.fasterxml.jackson.core.JsonProcessingException e) {
        var at = e.getLocation();
        return at == null
                ? JsonFault.words(e.getOriginalMessage())
                : JsonFault.text(at.getLineNr(), at.getColumnNr(), e.getOriginalMessage());
    }

    private static Json value(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> Json.of(parser.getText());
            case VALUE_TRUE -> Json.of(true);
            case VALUE_FALSE -> Json.of(false);
            case VALUE_NUMBER_INT -> integer(parser);
            case VALUE_NUMBER_FLOAT -> Json.of(parser.getDecimalValue());
            case VALUE_NULL -> Json.NULL;
            default -> throw new IOException("unexpected " + token);
        };
    }

    private static Json integer(JsonParser parser) throws IOException {
        return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                ? Json.of(parser.getBigIntegerValue())
                : Json.of(parser.getLongValue());
    }

    private static Json object(JsonParser parser) throws IOException {
        Map<String, Json> members = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            members.put(name, value(parser));
        }
        return Json.object(members);
    }

    private static Json array(JsonParser parser) throws IOException {
        List<Json> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(value(parser));
        }
        return Json.list(items);
    }
}
