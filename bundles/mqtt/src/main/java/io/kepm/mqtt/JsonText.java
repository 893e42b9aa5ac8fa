package io.kepm.mqtt;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * JSON of payloads, as plain Java values: String, Long, Boolean, List, Map, and empty {@link
 * Optional} for null. Strict in the same way as the HTTPS door: one object, UTF-8, no key twice,
 * nothing after it, no half characters, bounds on depth, numbers and values.
 */
final class JsonText {

    static final int MAX_DEPTH = 64;
    static final int MAX_VALUES = 20_000;
    private static final int MAX_NUMBER = 50;

    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MAX_DEPTH)
                                    .maxNumberLength(MAX_NUMBER)
                                    .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build();

    private final JsonParser parser;
    private int values;

    private JsonText(JsonParser parser) {
        this.parser = parser;
    }

    /** A payload that is no JSON we read; the text says why, without repeating it. */
    static final class Unreadable extends Exception {
        Unreadable(String message) {
            super(message);
        }
    }

    /** Reads one object. */
    static Map<String, Object> read(byte[] bytes) throws Unreadable {
        try (JsonParser parser =
                FACTORY.createParser(
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .decode(ByteBuffer.wrap(bytes))
                                .toString())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new Unreadable("the payload has to be one JSON object");
            }
            Map<String, Object> object = new JsonText(parser).object();
            if (parser.nextToken() != null) {
                throw new Unreadable("there is something after the JSON object");
            }
            return object;
        } catch (CharacterCodingException e) {
            throw new Unreadable("the payload is not UTF-8");
        } catch (JsonProcessingException e) {
            throw new Unreadable(
                    "the payload is no JSON that can be read (depth of at most "
                            + MAX_DEPTH
                            + ", numbers of at most "
                            + MAX_NUMBER
                            + " digits, no key twice)");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] write(Map<String, Object> object) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        try (JsonGenerator json = FACTORY.createGenerator(out)) {
            write(json, object);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private Map<String, Object> object() throws IOException, Unreadable {
        Map<String, Object> object = new LinkedHashMap<>(2);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = whole(parser.currentName());
            parser.nextToken();
            object.put(key, value());
        }
        return object;
    }

    private Object value() throws IOException, Unreadable {
        if (++values > MAX_VALUES) {
            throw new Unreadable("more than " + MAX_VALUES + " values");
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> object();
            case START_ARRAY -> {
                List<Object> list = new ArrayList<>(2);
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value());
                }
                yield list;
            }
            case VALUE_STRING -> whole(parser.getText());
            case VALUE_NUMBER_INT ->
                    parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                            ? parser.getBigIntegerValue()
                            : (Object) parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> Optional.empty();
            default -> throw new Unreadable("the payload ends too early");
        };
    }

    private static String whole(String text) throws Unreadable {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair =
                    Character.isHighSurrogate(c)
                            && i + 1 < text.length()
                            && Character.isLowSurrogate(text.charAt(i + 1));
            if (pair) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw new Unreadable("a string holds half a character (a lone surrogate)");
            }
        }
        return text;
    }

    private static void write(JsonGenerator json, Object value) throws IOException {
        if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                json.writeFieldName((String) entry.getKey());
                write(json, entry.getValue());
            }
            json.writeEndObject();
        } else if (value instanceof List<?> list) {
            json.writeStartArray();
            for (Object item : list) {
                write(json, item);
            }
            json.writeEndArray();
        } else if (value instanceof String text) {
            json.writeString(text);
        } else if (value instanceof Long number) {
            json.writeNumber(number);
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else {
            throw new IllegalArgumentException("no JSON form for " + value.getClass().getName());
        }
    }
}
