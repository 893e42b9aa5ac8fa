package io.kepm.elevation;

import io.kepm.api.elevation.SecondFactors.Answer;
import java.io.ByteArrayOutputStream;
import java.util.List;

/** A user's app for one-time codes, on the clock of a {@link FakeWorld}. */
final class TestApp {

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private final FakeWorld world;
    private String secret = "";
    private String uri = "";

    TestApp(FakeWorld world) {
        this.world = world;
    }

    /** Enrols as people do; returns the recovery codes. The clock goes on by a step. */
    List<String> enrol(String user, long uid) throws Exception {
        String admission = world.factors.admit(user, uid, "root");
        Answer.Begun begun = (Answer.Begun) world.factors.enroll(user, uid, admission);
        secret = begun.secret();
        uri = begun.uri();
        Answer.Enrolled enrolled = (Answer.Enrolled) world.factors.confirm(user, uid, code());
        world.now = world.now.plusSeconds(Totp.STEP_SECONDS);
        return enrolled.recoveryCodes();
    }

    String uri() {
        return uri;
    }

    String secret() {
        return secret;
    }

    String code() {
        return code(0);
    }

    String code(int steps) {
        return Totp.code(key(), Totp.step(world.now) + steps);
    }

    private byte[] key() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int buffer = 0;
        int bits = 0;
        for (char c : secret.toCharArray()) {
            buffer = ((buffer << 5) | ALPHABET.indexOf(c)) & 0xfff;
            bits += 5;
            if (bits >= 8) {
                bits -= 8;
                bytes.write(buffer >> bits);
            }
        }
        return bytes.toByteArray();
    }
}
