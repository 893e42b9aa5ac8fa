package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.elevation.RequestState;
import io.kepm.api.elevation.Requests.Act;
import io.kepm.api.elevation.Requests.Person;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.StoreCare;
import io.kepm.api.storage.Table;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests after a restart: of the agent, and of a store that was put back to a former state. */
class ReturnTest {

    private static final Person ROOT = new Person("root", 0, OptionalLong.of(0), List.of("root"));

    @TempDir Path folder;
    private final FakeWorld world = new FakeWorld();
    private Grants grants;

    @BeforeEach
    void prepare() throws Exception {
        grants = world.grants();
        world.engine.answers.add(ApprovalScene.pending(1, 1));
    }

    @Test
    void who_waits_is_told_the_request_and_goes_on_waiting_for_it_at_the_next_agent()
            throws Exception {
        world.person.onceTold = () -> world.person.there = false;
        decide("");
        String id = only().id();
        assertThat(world.person.about).isEqualTo(id);
        world.restart();
        world.person.there = true;
        world.person.onceTold = () -> act(id, Act.APPROVE);
        assertThat(decide(id)).isInstanceOf(LaunchAnswer.Run.class);
        assertThat(only().state()).isEqualTo(RequestState.USED);
    }

    @Test
    void a_request_that_was_decided_meanwhile_is_answered_and_not_made_once_more() {
        ask("");
        String id = only().id();
        act(id, Act.DENY);
        assertThat(refused(ask(id))).contains("is denied by root");
        assertThat(only().id()).isEqualTo(id);
        assertThat(refused(ask(""))).as("who asks anew").contains("waits for it");
        assertThat(world.book().list(r -> true)).hasSize(2);
    }

    @Test
    void ab_94_the_id_of_another_request_is_no_way_to_its_approval() {
        ask("");
        String id = only().id();
        act(id, Act.APPROVE);
        LaunchRequest other = of(world.sudo(Optional.of("a good reason"), false, "env"), id);
        assertThat(refused(world.launch(grants).decide(other, world.person)))
                .contains("waits for it");
        assertThat(world.book().list(r -> r.state() == RequestState.APPROVED)).hasSize(1);
    }

    @Test
    void ab_94_a_restored_backup_brings_no_used_approval_back_to_life() throws Exception {
        ask("");
        act(only().id(), Act.APPROVE);
        var backup = new java.util.TreeMap<>(world.log.others);
        assertThat(ask("")).isInstanceOf(LaunchAnswer.Run.class);
        world.log.others.clear();
        world.log.others.putAll(backup);
        world.log.commit(
                new Change(
                        List.of(
                                new Mutation.Put(
                                        Table.AGENT_STATE, StoreCare.RESTORED, new byte[] {'1'})),
                        List.of()));
        world.restart();
        world.book().revokeAfterRestore(world.log);
        assertThat(only().state()).isEqualTo(RequestState.REVOKED);
        assertThat(refused(ask(""))).contains("waits for it");
        AuditDraft record =
                world.log.drafts.stream()
                        .filter(draft -> draft.reason().contains("restored"))
                        .findFirst()
                        .orElseThrow();
        assertThat(record.details()).containsEntry("from", "Approved");
        // Once: what is made from then on stays.
        world.book().revokeAfterRestore(world.log);
        assertThat(world.book().list(r -> r.state() == RequestState.PENDING)).hasSize(1);
    }

    private LaunchAnswer decide(String id) {
        return world.launch(grants)
                .decide(of(world.sudo(Optional.of("a good reason"), true, "id"), id), world.person);
    }

    /** Without waiting. */
    private LaunchAnswer ask(String id) {
        return world.launch(grants)
                .decide(
                        of(world.sudo(Optional.of("a good reason"), false, "id"), id),
                        world.person);
    }

    private static LaunchRequest of(LaunchRequest request, String id) {
        return request.like().requestId(id).build();
    }

    private void act(String id, Act act) {
        try {
            world.desk(folder.resolve("persons.json")).act(id, act, ROOT, "", "");
        } catch (io.kepm.api.storage.StorageException e) {
            throw new AssertionError(e);
        }
    }

    private StoredRequest only() {
        List<StoredRequest> all = world.book().list(r -> true);
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    private static String refused(LaunchAnswer answer) {
        return ((LaunchAnswer.Refuse) answer).message();
    }
}
