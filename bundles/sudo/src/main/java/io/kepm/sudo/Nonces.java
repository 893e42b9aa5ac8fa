package io.kepm.sudo;

import io.kepm.api.elevation.LaunchRequest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The nonces of the canary that are out. Safe for use by many threads. */
final class Nonces implements CanaryEar {

    static final String USER = "kepm-canary";
    static final String COMMAND = "/usr/libexec/kepm/canary";

    private final SecureRandom random = new SecureRandom();
    private final Map<String, Boolean> arrived = new ConcurrentHashMap<>();

    @Override
    public String issue() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        String nonce = HexFormat.of().formatHex(bytes);
        arrived.put(nonce, false);
        return nonce;
    }

    @Override
    public boolean heard(String nonce) {
        return Boolean.TRUE.equals(arrived.remove(nonce));
    }

    /** Whether this is the canary's own request, which no policy sees and nobody allows. */
    boolean isCanary(LaunchRequest request) {
        if (!request.user().equals(USER) || !request.path().equals(COMMAND)) {
            return false;
        }
        if (request.argv().size() == 2) {
            arrived.computeIfPresent(request.argv().get(1), (nonce, before) -> true);
        }
        return true;
    }
}
