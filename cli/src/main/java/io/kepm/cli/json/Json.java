package io.kepm.cli.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON value, or a missing one; immutable. Reading from a value of another kind gives the empty
 * text, list or object, so that an answer of an older or newer agent is shown as far as it goes.
 */
public final class Json {

    public static final Json NULL = new Json(Nothing.NULL);
    public static final Json MISSING = new Json(Nothing.MISSING);

    private enum Nothing {
        NULL,
        MISSING
    }

    private final Object value;

    private Json(Object value) {
        this.value = value;
    }

    public static Json of(String text) {
        return new Json(text);
    }

    public static Json of(long number) {
        return new Json(number);
    }

    public static Json of(BigInteger number) {
        return new Json(number);
    }

    public static Json of(BigDecimal number) {
        return new Json(number);
    }

    public static Json of(boolean flag) {
        return new Json(flag);
    }

    public static Json list(List<Json> items) {
        return new Json(List.copyOf(items));
    }

    public static Json texts(List<String> items) {
        List<Json> list = new ArrayList<>(items.size());
        for (String item : items) {
            list.add(of(item));
        }
        return list(list);
    }

    /** An object whose members keep this order. */
    public static Json object(Map<String, Json> members) {
        return new Json(Collections.unmodifiableMap(new LinkedHashMap<>(members)));
    }

    /** The member of that name. */
    public Json at(String name) {
        return members().getOrDefault(name, MISSING);
    }

    /** The elements of a list. */
    @SuppressWarnings("unchecked")
    public List<Json> items() {
        return value instanceof List<?> list ? (List<Json>) list : List.of();
    }

    /** The members of an object, in the order in which they came. */
    @SuppressWarnings("unchecked")
    public Map<String, Json> members() {
        return value instanceof Map<?, ?> map ? (Map<String, Json>) map : Map.of();
    }

    /** The elements of a list as texts. */
    public List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (Json item : items()) {
            texts.add(item.text());
        }
        return texts;
    }

    /** A text, number or flag as text; empty for anything else. */
    public String text() {
        return isScalar() ? value.toString() : "";
    }

    /** The text, or another one where it is missing or empty. */
    public String text(String otherwise) {
        String text = text();
        return text.isEmpty() ? otherwise : text;
    }

    /** The number, or another one where there is none. */
    public long number(long otherwise) {
        return value instanceof Long number ? number : otherwise;
    }

    public boolean isTrue() {
        return Boolean.TRUE.equals(value);
    }

    public boolean isText() {
        return value instanceof String;
    }

    public boolean isList() {
        return value instanceof List<?>;
    }

    public boolean isObject() {
        return value instanceof Map<?, ?>;
    }

    /** Neither a value nor null. */
    public boolean isMissing() {
        return value == Nothing.MISSING;
    }

    /** Missing, null, or an empty text, list or object. */
    public boolean isEmpty() {
        return value instanceof Nothing
                || (value instanceof String text && text.isEmpty())
                || (value instanceof List<?> list && list.isEmpty())
                || (value instanceof Map<?, ?> map && map.isEmpty());
    }

    /** A text, number or flag. */
    public boolean isScalar() {
        return !(value instanceof Nothing) && !isList() && !isObject();
    }

    /** The bare value for whoever asks for plain Java: texts, numbers, flags, lists, maps. */
    Object value() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Json json && json.value.equals(value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    /** Its compact text. */
    @Override
    public String toString() {
        return JsonText.of(this);
    }
}
