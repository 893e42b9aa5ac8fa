package io.kepm.jobs;

import java.time.Instant;
import java.util.Optional;

/** Times by the clock on the wall; pure. */
@FunctionalInterface
interface Timetable {

    /** The first time after an instant; empty when there is none any more. */
    Optional<Instant> after(Instant instant);
}
