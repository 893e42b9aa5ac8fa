package io.kepm.mqtt;

import io.kepm.api.linux.Launcher;
import io.kepm.api.trust.Launches;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Supplier;

/** Asks the registry of launched processes; without one, nobody is anybody. */
final class LaunchedProcesses implements Authenticator {

    private final Supplier<Optional<Launches>> launches;

    LaunchedProcesses(Supplier<Optional<Launches>> launches) {
        this.launches = launches;
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
        return launches.get()
                .flatMap(present -> present.running(clientId))
                .filter(process::equals)
                .isPresent();
    }
}
