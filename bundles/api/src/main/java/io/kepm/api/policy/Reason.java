package io.kepm.api.policy;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One reason of a decision.
 *
 * @param code a constant that programs can compare: {@code policy}, {@code unmatched}, {@code
 *     guard:malformed}, {@code guard:unsafe-target}, {@code guard:setuid-target}, {@code
 *     guard:protected}, {@code not-governed}, {@code engine:unavailable}
 * @param says for a person, lower case, no full stop: a sentence, or what the policy does
 * @param policy the deciding policy, when there is one
 * @param filters the verdict of each of its filters; not to be changed, and maybe only found out
 *     when it is read
 * @param forUser whether the asker may see it (policy.md §4: its user and machine filters match)
 * @param risk 0 to 100, as the policy states it; empty when it states none
 */
public record Reason(
        String code,
        String says,
        Optional<PolicyRef> policy,
        List<FilterVerdict> filters,
        boolean forUser,
        OptionalInt risk) {

    public static final String POLICY = "policy";
    public static final String UNMATCHED = "unmatched";
    public static final String NOT_GOVERNED = "not-governed";
    public static final String GUARD_PREFIX = "guard:";

    /** Beside a guard that decides: a policy that did not decide would have asked for controls. */
    public static final String BESIDE = "beside";

    /** Without a word about risk. */
    public Reason(
            String code,
            String says,
            Optional<PolicyRef> policy,
            List<FilterVerdict> filters,
            boolean forUser) {
        this(code, says, policy, filters, forUser, OptionalInt.empty());
    }

    /** The highest risk that any of them states. */
    public static OptionalInt risk(List<Reason> reasons) {
        return reasons.stream().flatMapToInt(reason -> reason.risk().stream()).max();
    }

    /** A reason that stands by itself, without a policy. */
    public static Reason of(String code, String text) {
        return new Reason(code, text, Optional.empty(), List.of(), true);
    }

    /** One sentence for a person, lower case, no full stop; put together only when it is read. */
    public String text() {
        return policy.map(
                        p ->
                                "policy `"
                                        + p.name()
                                        + "` ("
                                        + p.id()
                                        + ", version "
                                        + p.version()
                                        + ") "
                                        + says)
                .orElse(says);
    }

    /** Whether a guard, not a policy, gave it. */
    public boolean isGuard() {
        return code.startsWith(GUARD_PREFIX);
    }

    /** What one filter of a policy said, and what it compared. */
    public record FilterVerdict(String filter, boolean matched, String detail) {}
}
