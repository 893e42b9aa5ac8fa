package io.kepm.https;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens that root gave out. Only digests are kept: those of administrators in memory, for 15
 * minutes; those that read figures in the store, until they are revoked. Safe for use by many
 * threads. Bounded: a hundred of each kind.
 */
final class Tokens {

    static final Duration ADMIN_LIFE = Duration.ofMinutes(15);
    private static final int MOST = 100;
    private static final String KEY = "https/scrape-token/";
    private static final Logger LOG = LoggerFactory.getLogger(Tokens.class);

    private final AuditLog audit;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Token> tokens = new HashMap<>();

    Tokens(Storage storage, AuditLog audit, InstantSource clock) {
        this.audit = audit;
        this.clock = clock;
        try {
            storage.list(Table.AGENT_STATE)
                    .forEach(
                            (key, value) -> {
                                if (key.startsWith(KEY)) {
                                    String id = key.substring(KEY.length());
                                    tokens.put(id, Token.scrape(id, value));
                                }
                            });
        } catch (StorageException | IllegalArgumentException e) {
            // What can't be read is not known, and so is refused.
            LOG.error("tokens for figures can't be read, make new ones: {}", e.getMessage());
        }
    }

    enum Kind {
        ADMIN,
        SCRAPE
    }

    /**
     * A token that was given out.
     *
     * @param until when it ends; empty for until it is revoked
     */
    record Token(String id, Kind kind, byte[] digest, Instant made, Optional<Instant> until) {
        private static Token scrape(String id, byte[] stored) {
            String[] words = new String(stored, StandardCharsets.US_ASCII).split(" ", -1);
            if (words.length != 2) {
                throw new IllegalArgumentException("token `" + id + "` is malformed");
            }
            return new Token(
                    id,
                    Kind.SCRAPE,
                    HexFormat.of().parseHex(words[0]),
                    Instant.ofEpochMilli(Long.parseLong(words[1])),
                    Optional.empty());
        }

        private byte[] stored() {
            return (HexFormat.of().formatHex(digest) + " " + made.toEpochMilli())
                    .getBytes(StandardCharsets.US_ASCII);
        }

        private boolean isOver(Instant now) {
            // A clock that was set back gives no token more time than it was given.
            return until.isPresent() && (!now.isBefore(until.get()) || now.isBefore(made));
        }
    }

    /** A new token with its text, which is nowhere else. */
    record Given(Token token, String text) {}

    /** Empty when there are too many of the kind. */
    synchronized Optional<Given> give(Kind kind) throws StorageException {
        Instant now = clock.instant();
        tokens.values().removeIf(token -> token.isOver(now));
        if (tokens.values().stream().filter(token -> token.kind() == kind).count() >= MOST) {
            return Optional.empty();
        }
        String id = HexFormat.of().formatHex(bytes(6));
        String text =
                "kepm-"
                        + id
                        + "."
                        + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(32));
        Token token =
                new Token(
                        id,
                        kind,
                        digest(text),
                        now,
                        kind == Kind.ADMIN ? Optional.of(now.plus(ADMIN_LIFE)) : Optional.empty());
        if (kind == Kind.SCRAPE) {
            commit(new Mutation.Create(Table.AGENT_STATE, KEY + id, token.stored()));
        }
        tokens.put(id, token);
        return Optional.of(new Given(token, text));
    }

    /** The token that a text is; compared by digests, in the same time whatever differs. */
    synchronized Optional<Token> find(String text) {
        Instant now = clock.instant();
        byte[] claimed = digest(text);
        Optional<Token> found = Optional.empty();
        for (Token token : tokens.values()) {
            if (MessageDigest.isEqual(token.digest(), claimed) && !token.isOver(now)) {
                found = Optional.of(token);
            }
        }
        return found;
    }

    /** False when there is none of that id. */
    synchronized boolean revoke(String id) throws StorageException {
        Token token = tokens.get(id);
        if (token == null) {
            return false;
        }
        if (token.kind() == Kind.SCRAPE) {
            commit(new Mutation.Take(Table.AGENT_STATE, KEY + id));
        }
        tokens.remove(id);
        return true;
    }

    synchronized List<Token> list() {
        Instant now = clock.instant();
        List<Token> all = new ArrayList<>(tokens.values());
        all.removeIf(token -> token.isOver(now));
        all.sort(Comparator.comparing(Token::made).thenComparing(Token::id));
        return all;
    }

    /** The record of it is that of the administrator's call. */
    private void commit(Mutation mutation) throws StorageException {
        audit.commit(new Change(List.of(mutation), List.of()));
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM has no SHA-256", e);
        }
    }
}
