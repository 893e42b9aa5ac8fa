package io.kepm.https;

import io.kepm.api.elevation.Conversation;
import java.util.List;
import java.util.Optional;

/** The answers that came along with a request, each given once. Of one request. */
final class Given implements Conversation {

    /** A code, or a password where {@code MfaProvider} is {@code pam}. */
    static final int LONGEST_FACTOR = 512;

    private static final List<String> FACTORS = List.of("totp", "password");

    private final boolean confirmed;
    private String code;

    Given(String code, boolean confirmed) {
        this.code = code;
        this.confirmed = confirmed;
    }

    @Override
    public Optional<String> ask(String id, String text, boolean echo) {
        if (id.equals("confirm")) {
            return confirmed ? Optional.of("yes") : Optional.empty();
        }
        if (!FACTORS.contains(id) || code.isEmpty()) {
            return Optional.empty();
        }
        String once = code;
        code = "";
        return Optional.of(once);
    }

    @Override
    public void tell(String text) {
        // What went wrong is the answer.
    }
}
