package io.kepm.mqtt;

import io.kepm.api.linux.Launcher;
import io.kepm.api.linux.SocketOwners;
import io.kepm.api.trust.Launches;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the registry of launched processes; without one, nobody is anybody. */
final class LaunchedProcesses implements Authenticator {

    private static final Logger LOG = LoggerFactory.getLogger(LaunchedProcesses.class);

    private final Supplier<Optional<Launches>> launches;
    private final SocketOwners owners;

    LaunchedProcesses(Supplier<Optional<Launches>> launches, SocketOwners owners) {
        this.launches = launches;
        this.owners = owners;
    }

    @Override
    public Arrival arrival(InetSocketAddress peer, InetSocketAddress door) {
        try {
            return owners.ownerOf(peer, door).map(this::arrival).orElse(Arrival.NOT_KNOWN);
        } catch (IOException e) {
            LOG.debug("the owner of a connection could not be asked for: {}", e.getMessage());
            return Arrival.NOT_KNOWN;
        }
    }

    private Arrival arrival(SocketOwners.Owner owner) {
        Optional<Launches.Reach> reach = launches.get().flatMap(present -> present.reachOf(owner));
        return new Arrival(
                owner.uid(),
                owners.answersFor(owner.uid()),
                reach.isPresent(),
                reach.filter(Launches.Reach.PLUGIN::equals).isPresent());
    }

    @Override
    public Launches.Verdict identify(
            String clientId, byte[] secret, InetSocketAddress peer, InetSocketAddress door) {
        Optional<Launches> present = launches.get();
        return present.isPresent()
                ? present.get().identify(clientId, secret, peer, door)
                : new Launches.Verdict.Unknown("there is no registry of launched processes");
    }

    @Override
    public boolean isRunning(String clientId, Launcher.Identity process) {
        Optional<Launches> present = launches.get();
        if (present.isEmpty()) {
            return false;
        }
        // What was lent inside is of this very process, and of no other lending.
        return present.get()
                .running(clientId)
                .map(process::equals)
                .orElseGet(() -> present.get().isLent(clientId, process));
    }
}
