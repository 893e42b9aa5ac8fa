package io.kepm.api.elevation;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a person reads to an approver who can't reach the machine: twenty characters that name the
 * machine, how many challenges it has made, and the request; the last two find typing errors. It is
 * no secret.
 *
 * @param machine see {@link OfflineKey#machine}
 * @param counter of the challenges of this machine; never the same one twice
 * @param request 30 bits of a digest over the whole normalised request and its id
 */
public record OfflineChallenge(String machine, long counter, String request) {

    static final int MACHINE = 7;
    static final int COUNTER = 5;
    static final int REQUEST = 6;
    private static final int CHECK = 2;
    private static final int LENGTH = MACHINE + COUNTER + REQUEST + CHECK;

    /** The last one that a machine can make. */
    public static final long LAST = (1L << (COUNTER * Crockford.BITS)) - 1;

    public OfflineChallenge {
        if (machine.length() != MACHINE || request.length() != REQUEST) {
            throw new IllegalArgumentException("a part has another length");
        }
        if (counter < 1 || counter > LAST) {
            throw new IllegalArgumentException("no such challenge: " + counter);
        }
    }

    /**
     * The challenge of one request.
     *
     * @param hash of the whole normalised request
     * @param id of the request, which nobody chooses
     */
    public static OfflineChallenge of(String machine, long counter, String hash, String id) {
        byte[] digest = OfflineKey.digest("kepm request 1\n" + hash + "\n" + id);
        return new OfflineChallenge(machine, counter, Crockford.of(digest, REQUEST));
    }

    /** As it is read out, in five groups of four. */
    public String text() {
        return Crockford.grouped(body() + check(body()));
    }

    /** What somebody typed; empty when it is no challenge, or has a typing error in it. */
    public static Optional<OfflineChallenge> parse(String typed) {
        String plain = typed.length() > 4 * LENGTH ? "" : Crockford.plain(typed);
        if (plain.length() != LENGTH || !Crockford.isOne(plain)) {
            return Optional.empty();
        }
        String body = plain.substring(0, LENGTH - CHECK);
        long counter = Crockford.number(body.substring(MACHINE, MACHINE + COUNTER));
        if (counter == 0 || !check(body).equals(plain.substring(LENGTH - CHECK))) {
            return Optional.empty();
        }
        return Optional.of(
                new OfflineChallenge(
                        body.substring(0, MACHINE), counter, body.substring(MACHINE + COUNTER)));
    }

    /** All that an answer is bound to. */
    byte[] bytes() {
        return body().getBytes(StandardCharsets.UTF_8);
    }

    private String body() {
        return machine + Crockford.ofNumber(counter, COUNTER) + request;
    }

    private static String check(String body) {
        return Crockford.of(OfflineKey.digest("kepm challenge 1\n" + body), CHECK);
    }
}
