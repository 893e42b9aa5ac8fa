package io.kepm.https;

import io.kepm.api.elevation.RecordedSession;
import io.kepm.api.elevation.SessionRecordings;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One recording in two parts. */
final class FakeRecordings implements SessionRecordings {

    static final String ID = "0193f3a1-0000-7000-8000-0123456789ab";

    boolean isChanged;

    @Override
    public Recording begin(About about) throws IOException {
        throw new IOException("nothing is recorded here");
    }

    @Override
    public List<RecordedSession> list() {
        return List.of(
                new RecordedSession(
                        ID,
                        "r-1",
                        "alice",
                        1001,
                        "root",
                        List.of("id", "-u"),
                        Instant.EPOCH,
                        Optional.of(Instant.EPOCH.plusSeconds(2)),
                        RecordedSession.State.WHOLE,
                        2,
                        300,
                        "ab"));
    }

    @Override
    public Optional<RecordedSession> find(String id) {
        return list().stream().filter(session -> session.id().startsWith(id)).findFirst();
    }

    @Override
    public Part read(RecordedSession session, Place from) throws IOException {
        if (isChanged) {
            throw new IOException("its file is not the one that is on record");
        }
        return from.equals(Place.FIRST)
                ? new Part(
                        List.of(
                                new Event(Duration.ZERO, 'r', "80x24"),
                                new Event(Duration.ofMillis(1), 'o', "0\r\n")),
                        Optional.of(new Place(90, 1)))
                : new Part(List.of(new Event(Duration.ofSeconds(2), 'o', "bye")), Optional.empty());
    }
}
