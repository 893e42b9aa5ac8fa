package io.kepm.policy;

import java.util.Optional;

/** A folder that something has to lie beneath; a star in it is a star. */
record PathPrefix(PathPattern folder) {

    static Optional<PathPrefix> parse(String text, Place place) {
        return PathPattern.parse(text, false, place).map(PathPrefix::new);
    }

    String text() {
        return folder.text();
    }

    Fit fit(String path, Variables variables) {
        return folder.resolved(variables)
                .map(prefix -> Fit.of(PathText.isBeneath(path, prefix)))
                .orElse(Fit.HOLE);
    }
}
