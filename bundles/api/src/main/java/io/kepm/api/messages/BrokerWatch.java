package io.kepm.api.messages;

import java.time.Instant;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What can be seen of the broker from outside; registered by it, as health checks are, for whoever
 * shows it. Never blocks.
 */
@ProviderType
public interface BrokerWatch {

    /** What was denied, newest first; the oldest are forgotten. */
    List<Denial> denials();

    /** Who is connected now, in order of their ids. */
    List<Client> clients();

    /**
     * Something a client was not allowed to do, as often as it tried in a row.
     *
     * @param last when it happened last
     * @param client the client id as it was claimed, cut; text from outside
     * @param kind a word of a closed set: {@code connect}, {@code publish}, {@code subscribe}, …
     * @param what the topic, the filter, or empty; cut; text from outside
     */
    record Denial(
            Instant first,
            Instant last,
            String client,
            String kind,
            String what,
            String reason,
            long count) {}

    /**
     * A connected client.
     *
     * @param subscriptions the filters it subscribed to, sorted
     * @param published messages taken from it
     * @param delivered messages handed to it
     * @param outstanding messages handed to it that are not yet written or acknowledged
     */
    record Client(
            String id,
            int pid,
            long uid,
            Instant since,
            List<String> subscriptions,
            long published,
            long delivered,
            int outstanding,
            long outstandingBytes,
            long denials) {
        public Client {
            subscriptions = List.copyOf(subscriptions);
        }
    }
}
