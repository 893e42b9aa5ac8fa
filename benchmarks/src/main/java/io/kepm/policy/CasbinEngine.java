package io.kepm.policy;

import java.util.List;
import org.casbin.jcasbin.main.Enforcer;
import org.casbin.jcasbin.model.Model;

/** jCasbin: each rule a line, matched by its own glob functions; a deny overrides. */
final class CasbinEngine implements Engine {

    private final Enforcer enforcer;
    private final Object[][] requests;

    CasbinEngine(RuleSet set) {
        Model model = new Model();
        model.addDef("r", "r", "sub, grp, obj, act");
        model.addDef("p", "p", "sub, obj, act, eft");
        model.addDef("e", "e", "some(where (p.eft == allow)) && !some(where (p.eft == deny))");
        model.addDef(
                "m",
                "m",
                "(p.sub == '*' || p.sub == r.sub || p.sub == r.grp)"
                        + " && globMatch(r.obj, p.obj) && keyMatch(r.act, p.act)");
        enforcer = new Enforcer(model);
        enforcer.addPolicies(set.rules().stream().map(CasbinEngine::line).toList());
        requests =
                set.asks().stream()
                        .map(
                                ask ->
                                        new Object[] {
                                            ask.user(),
                                            // It has no lists: the last group is the one that
                                            // counts.
                                            "%" + ask.groups().get(ask.groups().size() - 1),
                                            ask.path(),
                                            String.join(" ", ask.arguments())
                                        })
                        .toArray(Object[][]::new);
    }

    private static List<String> line(RuleSet.Rule rule) {
        String words = String.join(" ", rule.arguments());
        String act = rule.open() ? (words.isEmpty() ? "*" : words + " *") : words;
        return List.of(
                rule.group() ? "%" + rule.user() : rule.user(),
                rule.path(),
                act,
                rule.denies() ? "deny" : "allow");
    }

    @Override
    public boolean allows(int ask) {
        return enforcer.enforce(requests[ask]);
    }
}
