package io.kepm.api.elevation;

import java.util.Locale;

/**
 * Crockford's base 32: text that people read out and type, five bits a character. Case, dashes and
 * white space mean nothing in it, and letters that look like digits count as those.
 */
public final class Crockford {

    static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    static final int BITS = 5;

    private Crockford() {}

    /** The first bits of some bytes, as so many characters. */
    public static String of(byte[] bytes, int characters) {
        if (characters * BITS > (bytes.length + 1) * Byte.SIZE) {
            throw new IllegalArgumentException("too few bytes");
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < characters; i++) {
            int value = 0;
            for (int bit = i * BITS; bit < (i + 1) * BITS; bit++) {
                int at = bit / Byte.SIZE;
                int one = at < bytes.length ? (bytes[at] >> (7 - bit % Byte.SIZE)) & 1 : 0;
                value = (value << 1) | one;
            }
            text.append(ALPHABET.charAt(value));
        }
        return text.toString();
    }

    /** The bytes that such a text begins with; what is no character of it counts as nothing. */
    static byte[] bytes(String text, int count) {
        byte[] bytes = new byte[count];
        for (int bit = 0; bit < count * Byte.SIZE; bit++) {
            int value = ALPHABET.indexOf(text.charAt(bit / BITS));
            int one = (value >> (BITS - 1 - bit % BITS)) & 1;
            bytes[bit / Byte.SIZE] |= (byte) (one << (7 - bit % Byte.SIZE));
        }
        return bytes;
    }

    static String ofNumber(long number, int characters) {
        StringBuilder text = new StringBuilder();
        for (int i = characters - 1; i >= 0; i--) {
            text.append(ALPHABET.charAt((int) (number >> (i * BITS)) & 31));
        }
        return text.toString();
    }

    static long number(String text) {
        long number = 0;
        for (int i = 0; i < text.length(); i++) {
            number = (number << BITS) | ALPHABET.indexOf(text.charAt(i));
        }
        return number;
    }

    /** The one way to write what somebody typed. */
    public static String plain(String typed) {
        return typed.toUpperCase(Locale.ROOT)
                .replaceAll("[\\s-]", "")
                .replace('O', '0')
                .replace('I', '1')
                .replace('L', '1');
    }

    /** Whether a text, written in the one way, has nothing but characters of it. */
    static boolean isOne(String plain) {
        return plain.chars().allMatch(c -> ALPHABET.indexOf(c) >= 0);
    }

    /** In groups of four, as it is read out. */
    public static String grouped(String text) {
        return text.replaceAll("(.{4})(?=.)", "$1-");
    }
}
