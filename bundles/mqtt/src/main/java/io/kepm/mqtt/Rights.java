package io.kepm.mqtt;

import java.util.Optional;

/** What one client may say and hear. Safe for use by many threads. */
interface Rights {

    /** Why it may not publish there; empty when it may. */
    Optional<String> publish(Topic topic);

    /** Why it may not subscribe to that; empty when it may. */
    Optional<String> subscribe(TopicFilter filter);
}
