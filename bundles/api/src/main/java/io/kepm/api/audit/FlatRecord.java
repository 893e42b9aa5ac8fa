package io.kepm.api.audit;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A record as one level of names and texts, for formats that know no nesting: {@code
 * user_info.name}, {@code details.tty}. A list becomes one text: its words as a shell reads them.
 */
public final class FlatRecord {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

    private FlatRecord() {}

    /**
     * The names and texts of a record.
     *
     * @param fields its members: texts, integers, lists and maps, as {@link CanonicalJson} takes
     */
    public static SortedMap<String, String> of(Map<String, ?> fields) {
        SortedMap<String, String> flat = new TreeMap<>();
        put(flat, "", fields);
        return flat;
    }

    private static void put(SortedMap<String, String> flat, String prefix, Map<?, ?> fields) {
        fields.forEach(
                (key, value) -> {
                    String name = prefix + key;
                    if (value instanceof Map<?, ?> map) {
                        put(flat, name + ".", map);
                    } else if (value instanceof List<?> list) {
                        flat.put(name, words(list));
                    } else {
                        flat.put(name, String.valueOf(value));
                    }
                });
    }

    private static String words(Collection<?> words) {
        return words.stream()
                .map(word -> quoted(String.valueOf(word)))
                .collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
