package io.kepm.api.elevation;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key of offline response codes. A site has one, which is on none of its machines; each machine
 * has the one that follows from it and the machine's name (HMAC-SHA-256), so that what a machine
 * loses is good for that machine alone.
 */
public final class OfflineKey {

    /** Characters of an answer: 60 bits. */
    public static final int ANSWER = 12;

    private static final int BYTES = 32;
    private static final int TEXT = 52;
    private static final String SITE = "kepm-site-key-1";
    private static final String OF_MACHINE = "kepm-machine-key-1";
    private static final Pattern LINE =
            Pattern.compile(
                    "(kepm-site-key-1|kepm-machine-key-1 ([0-9A-Z]{7})) ([0-9A-Z]{" + TEXT + "})");

    private final String machine;
    private final byte[] key;

    private OfflineKey(String machine, byte[] key) {
        this.machine = machine;
        this.key = key;
    }

    /** A new key of a site. */
    public static OfflineKey fresh(SecureRandom random) {
        byte[] key = new byte[BYTES];
        random.nextBytes(key);
        return new OfflineKey("", key);
    }

    /** What a line says; empty when it is no key. */
    public static Optional<OfflineKey> parse(String line) {
        Matcher found = LINE.matcher(line.strip());
        if (!found.matches()) {
            return Optional.empty();
        }
        String machine = found.group(2) == null ? "" : found.group(2);
        if (!Crockford.isOne(found.group(3)) || !Crockford.isOne(machine)) {
            return Optional.empty();
        }
        return Optional.of(new OfflineKey(machine, Crockford.bytes(found.group(3), BYTES)));
    }

    /** The name of a machine in challenges, from what tells it from all others. */
    public static String machine(String identity) {
        return Crockford.of(digest("kepm machine 1\n" + identity), OfflineChallenge.MACHINE);
    }

    /** Whether somebody typed the name of a machine. */
    public static Optional<String> machineTyped(String typed) {
        String plain = typed.length() > 64 ? "" : Crockford.plain(typed);
        return plain.length() == OfflineChallenge.MACHINE && Crockford.isOne(plain)
                ? Optional.of(plain)
                : Optional.empty();
    }

    /** Whether it is a whole site's, which belongs on no machine that it is used for. */
    public boolean isOfSite() {
        return machine.isEmpty();
    }

    /** The machine that it is for; empty for a site's. */
    public String machine() {
        return machine;
    }

    /** The key of one machine of the site. */
    public OfflineKey ofMachine(String name) {
        if (!isOfSite()) {
            throw new IllegalStateException("it is the key of one machine already");
        }
        return new OfflineKey(name, mac(key, ("kepm machine key 1\n" + name).getBytes(UTF_8)));
    }

    /**
     * What approves the request of a challenge, of the machine that this key is for.
     *
     * <p>INVARIANT: it is bound to all of the command. Who answers has what he was told, the
     * machine what was asked for: where those differ, so do the answers.
     */
    public String answer(OfflineChallenge challenge, OfflineChallenge.Command command) {
        if (!challenge.machine().equals(machine)) {
            throw new IllegalArgumentException("a challenge of another machine");
        }
        byte[] label = "kepm approve 2\n".getBytes(UTF_8);
        byte[] all = joined(joined(label, challenge.bytes()), command.digest());
        return Crockford.of(mac(key, all), ANSWER);
    }

    /** Whether that was typed; takes as long for a wrong one as for the right one. */
    public boolean isAnswer(
            OfflineChallenge challenge, OfflineChallenge.Command command, String typed) {
        return MessageDigest.isEqual(
                answer(challenge, command).getBytes(UTF_8), Crockford.plain(typed).getBytes(UTF_8));
    }

    private static byte[] joined(byte[] one, byte[] other) {
        byte[] all = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, all, one.length, other.length);
        return all;
    }

    /** Tells keys apart without saying them. */
    public String fingerprint() {
        return Crockford.grouped(Crockford.of(mac(key, "kepm fingerprint 1".getBytes(UTF_8)), 8));
    }

    /** The line that {@link #parse} reads; a secret. */
    public String line() {
        return (isOfSite() ? SITE : OF_MACHINE + " " + machine) + " " + Crockford.of(key, TEXT);
    }

    static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static byte[] mac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    private static final java.nio.charset.Charset UTF_8 = StandardCharsets.UTF_8;

    /** Without the key. */
    @Override
    public String toString() {
        return "OfflineKey[" + (isOfSite() ? "site" : machine) + "]";
    }
}
