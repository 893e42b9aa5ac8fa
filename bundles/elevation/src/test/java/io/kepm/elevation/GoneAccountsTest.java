package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.elevation.RequestState;
import io.kepm.api.elevation.Requests;
import io.kepm.api.elevation.Requests.Act;
import io.kepm.api.elevation.Requests.Person;
import io.kepm.api.storage.StorageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An account that goes, and one of the same name and number that comes right after it. */
class GoneAccountsTest extends LivingGrant {

    private static final Person ROOT = new Person("root", 0, OptionalLong.of(0), List.of());

    @TempDir Path folder;
    private GoneAccounts accounts;
    private final AtomicInteger soon = new AtomicInteger();

    @BeforeEach
    void watch() {
        accounts =
                new GoneAccounts(grants, ends, world.book(), world.people, soon::incrementAndGet);
    }

    @Test
    void ab_37_what_an_account_was_given_ends_although_one_of_its_name_and_uid_is_there_again()
            throws Exception {
        String id = run(15);
        accounts.look();
        assertThat(world.log.types()).doesNotContain("GRANT_REVOKED");
        accounts.gone("alice", 1001, world.now.plusSeconds(1));
        accounts.look();
        assertThat(last("GRANT_REVOKED").reason()).isEqualTo("its account was deleted");
        assertThat(last("GRANT_REVOKED").details()).containsEntry("grant", id);
        assertThat(world.scopes.asked).last().isEqualTo("end 5s");
        accounts.look();
        assertThat(world.log.types()).filteredOn("GRANT_REVOKED"::equals).hasSize(1);
    }

    @Test
    void ab_37_it_is_looked_at_once_when_somebody_is_gone_and_had_something() throws Exception {
        run(15);
        accounts.gone("bob", 1002, world.now.plusSeconds(1));
        assertThat(soon).hasValue(0);
        accounts.gone("alice", 1001, world.now.plusSeconds(1));
        assertThat(soon).hasValue(1);
    }

    /** Members: another name, another uid, and what the account that came after it was given. */
    @Test
    void ab_37_what_is_of_others_stays() throws Exception {
        String before = run(15);
        accounts.gone("bob", 1001, world.now.plusSeconds(1));
        accounts.gone("alice", 1002, world.now.plusSeconds(1));
        accounts.gone("alice", 1001, world.now);
        accounts.look();
        assertThat(world.log.types()).doesNotContain("GRANT_REVOKED");
        world.pass(Duration.ofSeconds(1));
        String after = run(15);
        accounts.gone("alice", 1001, world.now);
        accounts.look();
        assertThat(grants.find(before).orElseThrow().life().ending().kills()).isTrue();
        assertThat(grants.find(after).orElseThrow().life().ending().kills()).isFalse();
    }

    @Test
    void ab_37_an_end_that_can_not_be_recorded_is_tried_again() throws Exception {
        run(15);
        accounts.gone("alice", 1001, world.now.plusSeconds(1));
        world.log.broken = true;
        assertThatThrownBy(accounts::look).isInstanceOf(StorageException.class);
        assertThat(world.scopes.asked).as("it is ended all the same").last().isEqualTo("end 5s");
        world.log.broken = false;
        accounts.look();
        assertThat(last("GRANT_REVOKED").reason()).isEqualTo("its account was deleted");
    }

    /** Members: one that was approved and not used, one that waits, one that is over already. */
    @Test
    void ab_37_what_an_account_asked_for_is_nothing_to_the_one_that_comes_after_it()
            throws Exception {
        Requests desk = world.desk(folder.resolve("persons.json"));
        world.engine.answers.clear();
        world.engine.answers.add(ApprovalScene.pending(1, 1));
        String over = asked();
        desk.act(over, Act.DENY, ROOT, "", "no");
        String approved = asked();
        desk.act(approved, Act.APPROVE, ROOT, "", "");
        accounts.gone("alice", 1001, world.now.plusSeconds(1));
        accounts.look();
        assertThat(state(over)).isEqualTo(RequestState.DENIED);
        assertThat(state(approved)).isEqualTo(RequestState.REVOKED);
        assertThat(last("REQUEST_STATUS_CHANGED").reason()).isEqualTo("its account was deleted");
        assertThat(ask()).as("the approval is used up").isInstanceOf(LaunchAnswer.Refuse.class);
    }

    /** While no agent ran, or behind a directory: a look alone can say it. */
    @Test
    void ab_37_a_look_finds_requests_of_a_uid_that_is_nobodys_or_somebody_elses() throws Exception {
        world.engine.answers.clear();
        world.engine.answers.add(ApprovalScene.pending(1, 1));
        String first = asked();
        accounts.sweep();
        world.people.hangs = true;
        accounts.sweep();
        assertThat(state(first)).isEqualTo(RequestState.PENDING);
        world.people.hangs = false;
        world.people.uidOwner = "";
        accounts.sweep();
        assertThat(state(first)).isEqualTo(RequestState.REVOKED);
        world.people.uidOwner = "alice";
        String second = asked();
        world.people.uidOwner = "mallory";
        accounts.sweep();
        assertThat(state(second)).isEqualTo(RequestState.REVOKED);
    }

    private String asked() {
        ask();
        return world.book().list(request -> request.state().isOpen()).get(0).id();
    }

    private LaunchAnswer ask() {
        LaunchRequest request = world.sudo(Optional.of("the printer is stuck again"), false, "id");
        return world.launch(grants).decide(request, new FakeWorld.Person());
    }

    private RequestState state(String id) {
        return world.book().find(id).orElseThrow().state();
    }
}
