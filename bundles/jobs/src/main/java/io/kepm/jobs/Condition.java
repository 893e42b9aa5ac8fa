package io.kepm.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/** What has to hold for a job or a task to run, judged by the context of the run. */
sealed interface Condition {

    boolean holds(Context context);

    /** A number that is one: {@code 1e999} is beyond what is compared. */
    static Optional<BigDecimal> number(JsonNode node) {
        boolean endless = node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue());
        return node.isNumber() && !endless ? Optional.of(node.decimalValue()) : Optional.empty();
    }

    /** Every one of them; of none it holds. */
    record All(List<Condition> parts) implements Condition {
        public All {
            parts = List.copyOf(parts);
        }

        @Override
        public boolean holds(Context context) {
            return parts.stream().allMatch(part -> part.holds(context));
        }
    }

    /** At least one of them; of none it does not hold. */
    record Any(List<Condition> parts) implements Condition {
        public Any {
            parts = List.copyOf(parts);
        }

        @Override
        public boolean holds(Context context) {
            return parts.stream().anyMatch(part -> part.holds(context));
        }
    }

    record Not(Condition part) implements Condition {
        @Override
        public boolean holds(Context context) {
            return !part.holds(context);
        }
    }

    record Exists(String path, boolean wanted) implements Condition {
        @Override
        public boolean holds(Context context) {
            return context.find(path).isPresent() == wanted;
        }
    }

    /** The value is one of these; text and number are never the same. */
    record In(String path, List<JsonNode> values) implements Condition {
        public In {
            values = List.copyOf(values);
        }

        @Override
        public boolean holds(Context context) {
            return context.find(path)
                    .filter(found -> values.stream().anyMatch(one -> same(one, found)))
                    .isPresent();
        }

        private static boolean same(JsonNode a, JsonNode b) {
            Optional<BigDecimal> one = number(a);
            Optional<BigDecimal> other = number(b);
            return (one.isPresent() && other.isPresent())
                    ? one.get().compareTo(other.get()) == 0
                    : a.equals(b);
        }
    }

    /** The whole text fits the expression (RE2, linear time). */
    record Matches(String path, Pattern pattern) implements Condition {
        @Override
        public boolean holds(Context context) {
            Optional<JsonNode> found = context.find(path).filter(JsonNode::isValueNode);
            return found.isPresent() && pattern.matches(found.get().asText());
        }
    }

    record GreaterThan(String path, BigDecimal bound) implements Condition {
        @Override
        public boolean holds(Context context) {
            return context.find(path)
                    .flatMap(Condition::number)
                    .filter(found -> found.compareTo(bound) > 0)
                    .isPresent();
        }
    }
}
