package io.kepm.policy;

import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Choices for random tests. */
record Chance(Random random) {

    String any(String... of) {
        return of[random.nextInt(of.length)];
    }

    boolean oneIn(int count) {
        return random.nextInt(count) == 0;
    }

    /** One entry at least, joined with commas. */
    String list(int most, Supplier<String> entry) {
        return IntStream.range(0, 1 + random.nextInt(most))
                .mapToObj(i -> entry.get())
                .collect(Collectors.joining(","));
    }

    /** The same, each in single quotes. */
    String texts(int most, Supplier<String> entry) {
        return list(most, () -> "'" + entry.get() + "'");
    }
}
