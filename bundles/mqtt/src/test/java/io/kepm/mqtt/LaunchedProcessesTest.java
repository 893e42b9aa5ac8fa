package io.kepm.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.linux.FakeSocketOwners;
import io.kepm.api.linux.LaunchOrder;
import io.kepm.api.linux.Launcher;
import io.kepm.api.linux.SocketOwners;
import io.kepm.api.trust.Launches;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LaunchedProcessesTest {

    private static final InetSocketAddress PEER = new InetSocketAddress("127.0.0.1", 40_000);
    private static final InetSocketAddress DOOR = new InetSocketAddress("127.0.0.1", 8_675);

    private final Registry registry = new Registry();
    private final FakeSocketOwners owners = new FakeSocketOwners();
    private final LaunchedProcesses processes =
            new LaunchedProcesses(() -> Optional.of(registry), owners);

    private static Launcher.Identity process(long pid) {
        return new Launcher.Identity((int) pid, 1, 0, 1, 1, "00");
    }

    @Test
    void what_was_launched_stands_as_long_as_that_very_process_runs() {
        registry.running = Optional.of(process(4711));
        assertThat(processes.isRunning("plugin:a", process(4711))).isTrue();
        assertThat(processes.isRunning("plugin:a", process(4712))).isFalse();
        registry.running = Optional.empty();
        assertThat(processes.isRunning("plugin:a", process(4711))).isFalse();
    }

    @Test
    void what_was_lent_inside_stands_until_it_is_given_back_and_for_no_other_process() {
        long own = ProcessHandle.current().pid();
        registry.lent = Optional.of(process(own));
        assertThat(processes.isRunning("plugin:a", process(own))).isTrue();
        assertThat(processes.isRunning("plugin:a", process(own + 1))).isFalse();
        registry.lent = Optional.empty();
        assertThat(processes.isRunning("plugin:a", process(own))).isFalse();
        LaunchedProcesses nobody = new LaunchedProcesses(Optional::empty, owners);
        assertThat(nobody.isRunning("plugin:a", process(own))).isFalse();
    }

    @Test
    void whose_a_connection_is_is_not_known_where_nobody_can_tell() {
        owners.owner = Optional.of(new SocketOwners.Owner(1001, 7));
        owners.subordinate = uid -> uid + 1;
        assertThat(processes.arrival(PEER, DOOR)).isEqualTo(new Arrival(1001, 1002, false, false));
        owners.owner = Optional.empty();
        assertThat(processes.arrival(PEER, DOOR)).isEqualTo(Arrival.NOT_KNOWN);
        owners.broken = true;
        assertThat(processes.arrival(PEER, DOOR)).isEqualTo(Arrival.NOT_KNOWN);
    }

    /** A task of a user is in reach of that user, who must not get round the pace by it. */
    @Test
    void what_was_launched_is_expected_and_only_a_plugin_comes_first() {
        owners.owner = Optional.of(new SocketOwners.Owner(1001, 7));
        registry.reach = Optional.of(Launches.Reach.USER);
        assertThat(processes.arrival(PEER, DOOR)).isEqualTo(new Arrival(1001, 1001, true, false));
        assertThat(processes.arrival(PEER, DOOR).paced()).isEqualTo(1001);
        registry.reach = Optional.of(Launches.Reach.PLUGIN);
        assertThat(processes.arrival(PEER, DOOR)).isEqualTo(new Arrival(1001, 1001, true, true));
        assertThat(processes.arrival(PEER, DOOR).paced()).isZero();
    }

    private static final class Registry implements Launches {
        private Optional<Launcher.Identity> running = Optional.empty();
        private Optional<Launcher.Identity> lent = Optional.empty();
        private Optional<Reach> reach = Optional.empty();

        @Override
        public Optional<Reach> reachOf(SocketOwners.Owner owner) {
            return reach;
        }

        @Override
        public Launcher.Child launch(
                Component component, LaunchOrder order, Launcher.Witness witness) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Verdict identify(
                String clientId, byte[] secret, InetSocketAddress peer, InetSocketAddress door) {
            return new Verdict.Unknown("nobody");
        }

        @Override
        public boolean isLent(String clientId, Launcher.Identity process) {
            return lent.filter(process::equals).isPresent();
        }

        @Override
        public Optional<Launcher.Identity> running(String clientId) {
            return running;
        }
    }
}
