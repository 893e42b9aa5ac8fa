package io.kepm.elevation.recording;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** How many recordings there are of whom, and how large, so that nobody fills the place of all. */
final class RecordingTally {

    private record Share(int count, long bytes) {}

    private final int mostOfOne;
    private final int most;
    private final long mostBytesOfOne;
    private final Map<Long, Share> shares = new HashMap<>();
    private int count;

    RecordingTally(int mostOfOne, int most, long mostBytesOfOne) {
        this.mostOfOne = mostOfOne;
        this.most = most;
        this.mostBytesOfOne = mostBytesOfOne;
    }

    /** Why nothing more of this user is recorded; empty when it can be. */
    synchronized Optional<String> full(long uid) {
        Share share = shares.getOrDefault(uid, new Share(0, 0));
        if (share.count() >= mostOfOne || share.bytes() >= mostBytesOfOne) {
            return Optional.of(
                    "recordings of yours are "
                            + share.count()
                            + " with "
                            + (share.bytes() >> 20)
                            + " MiB: one user has "
                            + mostOfOne
                            + " with "
                            + (mostBytesOfOne >> 20)
                            + " MiB at most (Elevation.RecordingDays)");
        }
        return count >= most
                ? Optional.of("there are " + most + " recordings, which are all there may be")
                : Optional.empty();
    }

    synchronized void add(long uid, long bytes) {
        change(uid, 1, bytes);
    }

    synchronized void grew(long uid, long bytes) {
        change(uid, 0, bytes);
    }

    synchronized void remove(long uid, long bytes) {
        change(uid, -1, -bytes);
    }

    private void change(long uid, int by, long bytes) {
        Share share = shares.getOrDefault(uid, new Share(0, 0));
        count += by;
        shares.put(uid, new Share(share.count() + by, Math.max(0, share.bytes() + bytes)));
        if (shares.get(uid).count() <= 0) {
            shares.remove(uid);
        }
    }
}
