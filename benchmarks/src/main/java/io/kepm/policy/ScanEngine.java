package io.kepm.policy;

import io.kepm.api.policy.EventType;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;

/** Our filters over every policy, without the index, the guards and the reasons. */
final class ScanEngine implements Engine {

    private static final ZonedDateTime AT = ZonedDateTime.parse("2026-11-25T10:00:00+01:00");

    private final List<PolicyDocument> policies;
    private final RuleSet set;

    ScanEngine(RuleSet set) {
        this.set = set;
        policies = KepmEngine.load(set).policies();
    }

    @Override
    public boolean allows(int ask) {
        Facts facts =
                new Facts(
                        RuleSet.request(set.asks().get(ask)),
                        EventType.COMMAND_LINE,
                        AT,
                        "/opt/keeper/sbin");
        boolean allowed = false;
        for (PolicyDocument policy : policies) {
            Optional<Match> match = Matcher.match(policy, facts);
            if (match.isPresent() && match.get().denied()) {
                return false;
            }
            allowed |= match.isPresent();
        }
        return allowed;
    }
}
