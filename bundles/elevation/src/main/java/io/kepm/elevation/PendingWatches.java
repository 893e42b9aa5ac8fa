package io.kepm.elevation;

import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.elevation.PendingWatch;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.Reason;
import io.kepm.elevation.Controls.Asked;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who hears that a decision waits. A watch that fails is no fault of the decision's. */
final class PendingWatches {

    private static final Logger LOG = LoggerFactory.getLogger(PendingWatches.class);

    private final List<PendingWatch> watches = new CopyOnWriteArrayList<>();

    void add(PendingWatch watch) {
        watches.add(watch);
    }

    void remove(PendingWatch watch) {
        watches.remove(watch);
    }

    void tell(Asked asked, Decision.Pending pending, String reason) {
        if (watches.isEmpty()) {
            return;
        }
        LaunchRequest launch = asked.launch();
        PendingWatch.Waiting waiting =
                new PendingWatch.Waiting(
                        asked.records().requestId(),
                        asked.question().request().eventType(),
                        launch.user(),
                        launch.uid(),
                        launch.path(),
                        launch.argv(),
                        launch.runAs(),
                        reason,
                        pending.controls().stream().map(Enum::name).toList(),
                        Controls.policies(pending),
                        Reason.risk(pending.reasons()));
        for (PendingWatch watch : watches) {
            try {
                watch.pending(waiting);
            } catch (RuntimeException e) {
                LOG.error("that request {} waits was not told", waiting.requestId(), e);
            }
        }
    }
}
