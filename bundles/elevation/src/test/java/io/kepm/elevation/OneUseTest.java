package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.elevation.Requests;
import io.kepm.api.elevation.Requests.Act;
import io.kepm.api.elevation.Requests.Outcome;
import io.kepm.api.elevation.Requests.Person;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many who use an approval of one use at once. The profile {@code long} has 10,000 races. */
class OneUseTest {

    private static final int RACES = Integer.getInteger("kepm.races", 200);
    private static final int RACERS = 8;

    /**
     * Races whose requests are kept at once: a book holds 10,000, and a race makes eight at most.
     */
    private static final int BATCH = 500;

    private static final Person ALICE = new Person("alice", 1001, OptionalLong.of(1001), List.of());
    private static final Person ROOT = new Person("root", 0, OptionalLong.of(0), List.of());

    @TempDir Path folder;
    private final FakeWorld world = new FakeWorld();
    private Grants grants;
    private Launch launch;
    private Requests desk;

    @BeforeEach
    void oneUse() throws Exception {
        grants = world.grants();
        launch = world.launch(grants);
        desk = world.desk(folder.resolve("persons.json"));
        world.engine.answers.add(ApprovalScene.pending(1, 1));
    }

    @Test
    void ab_100_of_many_who_use_one_approval_at_once_exactly_one_wins() throws Exception {
        ExecutorService racers = Executors.newFixedThreadPool(RACERS);
        try {
            for (int round = 1; round <= RACES; round++) {
                assertThat(race(racers)).as("winners of round %s", round).isEqualTo(1);
                if (round % BATCH == 0) {
                    forget();
                }
            }
        } finally {
            racers.shutdownNow();
        }
        assertThat(grants.list()).hasSize(RACES);
    }

    private int race(ExecutorService racers) throws Exception {
        ask();
        act(Act.APPROVE, ROOT);
        CyclicBarrier start = new CyclicBarrier(RACERS);
        Callable<LaunchAnswer> use =
                () -> {
                    start.await();
                    return ask();
                };
        int won = 0;
        for (Future<LaunchAnswer> answer : racers.invokeAll(Collections.nCopies(RACERS, use))) {
            won += answer.get() instanceof LaunchAnswer.Run ? 1 : 0;
        }
        // Who was too late has asked for another approval.
        act(Act.WITHDRAW, ALICE);
        return won;
    }

    private LaunchAnswer ask() {
        LaunchRequest request = world.sudo(Optional.of("the printer is stuck again"), false, "id");
        return launch.decide(request, new FakeWorld.Person());
    }

    private void act(Act act, Person who) throws Exception {
        for (StoredRequest open : world.book().list(request -> request.state().isOpen())) {
            assertThat(desk.act(open.id(), act, who, "", "")).isInstanceOf(Outcome.Done.class);
        }
    }

    /** What is over for 30 days is kept no longer. */
    private void forget() throws Exception {
        world.now = world.now.plus(Duration.ofDays(62));
        world.book().reconcile();
        assertThat(world.book().list(request -> true)).isEmpty();
        world.log.drafts.clear();
        world.engine.asked.clear();
    }
}
