package io.kepm.sudo;

import io.kepm.api.elevation.RecordedSession;
import io.kepm.api.elevation.SessionRecordings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Recordings that are only counted. */
final class FakeRecordings implements SessionRecordings {

    final List<About> begun = new ArrayList<>();
    int over;
    int running;
    int never;
    int unsure;
    Optional<String> fault = Optional.empty();

    @Override
    public Recording begin(About about) throws IOException {
        if (fault.isPresent()) {
            throw new IOException(fault.get());
        }
        begun.add(about);
        return new Recording() {
            @Override
            public void take(char kind, Duration since, byte[] bytes) {}

            @Override
            public void pause() {}

            @Override
            public void over() {
                over++;
            }

            @Override
            public void begun() {
                running++;
            }

            @Override
            public void neverBegun() {
                never++;
            }

            @Override
            public void mayHaveBegun() {
                unsure++;
            }
        };
    }

    @Override
    public List<RecordedSession> list() {
        return List.of();
    }

    @Override
    public Optional<RecordedSession> find(String id) {
        return Optional.empty();
    }

    @Override
    public Part read(RecordedSession session, Place from) throws IOException {
        throw new IOException("none is kept");
    }
}
