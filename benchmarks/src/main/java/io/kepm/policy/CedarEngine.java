package io.kepm.policy;

import com.cedarpolicy.BasicAuthorizationEngine;
import com.cedarpolicy.model.AuthorizationRequest;
import com.cedarpolicy.model.exception.AuthException;
import com.cedarpolicy.model.slice.BasicSlice;
import com.cedarpolicy.model.slice.Entity;
import com.cedarpolicy.model.slice.Policy;
import com.cedarpolicy.model.slice.Slice;
import com.cedarpolicy.value.EntityTypeName;
import com.cedarpolicy.value.EntityUID;
import com.cedarpolicy.value.PrimString;
import com.cedarpolicy.value.Value;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Cedar by its Java binding, which hands all policies over with each question. */
final class CedarEngine implements Engine {

    private static final EntityUID RUN = uid("Action", "run");
    private static final EntityUID HERE = uid("Machine", "here");

    private final BasicAuthorizationEngine engine = new BasicAuthorizationEngine();
    private final Set<Policy> policies = new HashSet<>();
    private final List<RuleSet.Ask> asks;

    CedarEngine(RuleSet set) {
        set.rules().forEach(rule -> policies.add(new Policy(text(rule), rule.id())));
        asks = set.asks();
    }

    private static EntityUID uid(String type, String id) {
        return new EntityUID(EntityTypeName.parse(type).orElseThrow(), id);
    }

    private static String text(RuleSet.Rule rule) {
        String principal =
                rule.user().equals("*")
                        ? "principal"
                        : rule.group()
                                ? "principal in Group::\"" + rule.user() + "\""
                                : "principal == User::\"" + rule.user() + "\"";
        String path =
                rule.shape() == RuleSet.Shape.EXACT
                        ? "context.path == \"" + rule.path() + "\""
                        : "context.path like \"" + rule.path() + "\"";
        String words = String.join(" ", rule.arguments());
        String arguments =
                rule.arguments().isEmpty()
                        ? ""
                        : rule.open()
                                ? " && context.args like \"" + words + " *\""
                                : " && context.args == \"" + words + "\"";
        return (rule.denies() ? "forbid(" : "permit(")
                + principal
                + ", action, resource) when { "
                + path
                + arguments
                + " };";
    }

    @Override
    public boolean allows(int ask) {
        RuleSet.Ask asked = asks.get(ask);
        Set<EntityUID> parents = new HashSet<>();
        Set<Entity> entities = new HashSet<>();
        for (String group : asked.groups()) {
            EntityUID parent = uid("Group", group);
            parents.add(parent);
            entities.add(new Entity(parent, Map.of(), Set.of()));
        }
        EntityUID user = uid("User", asked.user());
        entities.add(new Entity(user, Map.of(), parents));
        Map<String, Value> context =
                Map.of(
                        "path", new PrimString(asked.path()),
                        "args", new PrimString(String.join(" ", asked.arguments())));
        Slice slice = new BasicSlice(policies, entities);
        try {
            return engine.isAuthorized(new AuthorizationRequest(user, RUN, HERE, context), slice)
                    .isAllowed();
        } catch (AuthException e) {
            throw new IllegalStateException(e);
        }
    }
}
