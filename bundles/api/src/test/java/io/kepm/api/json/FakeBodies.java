package io.kepm.api.json;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Bodies for whatever reads JSON at a door: the doors have readers of their own, and what one of
 * them takes the other one takes in the same way.
 */
public final class FakeBodies {

    private FakeBodies() {}

    /** What two readers could understand differently, or what costs too much; by what it is. */
    public static Map<String, byte[]> unreadable() {
        Map<String, byte[]> bodies = new LinkedHashMap<>();
        text(bodies, "a key twice", "{\"a\":1,\"a\":2}");
        text(bodies, "a key twice, deep", "{\"a\":[{\"b\":{\"c\":1,\"c\":1}}]}");
        text(bodies, "a key twice, once escaped", "{\"a\":1,\"\\u0061\":2}");
        text(bodies, "something after it", "{} {}");
        text(bodies, "a letter after it", "{}x");
        text(bodies, "no object", "[]");
        text(bodies, "a text", "\"a\"");
        text(bodies, "nothing", "");
        text(bodies, "half of it", "{\"a\":");
        text(bodies, "not a number", "{\"a\":NaN}");
        text(bodies, "an infinity", "{\"a\":-Infinity}");
        text(bodies, "a leading zero", "{\"a\":01}");
        text(bodies, "a leading plus", "{\"a\":+1}");
        text(bodies, "a leading point", "{\"a\":.5}");
        text(bodies, "hexadecimal", "{\"a\":0x10}");
        text(bodies, "51 digits", "{\"a\":" + "9".repeat(51) + "}");
        text(bodies, "an exponent of 60 digits", "{\"a\":1e" + "9".repeat(60) + "}");
        text(bodies, "single quotes", "{'a':1}");
        text(bodies, "a name without quotes", "{a:1}");
        text(bodies, "a comma too many", "{\"a\":1,}");
        text(bodies, "a missing element", "{\"a\":[1,,2]}");
        text(bodies, "a comment", "{/*c*/}");
        text(bodies, "a line comment", "{\"a\":1}//x");
        text(bodies, "a control character", "{\"a\":\"\u0001\"}");
        text(bodies, "an escape that is none", "{\"a\":\"\\x41\"}");
        text(bodies, "half a character", "{\"a\":\"\\ud800\"}");
        text(bodies, "the other half", "{\"a\":\"\\udc00x\"}");
        text(bodies, "half a character as a name", "{\"\\ud800\":1}");
        text(bodies, "a mark of the byte order", "\ufeff{}");
        text(bodies, "65 levels", "{\"a\":" + "[".repeat(64) + "]".repeat(64) + "}");
        text(bodies, "10,000 levels", "[".repeat(10_000));
        text(bodies, "20,001 values", "{\"a\":[0" + ",0".repeat(20_000) + "]}");
        bodies.put("UTF-16", "{\"a\":1}".getBytes(StandardCharsets.UTF_16LE));
        bodies.put("UTF-32", new byte[] {0, 0, 0, '{', 0, 0, 0, '}'});
        bodies.put("Latin-1", "{\"a\":\"\u00ff\"}".getBytes(StandardCharsets.ISO_8859_1));
        bodies.put(
                "an overlong slash",
                new byte[] {'{', '"', (byte) 0xc0, (byte) 0xaf, '"', ':', '1', '}'});
        return bodies;
    }

    /** What just fits. */
    public static Map<String, byte[]> readable() {
        Map<String, byte[]> bodies = new LinkedHashMap<>();
        text(bodies, "an empty object", " {} \n");
        text(bodies, "64 levels", "{\"a\":" + "[".repeat(63) + "]".repeat(63) + "}");
        text(bodies, "50 digits", "{\"a\":" + "9".repeat(50) + "}");
        text(bodies, "20,000 values", "{\"a\":[0" + ",0".repeat(19_998) + "]}");
        text(bodies, "a whole character in two escapes", "{\"a\":\"\\ud83d\\ude00\"}");
        text(bodies, "null, true and a fraction", "{\"a\":null,\"b\":true,\"c\":1.50,\"d\":{}}");
        text(bodies, "names that differ by case", "{\"a\":1,\"A\":2}");
        return bodies;
    }

    private static void text(Map<String, byte[]> bodies, String name, String text) {
        bodies.put(name, text.getBytes(StandardCharsets.UTF_8));
    }
}
