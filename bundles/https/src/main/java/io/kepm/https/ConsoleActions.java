package io.kepm.https;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.elevation.Governance;
import io.kepm.api.json.Fields;
import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.storage.StorageException;
import io.kepm.https.Route.Pace;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Signs browsers in at the console: a link for whoever is known on the Unix socket, a session for
 * the link. Both are on record before they are given.
 */
final class ConsoleActions {

    /** What {@code POST} answers a link to. */
    static final String SIGN_IN = "/api/console/session";

    private final ConsoleSessions sessions;
    private final Governance governance;
    private final People people;
    private final AuditLog audit;
    private final Supplier<Optional<ServerCertificate>> certificate;
    private final int port;

    ConsoleActions(
            ConsoleSessions sessions,
            Governance governance,
            People people,
            AuditLog audit,
            Supplier<Optional<ServerCertificate>> certificate,
            int port) {
        this.sessions = sessions;
        this.governance = governance;
        this.people = people;
        this.audit = audit;
        this.certificate = certificate;
        this.port = port;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/console/{*}", Tier.PUBLIC, ConsolePages::page),
                Route.post("/api/console", Tier.USER, this::link).at(Pace.DECISIONS),
                Route.get(SIGN_IN, Tier.USER, this::show),
                Route.post(SIGN_IN, Tier.USER, this::signIn),
                Route.delete(SIGN_IN, Tier.USER, this::signOut));
    }

    private Answer link(Call call) throws NameServiceException, StorageException {
        Fields fields = new Fields(call.body());
        Optional<String> browser = fields.text("browser", 256);
        if (!fields.faults().isEmpty()) {
            return Answer.invalid(fields.faults());
        }
        Caller caller = call.caller();
        Optional<Account> account = people.account(caller);
        // Over TCP, and where root is by a grant, there is a word for what it is by.
        if (!caller.via().isEmpty() || account.isEmpty()) {
            return Answer.problem(
                    403, "only users with an account, in their own right, sign in: on agent.sock");
        }
        Optional<Account> whose = browser.isEmpty() ? account : people.byName(browser.get());
        if (whose.isEmpty()) {
            return Answer.invalid("/browser", "no such user");
        }
        Optional<Answer> refusal = refusal(caller, account.get(), whose.get());
        if (refusal.isPresent()) {
            return refusal.get();
        }
        Optional<ConsoleSessions.Given> given = sessions.link(caller, whose.get().uid());
        if (given.isEmpty()) {
            return Answer.problem(409, "too many are signed in: try again later");
        }
        record(caller, "LINK_GIVEN", whose.get().name());
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("link", "https://localhost:" + port + "/console/#" + given.get().text());
        body.put("until", given.get().until().toString());
        body.put("user", account.get().name());
        body.put("browser", whose.get().name());
        // What a browser shows of a certificate that it does not know yet.
        body.put("sha256", certificate.get().map(ServerCertificate::fingerprint).orElse(""));
        return Answer.ok(body);
    }

    /** Root may use the browser of somebody who is an administrator all the same. */
    private Optional<Answer> refusal(Caller caller, Account own, Account whose)
            throws NameServiceException {
        if (own.uid() == whose.uid()) {
            return Optional.empty();
        }
        if (!caller.isAdmin()) {
            return Optional.of(Answer.problem(403, "a link is for a browser of your own"));
        }
        return people.isGoverned(whose) || governance.governed().contains(whose.name())
                ? Optional.of(
                        Answer.problem(
                                403,
                                "`" + whose.name() + "` is governed: no browser for root's rights"))
                : Optional.empty();
    }

    private Answer signIn(Call call) throws StorageException, NameServiceException {
        Caller caller = call.caller();
        if (caller.signedIn().filter(one -> one.session().isEmpty()).isEmpty()) {
            return Answer.problem(403, "open a link of `kepm console`");
        }
        Optional<ConsoleSessions.Given> given = sessions.begin(caller);
        if (given.isEmpty()) {
            return Answer.problem(409, "too many are signed in: try again later");
        }
        record(caller, "SIGNED_IN", "");
        return described(caller, given.get().until())
                .with("Set-Cookie", Cookies.set(given.get().text()));
    }

    private Answer show(Call call) throws NameServiceException {
        Optional<Instant> until = sessions.end(call.caller());
        return until.isEmpty()
                ? Answer.problem(403, "this is for browsers that are signed in")
                : described(call.caller(), until.get());
    }

    private Answer signOut(Call call) throws StorageException {
        if (sessions.end(call.caller()).isEmpty()) {
            return Answer.problem(403, "this is for browsers that are signed in");
        }
        sessions.close(call.caller());
        record(call.caller(), "SIGNED_OUT", "");
        return Answer.ok(Map.of("signedOut", true)).with("Set-Cookie", Cookies.cleared());
    }

    private Answer described(Caller caller, Instant until) throws NameServiceException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("user", people.account(caller).map(Account::name).orElse("#" + caller.uid()));
        body.put("admin", caller.isAdmin());
        body.put("until", until.toString());
        return Answer.ok(body);
    }

    private void record(Caller caller, String outcome, String browser) throws StorageException {
        AuditDraft.Builder draft =
                AuditDraft.of(AuditType.USER_INTERACTION, outcome)
                        .sessionType("console")
                        .user(people.info(caller));
        if (!browser.isEmpty()) {
            draft.detail("browser", browser);
        }
        caller.signedIn()
                .filter(one -> !one.session().isEmpty())
                .ifPresent(one -> draft.detail("session", one.session()));
        audit.append(draft.build());
    }
}
