package io.kepm.signing;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One value in DER (X.690), read strictly: definite lengths in their shortest form, nothing left
 * over. Immutable; shares the bytes it was read from.
 *
 * @param tag the identifier octet
 * @param start of the identifier within {@code all}
 * @param content first byte of the content
 * @param end behind its last byte
 */
record Der(byte[] all, int tag, int start, int content, int end) {

    static final int INTEGER = 0x02;
    static final int OCTETS = 0x04;
    static final int OID = 0x06;
    static final int GENERALIZED_TIME = 0x18;
    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;

    /** What is not DER, or not what has to stand there. */
    static final class Malformed extends Exception {
        Malformed(String message) {
            super(message);
        }
    }

    /** The one value that the bytes are. */
    static Der read(byte[] bytes) throws Malformed {
        Der value = at(bytes, 0, bytes.length);
        if (value.end != bytes.length) {
            throw new Malformed("bytes behind its end");
        }
        return value;
    }

    private static Der at(byte[] all, int start, int limit) throws Malformed {
        if (limit - start < 2 || (all[start] & 0x1f) == 0x1f) {
            throw new Malformed("cut off, or a tag that is not used");
        }
        int length = all[start + 1] & 0xff;
        int content = start + 2;
        if (length == 0x80) {
            throw new Malformed("an indefinite length, which DER has not");
        }
        if (length > 0x80) {
            int octets = length & 0x7f;
            if (octets > 4 || limit - content < octets) {
                throw new Malformed("a length that is cut off or too long");
            }
            long long4 = 0;
            for (int i = 0; i < octets; i++) {
                long4 = (long4 << 8) | (all[content + i] & 0xff);
            }
            content += octets;
            boolean longer = octets > 1 && (long4 >> (8 * (octets - 1))) == 0;
            if (long4 < 0x80 || longer || long4 > limit) {
                throw new Malformed("a length that is not in its shortest form");
            }
            length = (int) long4;
        }
        if (limit - content < length) {
            throw new Malformed("cut off");
        }
        return new Der(all, all[start] & 0xff, start, content, content + length);
    }

    /** The values inside. */
    List<Der> children() throws Malformed {
        if ((tag & 0x20) == 0) {
            throw new Malformed("a plain value where a list is needed");
        }
        List<Der> children = new ArrayList<>();
        for (int next = content; next < end; ) {
            Der child = at(all, next, end);
            children.add(child);
            next = child.end;
        }
        return children;
    }

    /** The values inside, of which there are some number at least. */
    List<Der> children(int least) throws Malformed {
        List<Der> children = children();
        if (children.size() < least) {
            throw new Malformed("a list with too few values");
        }
        return children;
    }

    Der expect(int wanted) throws Malformed {
        if (tag != wanted) {
            throw new Malformed("a value of another kind");
        }
        return this;
    }

    boolean is(int wanted) {
        return tag == wanted;
    }

    byte[] bytes() {
        return Arrays.copyOfRange(all, content, end);
    }

    /** With tag and length. */
    byte[] encoded() {
        return Arrays.copyOfRange(all, start, end);
    }

    BigInteger integer() throws Malformed {
        expect(INTEGER);
        if (content == end) {
            throw new Malformed("an empty number");
        }
        return new BigInteger(bytes());
    }

    /** An object identifier in dots. */
    String oid() throws Malformed {
        expect(OID);
        StringBuilder text = new StringBuilder();
        long part = 0;
        for (int i = content; i < end; i++) {
            part = (part << 7) | (all[i] & 0x7f);
            if (part > Integer.MAX_VALUE) {
                throw new Malformed("an object identifier that is too long");
            }
            if ((all[i] & 0x80) == 0) {
                if (text.isEmpty()) {
                    long first = Math.min(part / 40, 2);
                    text.append(first).append('.').append(part - first * 40);
                } else {
                    text.append('.').append(part);
                }
                part = 0;
            }
        }
        return text.toString();
    }

    String ascii() {
        return new String(all, content, end - content, StandardCharsets.US_ASCII);
    }
}
