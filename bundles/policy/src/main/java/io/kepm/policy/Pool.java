package io.kepm.policy;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes one of equal values while a set is read: the same groups, machines and terms stand in very
 * many policies, and what is shared stays near. For any number of threads.
 */
final class Pool {

    private final Map<Object, Object> values = new ConcurrentHashMap<>();

    /** The first value that was equal to this one. */
    @SuppressWarnings("unchecked") // Equal values here are of one class.
    <T> T one(T value) {
        Object known = values.putIfAbsent(value, value);
        return known == null ? value : (T) known;
    }
}
