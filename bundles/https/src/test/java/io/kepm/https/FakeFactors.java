package io.kepm.https;

import io.kepm.api.elevation.SecondFactors;
import java.util.ArrayList;
import java.util.List;

/** Takes every code but the empty one; says what it was asked to do. */
final class FakeFactors implements SecondFactors {

    final List<String> calls = new ArrayList<>();

    @Override
    public Status status(String user, long uid) {
        return new Status(true, 9, false);
    }

    @Override
    public String admit(String user, long uid, String admin) {
        calls.add("admit " + user + " by " + admin);
        return "ABCD-EFGH-JKMN-PQRS";
    }

    @Override
    public Answer enroll(String user, long uid, String proof) {
        return proof.isEmpty()
                ? new Answer.Refused("no code")
                : new Answer.Begun("SECRET", "otpauth://totp/x");
    }

    @Override
    public Answer enrollByPassword(String user, long uid, String password) {
        calls.add("password of " + user);
        return new Answer.Refused("wrong password");
    }

    @Override
    public Answer confirm(String user, long uid, String code) {
        return code.isEmpty() ? new Answer.Refused("no code") : new Answer.Enrolled(List.of("R"));
    }

    @Override
    public Answer remove(String user, long uid, String proof, String admin) {
        calls.add("remove " + user + " by " + admin);
        return new Answer.Removed();
    }
}
