package io.kepm.https;

import io.kepm.api.json.Fields;
import io.kepm.api.storage.StorageException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Gives out, lists and revokes tokens; for root on the Unix socket alone, never by a token. */
final class TokenActions {

    private static final int LONGEST_ID = 64;

    private final Tokens tokens;

    TokenActions(Tokens tokens) {
        this.tokens = tokens;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/api/tokens", Tier.ADMIN, this::list),
                Route.post("/api/tokens", Tier.ADMIN, this::give),
                Route.post("/api/tokens/revoke", Tier.ADMIN, this::revoke));
    }

    private Answer list(Call call) {
        if (!call.caller().isRootHere()) {
            return notHere();
        }
        return Page.of(call, tokens.list().stream().map(TokenActions::json).toList());
    }

    private Answer give(Call call) throws StorageException {
        if (!call.caller().isRootHere()) {
            return notHere();
        }
        Fields fields = new Fields(call.body());
        String word = fields.requiredText("kind", LONGEST_ID);
        if (!word.equals("admin") && !word.equals("scrape") && fields.faults().isEmpty()) {
            fields.fault("kind", "neither `admin` nor `scrape`");
        }
        if (!fields.faults().isEmpty()) {
            return Answer.invalid(fields.faults());
        }
        Optional<Tokens.Given> given =
                tokens.give(Tokens.Kind.valueOf(word.toUpperCase(Locale.ROOT)));
        if (given.isEmpty()) {
            return Answer.problem(409, "there are too many tokens: revoke some");
        }
        Map<String, Object> body = json(given.get().token());
        body.put("token", given.get().text());
        return Answer.ok(body).noted(word + " token " + given.get().token().id());
    }

    private Answer revoke(Call call) throws StorageException {
        if (!call.caller().isRootHere()) {
            return notHere();
        }
        Fields fields = new Fields(call.body());
        String id = fields.requiredText("id", LONGEST_ID);
        if (!fields.faults().isEmpty()) {
            return Answer.invalid(fields.faults());
        }
        return tokens.revoke(id)
                ? Answer.ok(Map.of("revoked", id)).noted("token " + id + " revoked")
                : Answer.problem(409, "there is no token of that id: see `kepm token list`");
    }

    private static Answer notHere() {
        return Answer.problem(403, "only root on agent.sock handles tokens");
    }

    private static Map<String, Object> json(Tokens.Token token) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", token.id());
        json.put("kind", token.kind().name().toLowerCase(Locale.ROOT));
        json.put("made", token.made().toString());
        token.until().ifPresent(until -> json.put("until", until.toString()));
        return json;
    }
}
