package io.kepm.https;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.kepm.api.audit.AuditEntry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * JSON in and out, as plain Java values: String, Long, Boolean, List, Map, and empty {@link
 * Optional} for null. Reading refuses what two readers could understand differently: duplicate
 * keys, trailing text, other encodings, lone surrogates.
 */
final class JsonText {

    static final int MAX_DEPTH = 64;
    static final int MAX_NUMBER = 50;

    /** One value costs a hundred bytes of memory, and as few as two of a body. */
    static final int MAX_VALUES = 20_000;

    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MAX_DEPTH)
                                    .maxNumberLength(MAX_NUMBER)
                                    .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build();

    private JsonText() {}

    /** A body that is no JSON we read; the text says why, without repeating the body. */
    static final class Unreadable extends Exception {
        Unreadable(String message) {
            super(message);
        }
    }

    /** The values of one body so far. */
    private static final class Tally {
        private int values;

        void add() throws Unreadable {
            values++;
            if (values > MAX_VALUES) {
                throw new Unreadable("too many values: send at most " + MAX_VALUES);
            }
        }
    }

    /** Reads one object. */
    static Map<String, Object> read(byte[] bytes) throws Unreadable {
        return read(bytes, false);
    }

    /** Reads one object; or any value, which then is the member {@code value} of the answer. */
    static Map<String, Object> read(byte[] bytes, boolean anyValue) throws Unreadable {
        // Jackson would guess UTF-16 and UTF-32 too; strict UTF-8 is the only form here.
        try (JsonParser parser = FACTORY.createParser(decode(bytes))) {
            JsonToken first = parser.nextToken();
            if (first != JsonToken.START_OBJECT && (first == null || !anyValue)) {
                throw new Unreadable("the body has to be one JSON object");
            }
            Map<String, Object> object =
                    first == JsonToken.START_OBJECT
                            ? object(parser, new Tally())
                            : Map.of("value", value(parser, new Tally()));
            if (parser.nextToken() != null) {
                throw new Unreadable("the body goes on after the JSON object");
            }
            return object;
        } catch (JsonProcessingException e) {
            throw new Unreadable(
                    "the body is not JSON as accepted here (depth "
                            + MAX_DEPTH
                            + ", numbers of "
                            + MAX_NUMBER
                            + " digits, no key twice): line "
                            + line(e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] write(Map<String, Object> object) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
        try (JsonGenerator json = FACTORY.createGenerator(out)) {
            write(json, object);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static String decode(byte[] bytes) throws Unreadable {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Unreadable("the body is not UTF-8");
        }
    }

    private static int line(JsonProcessingException e) {
        return e.getLocation() == null ? 0 : e.getLocation().getLineNr();
    }

    private static Map<String, Object> object(JsonParser parser, Tally tally)
            throws IOException, Unreadable {
        // Small at first: thousands of objects with one member each must stay cheap.
        Map<String, Object> object = new LinkedHashMap<>(2);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = whole(parser.currentName());
            parser.nextToken();
            object.put(key, value(parser, tally));
        }
        return object;
    }

    private static Object value(JsonParser parser, Tally tally) throws IOException, Unreadable {
        tally.add();
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> object(parser, tally);
            case START_ARRAY -> {
                List<Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(parser, tally));
                }
                yield list;
            }
            case VALUE_STRING -> whole(parser.getText());
            case VALUE_NUMBER_INT -> {
                if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                    yield parser.getBigIntegerValue();
                }
                yield parser.getLongValue();
            }
            case VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> Optional.empty();
            default -> throw new Unreadable("the body ends too early");
        };
    }

    private static String whole(String text) throws Unreadable {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw new Unreadable("a string holds half a character (a lone surrogate)");
            }
        }
        return text;
    }

    private static void write(JsonGenerator json, Object value) throws IOException {
        // Texts first: they are the most, and are told without a look at interfaces.
        if (value instanceof String text) {
            json.writeString(text);
        } else if (value instanceof Map<?, ?> map) {
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
        } else if (value instanceof Long number) {
            json.writeNumber(number);
        } else if (value instanceof java.math.BigDecimal number) {
            json.writeNumber(number);
        } else if (value instanceof java.math.BigInteger number) {
            json.writeNumber(number);
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof Optional<?> absent && absent.isEmpty()) {
            json.writeNull();
        } else if (value instanceof AuditEntry entry) {
            json.writeRawValue(entry.exported());
        } else {
            throw new IllegalArgumentException("no JSON form for " + value.getClass().getName());
        }
    }
}
