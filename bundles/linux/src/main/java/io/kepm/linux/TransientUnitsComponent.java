package io.kepm.linux;

import io.kepm.api.linux.Scopes;
import io.kepm.api.linux.TransientUnits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Units of the service manager, each with our supervisor in it. Owns the thread {@code
 * kepm-units-kept}, which hears how commands end. What runs goes on when this stops.
 */
@Component
public final class TransientUnitsComponent implements TransientUnits {

    private static final int MOST = 4096;
    private static final int MOST_OF_ONE = 64;
    private static final String FULL =
            MOST_OF_ONE + " commands of yours run: wait until one has ended";

    private final Scopes scopes;
    private final Path supervisor;
    private final int[] stopPipe = {-1, -1};
    private final KeptConnections kept;
    private final PlacesByUser places = new PlacesByUser(MOST_OF_ONE);

    @Activate
    public TransientUnitsComponent(@Reference Scopes scopes) throws IOException {
        this(scopes, Path.of(System.getProperty("kepm.libexec", "/usr/libexec/kepm"), "supervise"));
    }

    TransientUnitsComponent(Scopes scopes, Path supervisor) throws IOException {
        this.scopes = scopes;
        this.supervisor = supervisor;
        if (Libc.pipe2(stopPipe, Libc.CLOEXEC) != 0) {
            throw new IOException("no pipe for the ends of commands");
        }
        kept = new KeptConnections("kepm-units", MOST, stopPipe[0]);
    }

    @Deactivate
    void stop() {
        Libc.write(stopPipe[1], new byte[1], 1);
        kept.close();
        Libc.close(stopPipe[0]);
        Libc.close(stopPipe[1]);
    }

    @Override
    public Optional<String> obstacle() {
        if (!ServiceManager.isThere()) {
            return Optional.of("systemd is not the first process of this system");
        }
        return Files.isExecutable(supervisor)
                ? Optional.empty()
                : Optional.of("`" + supervisor + "` is missing: install the package again");
    }

    @Override
    public Optional<String> obstacle(long uid) {
        return places.has(uid) ? obstacle() : Optional.of(FULL);
    }

    @Override
    public Unit start(Order order) throws IOException {
        Optional<String> obstacle = obstacle();
        if (obstacle.isPresent()) {
            throw new IOException(obstacle.get());
        }
        // Who could write to it could run as root: the manager starts it as such.
        String program = supervisor.toString();
        PathWalk.Found found = PathWalk.follow(program);
        if (!found.unsafe().isEmpty()) {
            throw new IOException("`" + program + "`: " + found.unsafe().get(0));
        }
        PlacesByUser.Place place = places.take(order.caller().uid());
        if (!place.isTaken()) {
            throw new IOException(FULL);
        }
        try {
            return SupervisedUnit.start(order, found.realPath(), scopes, kept, place);
        } catch (IOException | RuntimeException | Error e) {
            place.giveBack();
            throw e;
        }
    }
}
