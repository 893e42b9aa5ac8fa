package io.kepm.storage;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.kepm.api.json.JsonFault;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object as a flat map: members of members are joined with {@code /}. Values are String,
 * Long, Boolean, and lists of these and of objects with such values; anything else becomes a {@link
 * Strange}, which no setting takes.
 */
final class FlatJson {

    /** A value of a kind that no setting has: a fraction, null, an empty object. */
    record Strange(String text) {
        /** Whether it stands for more than its text says. */
        boolean isCut() {
            return text.startsWith(CUT);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private static final String CUT = "a list of more than ";
    private static final int DEEPEST = 8;
    private static final int LONGEST_LIST = 1_000;
    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(DEEPEST)
                                    .maxNumberLength(32)
                                    .maxStringLength(64 * 1024)
                                    .maxNameLength(256)
                                    .build())
                    .build();

    private final Map<String, Object> values = new LinkedHashMap<>();

    private FlatJson() {}

    /**
     * @throws FaultySettings when it is not one well-formed object, or names something twice
     */
    static Map<String, Object> parse(byte[] json) throws FaultySettings {
        try (JsonParser parser = FACTORY.createParser(json)) {
            FlatJson flat = new FlatJson();
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new FaultySettings(List.of("the whole has to be one object: `{ … }`"));
            }
            flat.object(parser, "");
            if (parser.nextToken() != null) {
                throw new FaultySettings(
                        List.of("something follows after the end, " + place(parser)));
            }
            return flat.values;
        } catch (JsonProcessingException e) {
            String words = SettingsCheck.quiet(JsonFault.words(e.getOriginalMessage()));
            throw new FaultySettings(List.of(where(e.getLocation()) + words));
        } catch (IOException e) {
            throw new FaultySettings(List.of("can't be read: " + e));
        }
    }

    private void object(JsonParser parser, String prefix) throws IOException, FaultySettings {
        boolean empty = true;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            empty = false;
            String name = parser.currentName();
            // With a slash it could pass for a member of a member, and be named twice unseen.
            if (name.isEmpty() || name.indexOf('/') >= 0) {
                throw new FaultySettings(
                        List.of(
                                "`%s` is no name of a setting, %s"
                                        .formatted(SettingsCheck.quiet(name), place(parser))));
            }
            JsonToken token = parser.nextToken();
            if (token == JsonToken.START_OBJECT) {
                object(parser, prefix + name + "/");
            } else {
                values.put(prefix + name, value(parser, token));
            }
        }
        if (empty && !prefix.isEmpty()) {
            values.put(prefix.substring(0, prefix.length() - 1), new Strange("{}"));
        }
    }

    private static Object value(JsonParser parser, JsonToken token) throws IOException {
        return switch (token) {
            case VALUE_STRING -> parser.getText();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT ->
                    parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                            ? new Strange(parser.getText())
                            : (Object) parser.getLongValue();
            case START_ARRAY -> list(parser);
            // Within a list: any other is read by the one that joins names.
            case START_OBJECT -> members(parser);
            default -> {
                Strange strange = new Strange(parser.getText());
                parser.skipChildren();
                yield strange;
            }
        };
    }

    private static Object members(JsonParser parser) throws IOException {
        Map<String, Object> members = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            members.put(name, value(parser, parser.nextToken()));
        }
        return members;
    }

    private static Object list(JsonParser parser) throws IOException {
        List<Object> list = new ArrayList<>();
        JsonToken token = parser.nextToken();
        while (token != JsonToken.END_ARRAY) {
            list.add(value(parser, token));
            token = parser.nextToken();
        }
        return list.size() > LONGEST_LIST ? new Strange(CUT + LONGEST_LIST) : list;
    }

    private static String place(JsonParser parser) {
        return "line %d, column %d"
                .formatted(
                        parser.currentTokenLocation().getLineNr(),
                        parser.currentTokenLocation().getColumnNr());
    }

    /** Jackson leaves it out when a limit was passed. */
    private static String where(@Nullable JsonLocation location) {
        return location == null
                ? ""
                : "line %d, column %d: ".formatted(location.getLineNr(), location.getColumnNr());
    }
}
