package io.kepm.api.trust;

import io.kepm.api.linux.FakeLauncher;
import io.kepm.api.linux.LaunchOrder;
import io.kepm.api.linux.Launcher;
import io.kepm.api.linux.Origin;
import io.kepm.api.linux.SocketOwners;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Launches nothing; a component is known by {@link #secretOf}, whoever says it. */
public final class FakeLaunches implements Launches {

    public final FakeLauncher launcher = new FakeLauncher();

    /** Client ids of claims that did not hold. */
    public final List<String> refused = new CopyOnWriteArrayList<>();

    /** What was lent of identities, and given back, in order. */
    public final List<String> errands = new CopyOnWriteArrayList<>();

    /** How far the launched processes reach whose connections these are. */
    public final Map<SocketOwners.Owner, Reach> reaches = new ConcurrentHashMap<>();

    /** What every process comes from; empty for nothing that was launched. */
    public volatile Optional<Component> origin = Optional.empty();

    private final Map<String, Running> running = new ConcurrentHashMap<>();

    private record Running(Component component, Launcher.Child child) {}

    @Override
    public Launcher.Child launch(Component component, LaunchOrder order, Launcher.Witness witness)
            throws IOException {
        if (running(component.clientId()).isPresent()) {
            throw new IOException("another process has its client id");
        }
        Launcher.Child child = launcher.launch(order, witness);
        running.put(component.clientId(), new Running(component, child));
        child.tell(new byte[0]);
        return child;
    }

    public static byte[] secretOf(String clientId) {
        return ("secret-of-" + clientId.replace(':', '-')).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Errand errand(Component component) {
        String clientId = component.clientId();
        errands.add(clientId + " " + component.tier() + " " + component.topics().publish());
        return new Errand() {
            @Override
            public byte[] secret() {
                return secretOf(clientId);
            }

            @Override
            public void close() {
                errands.add(clientId + " is over");
            }
        };
    }

    @Override
    public Verdict identify(
            String clientId, byte[] secret, InetSocketAddress peer, InetSocketAddress door) {
        Running found = running.get(clientId);
        if (found == null
                || !found.child().isAlive()
                || !java.security.MessageDigest.isEqual(secretOf(clientId), secret)) {
            refused.add(clientId);
            return new Verdict.Unknown("wrong secret");
        }
        return new Verdict.Known(found.component(), found.child().identity());
    }

    @Override
    public Optional<Reach> reachOf(SocketOwners.Owner owner) {
        return Optional.ofNullable(reaches.get(owner));
    }

    @Override
    public Optional<Component> launched(Origin process) {
        return origin;
    }

    @Override
    public Optional<Launcher.Identity> running(String clientId) {
        return Optional.ofNullable(running.get(clientId))
                .map(Running::child)
                .filter(Launcher.Child::isAlive)
                .map(Launcher.Child::identity);
    }

    /** The component that was launched last under an id. */
    public Optional<Component> component(String clientId) {
        return Optional.ofNullable(running.get(clientId)).map(Running::component);
    }
}
