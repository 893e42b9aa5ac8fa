package io.kepm.api.trust;

import io.kepm.api.linux.LaunchOrder;
import io.kepm.api.linux.Launcher;
import io.kepm.api.linux.Origin;
import io.kepm.api.linux.SocketOwners;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The processes the agent launched, and how they prove who they are (trust.md §2). Safe for use by
 * many threads.
 */
@ProviderType
public interface Launches {

    /**
     * Launches a component. Its secret is made now, is known to nobody but this registry and the
     * process, and is told on its standard input once the record is complete.
     *
     * @throws IOException when it could not be launched, or another process has its client id
     */
    default Launcher.Child launch(Component component, LaunchOrder order) throws IOException {
        return launch(component, order, identity -> {});
    }

    /**
     * The same, for whoever has to know the process before anything of the program runs.
     *
     * @param witness hears who it will be; when it fails, the program is not started
     */
    Launcher.Child launch(Component component, LaunchOrder order, Launcher.Witness witness)
            throws IOException;

    /**
     * Judges who claims to be a component over TCP: the secret, the socket's owner, that the socket
     * is among its descriptors, and that its executable is still the one that was launched.
     *
     * @param peer the address of the claimant's socket; of port 0, which no connection has, for a
     *     door that tries out whether it is told no: that is not on record
     * @param door the address of ours
     */
    Verdict identify(
            String clientId, byte[] secret, InetSocketAddress peer, InetSocketAddress door);

    /** The component that a process is, or that started it; empty when it comes from none. */
    default Optional<Component> launched(Origin origin) {
        return Optional.empty();
    }

    /**
     * An identity for what the agent itself does in the name of a component, such as a call of its
     * own API: known like that of a launched process, and good for connections of this very process
     * alone, until it is given back. No process is {@link #launched} by it or {@link #running}.
     *
     * @throws IOException when a process has the client id
     */
    default Errand errand(Component component) throws IOException {
        throw new IOException("nobody here speaks for `" + component.clientId() + "`");
    }

    /** What of a component is running; empty when nothing is, or another program by now. */
    Optional<Launcher.Identity> running(String clientId);

    /**
     * Whether the very {@link #errand} is still done that was once known by that process: one that
     * was given back is over, also when another is done under the same client id by now.
     */
    default boolean isLent(String clientId, Launcher.Identity process) {
        return false;
    }

    /**
     * How far the launched process reaches whose connection that is; empty for any other one, also
     * of a user as whom something that was launched runs. Of such a user it looks now and then
     * only, so that one who connects all the time does not make it look all the time. It tells
     * which connections to make room for, and proves nothing.
     *
     * @param owner as {@link SocketOwners#ownerOf} just said it
     */
    default Optional<Reach> reachOf(SocketOwners.Owner owner) {
        return Optional.empty();
    }

    /**
     * A component that is a process.
     *
     * @param clientId {@code plugin:ID} or {@code job:ID:RUN}
     * @param tier how far its rights go at the API
     * @param topics what it may say and hear at the broker
     * @param speaks whether it gets a launch line at all; else its standard input ends at once
     */
    record Component(String clientId, Reach tier, TopicRights topics, boolean speaks) {}

    /** How far the rights of a component go at the API. */
    enum Reach {
        /** What its user could do on the Unix socket. */
        USER,
        PLUGIN
    }

    /** An identity that is lent; whoever has it gives it back. */
    interface Errand extends AutoCloseable {

        /** The secret itself, not a copy; zeros once it is given back. */
        byte[] secret();

        /** From now on it is nobody's. */
        @Override
        void close();
    }

    /** Whether a claim holds. */
    sealed interface Verdict {
        record Known(Component component, Launcher.Identity process) implements Verdict {}

        /**
         * It does not.
         *
         * @param reason for the audit, never for the claimant
         */
        record Unknown(String reason) implements Verdict {}
    }
}
