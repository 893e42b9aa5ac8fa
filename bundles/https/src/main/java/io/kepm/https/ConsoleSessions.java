package io.kepm.https;

import io.kepm.api.linux.Peer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * Browsers that are signed in at the console, and links that sign one in. Only digests of what they
 * prove it with are kept, in memory: a restart signs everybody out. INVARIANT: a link and a session
 * are good for connections of the one uid that they were made for, whoever knows the text; cookies
 * know no ports, and what a browser is started with anybody can read. Safe for use by many threads.
 */
final class ConsoleSessions {

    static final Duration LINK_LIFE = Duration.ofSeconds(60);
    static final Duration SESSION_LIFE = Duration.ofMinutes(15);

    /** Sessions of one user; a further one ends the oldest. */
    static final int MOST_OF_ONE = 4;

    private static final int MOST = 256;
    private static final int BYTES = 32;

    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Entry> links = new HashMap<>();
    private final Map<String, Entry> sessions = new HashMap<>();

    ConsoleSessions(InstantSource clock) {
        this.clock = clock;
    }

    /** Whose it is, and from when to when. */
    private record Entry(Caller caller, Instant made, Instant until) {

        /** A clock that was set back ends it as well. */
        boolean isOver(Instant now) {
            return now.isBefore(made) || !now.isBefore(until);
        }

        long uid() {
            return caller.uid();
        }

        long browser() {
            return caller.signedIn().map(SignedIn::browser).orElse(-1L);
        }
    }

    /** What is shown once. */
    record Given(String text, Instant until) {}

    /**
     * A link for whoever asked for it; a former one of the same user is worth nothing any more.
     *
     * @return empty when too many are signed in
     */
    synchronized Optional<Given> link(Caller who, long browser) {
        forget();
        links.values().removeIf(link -> link.uid() == who.uid());
        if (links.size() >= MOST) {
            return Optional.empty();
        }
        return Optional.of(keep(links, of(who, "a link of the console", browser, ""), LINK_LIFE));
    }

    /** Whose link a text is; it is used up by this, also when it is somebody else who has it. */
    synchronized Optional<Caller> takeLink(String text, long browser) {
        forget();
        return Optional.ofNullable(links.remove(digest(text)))
                .filter(link -> link.browser() == browser)
                .map(Entry::caller);
    }

    /** Signs in whoever came with a link. */
    synchronized Optional<Given> begin(Caller link) {
        forget();
        SignedIn signed = link.signedIn().orElseThrow();
        long own = sessions.values().stream().filter(one -> one.uid() == link.uid()).count();
        if (own >= MOST_OF_ONE) {
            sessions.entrySet().stream()
                    .filter(entry -> entry.getValue().uid() == link.uid())
                    .min(Comparator.comparing(entry -> entry.getValue().made()))
                    .map(Map.Entry::getKey)
                    .ifPresent(sessions::remove);
        }
        if (sessions.size() >= MOST) {
            return Optional.empty();
        }
        String id = text().substring(0, 8);
        Caller caller = of(link, "console session " + id, signed.browser(), id);
        return Optional.of(keep(sessions, caller, SESSION_LIFE));
    }

    /** Who is signed in by a text; compared by digests. */
    synchronized Optional<Caller> find(String text, long browser) {
        forget();
        return Optional.ofNullable(sessions.get(digest(text)))
                .filter(session -> session.browser() == browser)
                .map(Entry::caller);
    }

    /** When a session ends by itself; empty when it has ended. */
    synchronized Optional<Instant> end(Caller caller) {
        forget();
        return sessions.values().stream()
                .filter(session -> session.caller().signedIn().equals(caller.signedIn()))
                .map(Entry::until)
                .findFirst();
    }

    /** Signs out. */
    synchronized void close(Caller caller) {
        sessions.values()
                .removeIf(session -> session.caller().signedIn().equals(caller.signedIn()));
    }

    private Given keep(Map<String, Entry> where, Caller caller, Duration life) {
        String text = text();
        Instant now = clock.instant();
        where.put(digest(text), new Entry(caller, now, now.plus(life)));
        return new Given(text, now.plus(life));
    }

    /** The process that asked is no part of it, but who had logged in there is. */
    private static Caller of(Caller who, String via, long browser, String session) {
        return new Caller(
                Optional.of(new Peer(0, who.uid(), -1)),
                who.tier(),
                via,
                false,
                Optional.of(new SignedIn(browser, session)),
                who.login());
    }

    private void forget() {
        Instant now = clock.instant();
        links.values().removeIf(link -> link.isOver(now));
        sessions.values().removeIf(session -> session.isOver(now));
    }

    private String text() {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String digest(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM has no SHA-256", e);
        }
    }
}
