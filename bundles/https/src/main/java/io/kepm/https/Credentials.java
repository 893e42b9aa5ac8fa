package io.kepm.https;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.linux.Peer;
import io.kepm.api.linux.SocketOwners;
import io.kepm.api.trust.Launches;
import io.kepm.api.trust.WrongProofs;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who a request over HTTPS proves to be: a launched process by Basic ({@code clientId:secret}, RFC
 * 7617, the last colon divides them), root's tool by a Bearer token, a browser at the console by
 * its cookie, which a link gave it. On the Unix socket the kernel has said it, and what a request
 * says of itself is not read. Safe for use by many threads.
 */
final class Credentials {

    private static final Logger LOG = LoggerFactory.getLogger(Credentials.class);

    private final Launches launches;
    private final SocketOwners owners;
    private final Tokens tokens;
    private final ConsoleSessions console;
    private final WrongProofs wrong;
    private final IdentityRecords records;

    Credentials(
            Launches launches,
            SocketOwners owners,
            Tokens tokens,
            ConsoleSessions console,
            WrongProofs wrong,
            IdentityRecords records) {
        this.launches = launches;
        this.owners = owners;
        this.tokens = tokens;
        this.console = console;
        this.wrong = wrong;
        this.records = records;
    }

    /**
     * What is answered to whom {@link #caller} does not know. A browser that is offered Basic asks
     * its user for a password, so the page of the console is not.
     */
    static Answer refusal(Route route) {
        return Answer.problem(401, "the credentials are not valid")
                .with(
                        "WWW-Authenticate",
                        signsIn(route)
                                ? "Kepm-Link realm=\"kepm\""
                                : "Basic realm=\"kepm\", Bearer realm=\"kepm\"")
                .closing();
    }

    /**
     * The caller of a request; empty when it claims what does not hold, which is on record then.
     *
     * @param line the connection it came by
     */
    Optional<Caller> caller(Request request, Door door, Route route, Connections.Line line) {
        Caller known = line.caller();
        List<String> sent = request.getHeaders().getValuesList(HttpHeader.AUTHORIZATION);
        if (door != Door.HTTPS || route.tier() == Tier.PUBLIC) {
            return Optional.of(known);
        }
        Optional<String> cookie =
                sent.isEmpty() ? Cookies.of(request.getHeaders()) : Optional.empty();
        if (sent.isEmpty() && cookie.isEmpty()) {
            return Optional.of(known);
        }
        if (!(request.getConnectionMetaData().getRemoteSocketAddress()
                        instanceof InetSocketAddress peer)
                || !(request.getConnectionMetaData().getLocalSocketAddress()
                        instanceof InetSocketAddress here)) {
            return Optional.empty();
        }
        Optional<Long> uid = line.owner() < 0 ? ownerOf(peer, here) : Optional.of(line.owner());
        if (cookie.isPresent()) {
            // One that is over, or is not this user's, makes nobody of whoever has it.
            return Optional.of(
                    uid.flatMap(owner -> console.find(cookie.get(), owner)).orElse(known));
        }
        String[] words = sent.get(0).split(" ", 2);
        String scheme = words[0].toLowerCase(Locale.ROOT);
        if (sent.size() == 1 && words.length == 2 && scheme.equals("basic")) {
            return launched(words[1].trim(), peer, here, uid);
        }
        if (sent.size() == 1 && words.length == 2 && scheme.equals("bearer")) {
            return token(words[1].trim(), uid);
        }
        if (sent.size() == 1 && words.length == 2 && scheme.equals("kepm-link") && signsIn(route)) {
            return link(words[1].trim(), uid);
        }
        return failed(uid, "its credentials are of no form that is known here");
    }

    private Optional<Caller> launched(
            String encoded, InetSocketAddress peer, InetSocketAddress here, Optional<Long> uid) {
        byte[] pair;
        try {
            pair = Base64.getDecoder().decode(encoded);
        } catch (IllegalArgumentException e) {
            return failed(uid, "its Basic credentials are not base64");
        }
        byte[] secret = new byte[0];
        try {
            int colon = lastColon(pair);
            String clientId = text(pair, Math.max(0, colon));
            secret = Arrays.copyOfRange(pair, colon + 1, pair.length);
            // INVARIANT: the registry puts a claim that does not hold on record.
            return launches.identify(clientId, secret, peer, here)
                            instanceof Launches.Verdict.Known proven
                    ? Optional.of(caller(proven))
                    : Optional.empty();
        } finally {
            Arrays.fill(pair, (byte) 0);
            Arrays.fill(secret, (byte) 0);
        }
    }

    private static Caller caller(Launches.Verdict.Known proven) {
        Tier tier = proven.component().tier() == Launches.Reach.PLUGIN ? Tier.PLUGIN : Tier.USER;
        return new Caller(
                Optional.of(new Peer(proven.process().pid(), proven.process().uid(), -1)),
                tier,
                proven.component().clientId(),
                false);
    }

    private Optional<Caller> token(String text, Optional<Long> uid) {
        if (uid.isEmpty() || wrong.isLocked(uid.get())) {
            return failed(
                    uid,
                    uid.isEmpty()
                            ? "its connection has no owner any more"
                            : "too many wrong tokens of this user: locked for a minute");
        }
        Optional<Tokens.Token> found = tokens.find(text);
        if (found.isEmpty()) {
            wrong.wrong(uid.get());
            return failed(uid, "its token is unknown, revoked, or past its time");
        }
        String via = "token " + found.get().id();
        return Optional.of(
                found.get().kind() == Tokens.Kind.ADMIN
                        ? new Caller(Optional.of(new Peer(0, 0, 0)), Tier.ADMIN, via, false)
                        : new Caller(Optional.empty(), Tier.PUBLIC, via, true));
    }

    /** A link is good for signing in and for nothing else. */
    private static boolean signsIn(Route route) {
        return route.method().equals("POST") && route.template().equals(ConsoleActions.SIGN_IN);
    }

    private Optional<Caller> link(String text, Optional<Long> uid) {
        if (uid.isEmpty() || wrong.isLocked(uid.get())) {
            return failed(uid, "its connection has no owner any more, or too many were wrong");
        }
        Optional<Caller> found = console.takeLink(text, uid.get());
        if (found.isEmpty()) {
            wrong.wrong(uid.get());
            return failed(uid, "its link to the console is used, past its time, or another user's");
        }
        return found;
    }

    private Optional<Caller> failed(Optional<Long> uid, String reason) {
        long number = uid.orElse(-1L);
        records.failed(
                AuditDraft.UserInfo.of(number < 0 ? "unknown" : "#" + number, number),
                Door.HTTPS,
                reason);
        return Optional.empty();
    }

    /**
     * Asked anew where it could not be told when it connected. Else it stays what it was: a
     * socket's uid is that of who made it, and nobody without CAP_CHOWN over him can change it.
     */
    private Optional<Long> ownerOf(InetSocketAddress peer, InetSocketAddress here) {
        try {
            return owners.ownerOf(peer, here).map(SocketOwners.Owner::uid);
        } catch (IOException e) {
            LOG.warn("the owner of a connection could not be asked for: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private static int lastColon(byte[] pair) {
        int colon = pair.length - 1;
        while (colon >= 0 && pair[colon] != ':') {
            colon--;
        }
        return colon;
    }

    private static String text(byte[] bytes, int length) {
        return new String(bytes, 0, length, java.nio.charset.StandardCharsets.UTF_8);
    }
}
