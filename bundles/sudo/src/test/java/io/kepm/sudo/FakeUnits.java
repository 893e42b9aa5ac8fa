package io.kepm.sudo;

import io.kepm.api.linux.TransientUnits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Units in memory; a test says how their commands end. */
final class FakeUnits implements TransientUnits {

    final List<Order> started = new ArrayList<>();
    final List<Consumer<End>> running = new ArrayList<>();
    Optional<String> fault = Optional.empty();
    boolean isFull;
    boolean mayHaveBegun;
    int cancelled;
    Going going = () -> {};

    /** What happens while a command begins. */
    interface Going {
        void run() throws IOException;
    }

    @Override
    public Optional<String> obstacle() {
        return Optional.empty();
    }

    @Override
    public Optional<String> obstacle(long uid) {
        return isFull ? Optional.of("64 commands of yours run") : Optional.empty();
    }

    @Override
    public Unit start(Order order) throws IOException {
        if (fault.isPresent()) {
            throw new IOException(fault.get());
        }
        started.add(order);
        return new Unit() {
            @Override
            public int pid() {
                return 4242;
            }

            @Override
            public long startTicks() {
                return 1;
            }

            @Override
            public void go(Consumer<End> end) throws IOException {
                going.run();
                running.add(end);
            }

            @Override
            public boolean mayHaveBegun() {
                return mayHaveBegun;
            }

            @Override
            public void cancel() {
                cancelled++;
            }
        };
    }
}
