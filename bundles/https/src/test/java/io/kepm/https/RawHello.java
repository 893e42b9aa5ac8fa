package io.kepm.https;

import java.io.ByteArrayOutputStream;

/** The first message of a TLS client, by hand: the JDK's own refuses to offer what is old. */
final class RawHello {

    /** Types of records. */
    static final int ALERT = 21;

    static final int HANDSHAKE = 22;

    /** CBC, RC4, 3DES, NULL, anonymous, export, and AES-GCM without forward secrecy. */
    static final int[] OLD_SUITES = {
        0x0000, 0x0002, 0x0003, 0x0004, 0x0005, 0x000a, 0x002f, 0x0034, 0x0035, 0x003c, 0x003d,
        0x009c, 0x009d, 0x009e, 0xc006, 0xc007, 0xc008, 0xc009, 0xc00a, 0xc013, 0xc014, 0xc023,
        0xc024, 0xc027, 0xc028, 0xc0ac
    };

    /** ECDHE, ECDSA, AES-GCM or ChaCha20. */
    static final int[] GOOD_SUITES = {0xc02b, 0xc02c, 0xcca9};

    static final int[] EVERY_SUITE = {
        0xc02b, 0xc02c, 0xcca9, 0xc009, 0xc00a, 0xc013, 0xc014, 0x002f, 0x0035, 0x000a
    };

    private RawHello() {}

    static byte[] of(String protocol, int... suites) {
        int minor =
                switch (protocol) {
                    case "SSLv3" -> 0;
                    case "TLSv1" -> 1;
                    case "TLSv1.1" -> 2;
                    default -> 3;
                };
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(3);
        body.write(minor);
        body.writeBytes(new byte[32]);
        body.write(0);
        two(body, suites.length * 2);
        for (int suite : suites) {
            two(body, suite);
        }
        body.write(1);
        body.write(0);
        byte[] extensions = extensions();
        two(body, extensions.length);
        body.writeBytes(extensions);
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.write(1);
        message.write(0);
        two(message, body.size());
        message.writeBytes(body.toByteArray());
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.write(HANDSHAKE);
        record.write(3);
        record.write(Math.min(minor, 1));
        two(record, message.size());
        record.writeBytes(message.toByteArray());
        return record.toByteArray();
    }

    /** P-256 and signatures by it, so that the suite alone decides. */
    private static byte[] extensions() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int value : new int[] {10, 4, 2, 0x0017, 13, 4, 2, 0x0403, 11, 2}) {
            two(all, value);
        }
        all.write(1);
        all.write(0);
        return all.toByteArray();
    }

    private static void two(ByteArrayOutputStream out, int value) {
        out.write(value >> 8);
        out.write(value);
    }
}
