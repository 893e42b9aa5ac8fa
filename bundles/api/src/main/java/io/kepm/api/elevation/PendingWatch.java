package io.kepm.api.elevation;

import java.util.List;
import java.util.OptionalInt;
import org.osgi.annotation.versioning.ConsumerType;

/** Hears of every decision that waits for somebody; registered as a service. */
@ConsumerType
public interface PendingWatch {

    /** Called when it begins to wait, on the thread of the request: it has to return at once. */
    void pending(Waiting waiting);

    /**
     * What waits. What looks like a secret in the vector is hidden.
     *
     * @param controls what has to be met, such as {@code MFA}, {@code APPROVAL}
     * @param policies ids and versions of the policies that ask for it
     * @param risk the highest that they state, 0 to 100; empty when they state none
     */
    record Waiting(
            String requestId,
            String type,
            String user,
            long uid,
            String path,
            List<String> argv,
            String runAs,
            String reason,
            List<String> controls,
            List<String> policies,
            OptionalInt risk) {
        public Waiting {
            argv = List.copyOf(io.kepm.api.audit.Secrets.hiddenInArgv(argv));
            controls = List.copyOf(controls);
            policies = List.copyOf(policies);
        }
    }
}
