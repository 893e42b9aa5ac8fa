package io.kepm.signing;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a distribution consists of: the SHA-256 of every file by its path.
 *
 * <p>As text: a first line that says what it is (so that a signature over another kind of document
 * never fits), then one line a file in the form of sha256sum(1), in the order of the paths.
 *
 * @param digests path with {@code /} between its parts, to 64 lower-case hex digits
 */
public record DigestList(SortedMap<String, String> digests) {

    private static final String HEADER = "# kepm digests 1";
    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64})  (\\S+)");

    public DigestList {
        digests = Collections.unmodifiableSortedMap(new TreeMap<>(digests));
        digests.keySet().forEach(DigestList::checkPath);
    }

    /**
     * Reads the text.
     *
     * @throws IllegalArgumentException when it is not exactly what {@link #bytes} writes
     */
    public static DigestList parse(byte[] bytes) {
        String[] lines = decode(bytes).split("\n", -1);
        if (!HEADER.equals(lines[0])) {
            throw new IllegalArgumentException(
                    "digest list: the first line is not `" + HEADER + "`");
        }
        if (!lines[lines.length - 1].isEmpty()) {
            throw new IllegalArgumentException("digest list: its end is cut off");
        }
        SortedMap<String, String> digests = new TreeMap<>();
        String last = "";
        for (int i = 1; i < lines.length - 1; i++) {
            Matcher line = LINE.matcher(lines[i]);
            if (!line.matches()) {
                throw new IllegalArgumentException(
                        "digest list: line " + (i + 1) + " is malformed");
            }
            if (line.group(2).compareTo(last) <= 0) {
                throw new IllegalArgumentException(
                        "digest list: line " + (i + 1) + " is out of order or a repetition");
            }
            last = line.group(2);
            digests.put(last, line.group(1));
        }
        return new DigestList(digests);
    }

    /** The text that is signed. */
    public byte[] bytes() {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        for (Map.Entry<String, String> file : digests.entrySet()) {
            text.append(file.getValue()).append("  ").append(file.getKey()).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String decode(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("digest list: not UTF-8", e);
        }
    }

    private static void checkPath(String path) {
        for (String part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw new IllegalArgumentException(
                        "digest list: path `" + path + "` is not a plain relative path");
            }
        }
    }
}
