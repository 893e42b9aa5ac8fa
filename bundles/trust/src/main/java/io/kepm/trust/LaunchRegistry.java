package io.kepm.trust;

import io.kepm.api.linux.LaunchOrder;
import io.kepm.api.linux.Launcher;
import io.kepm.api.linux.Origin;
import io.kepm.api.linux.SocketOwners;
import io.kepm.api.linux.UserPace;
import io.kepm.api.trust.FileTrust;
import io.kepm.api.trust.FileTrust.Violation;
import io.kepm.api.trust.Launches;
import io.kepm.api.trust.WrongProofs;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The launched processes by their client ids. Safe for use by many threads: a launch holds its id
 * from before the process exists, and a record ends with its process.
 */
final class LaunchRegistry implements Launches {

    private static final Logger LOG = LoggerFactory.getLogger(LaunchRegistry.class);
    private static final Pattern CLIENT_ID =
            Pattern.compile("(?:plugin:[A-Za-z0-9._-]{1,100}|job(?::[A-Za-z0-9._-]{1,100}){2})");

    private static final int LOOKS_AT_ONCE = 64;
    private static final Duration LOOK = Duration.ofMillis(50);

    private final Launcher launcher;
    private final SocketOwners owners;
    private final FileTrust files;
    private final Teller teller;
    private final WrongProofs wrong;
    private final Refusals refusals;
    private final SecureRandom random = new SecureRandom();
    private final byte[] nobodys = new LaunchSecret(random).digest();
    private final AtomicLong launches = new AtomicLong();
    private final Map<String, Launched> records = new ConcurrentHashMap<>();

    /** A process may have a thousand descriptors, and whoever it runs as may have it open them. */
    private final UserPace looks =
            new UserPace(LOOKS_AT_ONCE, LOOK, Duration.ZERO, System::nanoTime);

    LaunchRegistry(
            Launcher launcher,
            SocketOwners owners,
            FileTrust files,
            Teller teller,
            WrongProofs wrong,
            Refusals refusals) {
        this.launcher = launcher;
        this.owners = owners;
        this.files = files;
        this.teller = teller;
        this.wrong = wrong;
        this.refusals = refusals;
    }

    /** Where claims that do not hold are put on record. */
    @FunctionalInterface
    interface Refusals {
        /** {@code uid} -1 when nobody knows. */
        void refused(String clientId, long uid, String reason);
    }

    /**
     * A process that runs; without a child, one that is being started, or an errand of the agent's
     * own.
     *
     * @param number of the launch, so that no two are equal
     */
    private record Launched(
            long number,
            Component component,
            Optional<Launcher.Child> child,
            boolean isErrand,
            byte[] digest) {
        /** Whether its secret can be told by somebody. */
        boolean isComplete() {
            return child.isPresent() || isErrand;
        }

        boolean isOver() {
            return child.isPresent() && !child.get().isAlive();
        }
    }

    @Override
    public Launcher.Child launch(Component component, LaunchOrder order, Launcher.Witness witness)
            throws IOException {
        String clientId = checked(component);
        checkExecutable(order);
        Launched starting =
                new Launched(
                        launches.incrementAndGet(), component, Optional.empty(), false, nobodys);
        take(clientId, starting);
        try {
            return started(starting, order, witness);
        } catch (IOException | RuntimeException e) {
            records.remove(clientId, starting);
            throw e;
        }
    }

    private static String checked(Component component) throws IOException {
        String clientId = component.clientId();
        if (!CLIENT_ID.matcher(clientId).matches()) {
            throw new IOException("`" + clientId + "` is no client id of a component");
        }
        return clientId;
    }

    /** The id of a process that is gone is free. */
    private void take(String clientId, Launched starting) throws IOException {
        Launched present =
                records.compute(
                        clientId, (id, now) -> now == null || now.isOver() ? starting : now);
        if (!starting.equals(present)) {
            throw new IOException("another process has the client id `" + clientId + "`");
        }
    }

    @Override
    public Errand errand(Component component) throws IOException {
        String clientId = checked(component);
        LaunchSecret secret = new LaunchSecret(random);
        Launched record =
                new Launched(
                        launches.incrementAndGet(),
                        component,
                        Optional.empty(),
                        true,
                        secret.digest());
        try {
            take(clientId, record);
        } catch (IOException e) {
            secret.close();
            throw e;
        }
        return new Errand() {
            @Override
            public byte[] secret() {
                return secret.text();
            }

            @Override
            public void close() {
                records.remove(clientId, record);
                secret.close();
            }
        };
    }

    private void checkExecutable(LaunchOrder order) throws IOException {
        List<Violation> violations = files.check(order.executable());
        if (!violations.isEmpty()) {
            throw new IOException(
                    violations.get(0).detail() + ": repair it with " + violations.get(0).repair());
        }
        if (!Files.isRegularFile(order.executable().toRealPath(), LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("`" + order.executable() + "` is not a regular file");
        }
    }

    private Launcher.Child started(Launched starting, LaunchOrder order, Launcher.Witness witness)
            throws IOException {
        Component component = starting.component();
        String clientId = component.clientId();
        Launcher.Child child = launcher.launch(order, witness);
        LaunchSecret secret = new LaunchSecret(random);
        Launched record =
                new Launched(
                        starting.number(), component, Optional.of(child), false, secret.digest());
        records.put(clientId, record);
        var unused = child.exit().whenComplete((code, fault) -> records.remove(clientId, record));
        // INVARIANT: the secret leaves only when the record that judges it is complete.
        if (component.speaks()) {
            teller.tell(clientId, child, secret);
        } else {
            secret.close();
            child.tell(new byte[0]);
        }
        return child;
    }

    @Override
    public Verdict identify(
            String clientId, byte[] secret, InetSocketAddress peer, InetSocketAddress door) {
        if (peer.getPort() == 0) {
            return new Verdict.Unknown("port 0 is no connection");
        }
        byte[] claimed = LaunchSecret.digest(secret);
        Optional<SocketOwners.Owner> owner = ownerOf(peer, door);
        if (owner.isEmpty()) {
            return unknown(clientId, -1, "its connection has no owner any more");
        }
        long uid = owner.get().uid();
        Optional<Launched> found = Optional.ofNullable(records.get(clientId));
        boolean same = MessageDigest.isEqual(found.map(Launched::digest).orElse(nobodys), claimed);
        if (found.isEmpty() || !found.get().isComplete() || !same) {
            // Whoever is right is heard all the same: an account may have several components, and
            // a secret of 256 bits is not guessed.
            if (wrong.isLocked(uid)) {
                return unknown(
                        clientId, uid, "too many wrong secrets of this user: locked for a minute");
            }
            wrong.wrong(uid);
            return unknown(
                    clientId,
                    uid,
                    found.isEmpty() ? "no such component is running" : "wrong secret");
        }
        Optional<Launcher.Child> child = found.get().child();
        Optional<String> doubt =
                child.isPresent() ? doubt(child.get(), owner.get()) : doubt(owner.get());
        if (doubt.isPresent()) {
            return unknown(clientId, uid, doubt.get());
        }
        return new Verdict.Known(
                found.get().component(),
                child.map(Launcher.Child::identity).orElseGet(() -> ourselves(found.get(), uid)));
    }

    /** Why an errand of the agent's is not claimed by the agent. */
    private Optional<String> doubt(SocketOwners.Owner owner) {
        if (owners.isOurs(owner)) {
            return Optional.empty();
        }
        wrong.wrong(owner.uid());
        return Optional.of("right secret, but the connection is not of the agent itself");
    }

    /**
     * As a process; what it runs is judged by the guard, and never compared. In place of the start,
     * which is below zero for no process, is the number of the errand: with it one that was given
     * back is no other one.
     */
    private static Launcher.Identity ourselves(Launched errand, long uid) {
        return new Launcher.Identity(
                (int) ProcessHandle.current().pid(), -errand.number(), uid, 0, 0, "");
    }

    /** Why the process that was launched is not the one that claims it; the secret was right. */
    private Optional<String> doubt(Launcher.Child child, SocketOwners.Owner owner) {
        Launcher.Identity identity = child.identity();
        if (owner.uid() != identity.uid()) {
            wrong.wrong(owner.uid());
            return Optional.of(
                    "right secret, but of user " + identity.uid() + ", and the connection is not");
        }
        if (!child.isAlive()) {
            return Optional.of("right secret, but its process has ended");
        }
        if (!child.holds(owner.inode())) {
            return Optional.of(
                    "right secret, but the connection is not of process " + identity.pid());
        }
        if (!child.isUnchanged()) {
            return Optional.of(
                    "right secret, but process " + identity.pid() + " runs another program now");
        }
        return Optional.empty();
    }

    private Optional<SocketOwners.Owner> ownerOf(InetSocketAddress peer, InetSocketAddress door) {
        try {
            return owners.ownerOf(peer, door);
        } catch (IOException e) {
            LOG.warn("the owner of a connection could not be asked for: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private Verdict unknown(String clientId, long uid, String reason) {
        refusals.refused(clientId, uid, reason);
        return new Verdict.Unknown(reason);
    }

    @Override
    public Optional<Component> launched(Origin origin) {
        return records.values().stream()
                .filter(record -> record.child().filter(child -> isOf(origin, child)).isPresent())
                .map(Launched::component)
                .findFirst();
    }

    private static boolean isOf(Origin origin, Launcher.Child child) {
        Launcher.Identity identity = child.identity();
        return origin.line().contains(new Origin.Step(identity.pid(), identity.startTicks()));
    }

    @Override
    public boolean isLent(String clientId, Launcher.Identity process) {
        return Optional.ofNullable(records.get(clientId))
                .filter(Launched::isErrand)
                .filter(errand -> ourselves(errand, process.uid()).equals(process))
                .isPresent();
    }

    @Override
    public Optional<Reach> reachOf(SocketOwners.Owner owner) {
        List<Launched> possible =
                records.values().stream()
                        .filter(record -> record.child().filter(c -> isOf(owner, c)).isPresent())
                        .toList();
        if (possible.isEmpty() || looks.begin(owner.uid()).orElse(1) > 0) {
            return Optional.empty();
        }
        return possible.stream()
                .filter(record -> record.child().filter(c -> c.holds(owner.inode())).isPresent())
                .map(record -> record.component().tier())
                .max(Comparator.naturalOrder());
    }

    private static boolean isOf(SocketOwners.Owner owner, Launcher.Child child) {
        return child.identity().uid() == owner.uid() && child.isAlive();
    }

    @Override
    public Optional<Launcher.Identity> running(String clientId) {
        return Optional.ofNullable(records.get(clientId))
                .flatMap(Launched::child)
                .filter(child -> child.isAlive() && child.isUnchanged())
                .map(Launcher.Child::identity);
    }
}
