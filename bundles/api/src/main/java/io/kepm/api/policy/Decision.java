package io.kepm.api.policy;

import java.util.List;

/** The answer of policy to one {@link EvaluationRequest}; it carries its reasons and conditions. */
public sealed interface Decision {

    /** Why, the deciding ones first; never empty. */
    List<Reason> reasons();

    /** {@code ALLOW}, {@code PENDING}, {@code DENY} or {@code NOT_GOVERNED}. */
    String outcome();

    /** The number of the outcome in records ({@code policy_evaluation_status}). */
    int status();

    /** The command may run, under exactly these conditions. */
    record Allow(Conditions conditions, List<Reason> reasons) implements Decision {
        public Allow {
            reasons = List.copyOf(reasons);
        }

        @Override
        public String outcome() {
            return "ALLOW";
        }

        @Override
        public int status() {
            return 1;
        }
    }

    /** It becomes an allow under these conditions once every control, in order, is met. */
    record Pending(List<Control> controls, Conditions conditions, List<Reason> reasons)
            implements Decision {
        public Pending {
            controls = List.copyOf(controls);
            reasons = List.copyOf(reasons);
        }

        @Override
        public String outcome() {
            return "PENDING";
        }

        @Override
        public int status() {
            return 5;
        }
    }

    /** It must not run. */
    record Deny(List<Reason> reasons) implements Decision {
        public Deny {
            reasons = List.copyOf(reasons);
        }

        @Override
        public String outcome() {
            return "DENY";
        }

        @Override
        public int status() {
            return 2;
        }
    }

    /** Policy says nothing about it; by itself never a right. */
    record NotGoverned(List<Reason> reasons) implements Decision {
        public NotGoverned {
            reasons = List.copyOf(reasons);
        }

        @Override
        public String outcome() {
            return "NOT_GOVERNED";
        }

        @Override
        public int status() {
            return 6;
        }
    }
}
