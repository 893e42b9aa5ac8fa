package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.elevation.AccessRequest;
import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.elevation.Requests;
import io.kepm.api.elevation.Requests.Act;
import io.kepm.api.elevation.Requests.Outcome;
import io.kepm.api.elevation.Requests.Person;
import io.kepm.api.policy.Conditions;
import io.kepm.api.policy.Control;
import io.kepm.api.policy.Decision;
import io.kepm.api.policy.PolicyRef;
import io.kepm.api.policy.Reason;
import io.kepm.api.storage.StorageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Two approvers with codes, a desk, and a policy that asks for one of them. */
abstract class ApprovalScene {

    static final Person BOB = person("bob", 1002, "helpdesk");
    static final Person CAROL = person("carol", 1003, "helpdesk");
    static final Person ROOT = person("root", 0);

    @TempDir Path folder;
    final FakeWorld world = new FakeWorld();
    final TestApp bob = new TestApp(world);
    final TestApp carol = new TestApp(world);
    Grants grants;
    Requests desk;

    static Person person(String user, long uid, String... groups) {
        return new Person(user, uid, OptionalLong.of(uid), List.of(groups));
    }

    @BeforeEach
    void enrolApprovers() throws Exception {
        bob.enrol("bob", 1002);
        carol.enrol("carol", 1003);
        grants = world.grants();
        desk = world.desk(folder.resolve("persons.json"));
        world.engine.answers.add(pending(1, 1));
        world.log.drafts.clear();
    }

    LaunchAnswer sudo(String... argv) {
        return ask(true, argv);
    }

    LaunchAnswer ask(boolean canPrompt, String... argv) {
        return world.launch(grants).decide(request(canPrompt, argv), world.person);
    }

    LaunchRequest request(boolean canPrompt, String... argv) {
        return world.sudo(Optional.of("the printer is stuck again"), canPrompt, argv);
    }

    static String refused(LaunchAnswer answer) {
        return ((LaunchAnswer.Refuse) answer).message();
    }

    AccessRequest only() {
        List<StoredRequest> all = world.book().list(request -> true);
        assertThat(all).hasSize(1);
        return all.get(0).shown();
    }

    void later(Duration by) {
        world.pass(by);
        try {
            world.book().reconcile();
        } catch (StorageException e) {
            throw new AssertionError(e);
        }
    }

    Outcome act(Act act, Person who, TestApp app) {
        List<StoredRequest> open = world.book().list(request -> !request.state().isFinal());
        String id = open.isEmpty() ? world.book().list(r -> true).get(0).id() : open.get(0).id();
        return desk(id, act, who, app);
    }

    Outcome desk(String id, Act act, Person who, TestApp app) {
        return desk(id, act, who, who.uid() == 0 ? () -> "" : app::code);
    }

    Outcome desk(String id, Act act, Person who, java.util.function.Supplier<String> code) {
        try {
            return desk.act(id, act, who, code.get(), "");
        } catch (StorageException e) {
            throw new AssertionError(e);
        }
    }

    static void done(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
    }

    static String why(Outcome outcome) {
        return ((Outcome.Refused) outcome).why();
    }

    static Decision pending(int required, int uses) {
        return pending(required, uses, 1440);
    }

    static Decision pending(int required, int uses, int usableMinutes) {
        PolicyRef policy = new PolicyRef("P1", "asks", 1);
        return pending(
                List.of(
                        new Conditions.Approval(
                                policy,
                                required,
                                List.of("%helpdesk"),
                                "",
                                30,
                                240,
                                usableMinutes,
                                uses)));
    }

    static Conditions.Approval block(String policy, List<String> approvers, String escalateTo) {
        return new Conditions.Approval(
                new PolicyRef(policy, "asks", 1), 1, approvers, escalateTo, 30, 240, 1440, 1);
    }

    static Decision pending(List<Conditions.Approval> blocks) {
        Conditions plain = FakeWorld.conditions("root", List.of("id"), Duration.ofMinutes(60));
        PolicyRef policy = blocks.get(0).policy();
        Conditions conditions =
                new Conditions(
                        plain.runAs(),
                        plain.argv(),
                        plain.validFor(),
                        false,
                        List.of(),
                        10,
                        false,
                        false,
                        false,
                        false,
                        false,
                        false,
                        false,
                        blocks,
                        List.of());
        Reason reason =
                new Reason(Reason.POLICY, "asks first", Optional.of(policy), List.of(), true);
        return new Decision.Pending(
                List.of(Control.JUSTIFY, Control.APPROVAL), conditions, List.of(reason));
    }
}
