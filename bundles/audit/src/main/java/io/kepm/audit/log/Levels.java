package io.kepm.audit.log;

import io.kepm.api.log.LogLevel;
import io.kepm.api.log.LogLevels;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * The levels in force, each for a component and all below it. A component of ours is known by its
 * short name: {@code policy} is {@code io.kepm.policy}. Reading is one look at an immutable map;
 * changing is for one thread at a time.
 */
final class Levels implements LogLevels {

    /** What the names of our own loggers begin with. */
    static final String OURS = "io.kepm.";

    private static final String ALL_OF_OURS = "io.kepm";
    private static final int MOST = 100;
    private static final Pattern NAME =
            Pattern.compile("[A-Za-z][\\w-]{0,63}(\\.[\\w-]{1,63}){0,9}");

    private final Consumer<SortedMap<String, LogLevel>> changed;
    private volatile SortedMap<String, LogLevel> levels;

    /**
     * @param changed hears every new state
     */
    Levels(LogLevel byDefault, Consumer<SortedMap<String, LogLevel>> changed) {
        this.changed = changed;
        levels = Collections.unmodifiableSortedMap(new TreeMap<>(Map.of(DEFAULT, byDefault)));
    }

    @Override
    public SortedMap<String, LogLevel> levels() {
        return levels;
    }

    @Override
    public LogLevel level(String component) {
        SortedMap<String, LogLevel> now = levels;
        String name = shortName(component);
        while (!name.isEmpty()) {
            LogLevel level = now.get(name);
            if (level != null) {
                return level;
            }
            name = name.substring(0, Math.max(0, name.lastIndexOf('.')));
        }
        return now.getOrDefault(DEFAULT, LogLevel.WARNING);
    }

    @Override
    public synchronized void set(String component, LogLevel level) {
        String name = shortName(component);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "no component has the name `"
                            + component
                            + "`: letters, digits and dots are"
                            + " allowed");
        }
        TreeMap<String, LogLevel> next = new TreeMap<>(levels);
        next.put(name, level);
        if (next.size() > MOST) {
            throw new IllegalArgumentException(
                    MOST + " components have a level of their own already");
        }
        levels = Collections.unmodifiableSortedMap(next);
        changed.accept(levels);
    }

    private static String shortName(String component) {
        if (component.equals(ALL_OF_OURS)) {
            return DEFAULT;
        }
        return component.startsWith(OURS) ? component.substring(OURS.length()) : component;
    }
}
