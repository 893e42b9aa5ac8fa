package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.RequestState;
import io.kepm.api.elevation.Requests.Act;
import io.kepm.api.linux.FakeNotices;
import io.kepm.api.linux.Notices;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Who hears what became of a request. */
class ApprovalNewsTest extends ApprovalScene {

    @Test
    void who_does_not_wait_is_told_what_became_of_it_once_and_that_is_on_record() throws Exception {
        FakeNotices notices = new FakeNotices();
        try (PersonalNotices personal =
                new PersonalNotices(notices, world.log, world.people, id -> false)) {
            world.book().watch(personal::moved);
            ask(false, "id");
            done(act(Act.APPROVE, BOB, bob));
            await(() -> interactions().contains("NOTIFIED"));
            assertThat(notices.shown)
                    .singleElement()
                    .asString()
                    .startsWith("show 1001 KEPM: `id` as root is approved by bob: run it again");
            // To use it up oneself is no news.
            assertThat(ask(false, "id")).isInstanceOf(LaunchAnswer.Run.class);
            notices.desktops = 0;
            ask(false, "id");
            done(act(Act.DENY, CAROL, carol));
            await(() -> interactions().contains("NOT_REACHED"));
            assertThat(notices.shown).hasSize(2);
            assertThat(notices.shown.get(1)).contains("`id` as root is denied by carol (request ");
            // Nobody is there still; then somebody is, and hears of it once.
            await(() -> tried(personal) && notices.shown.size() >= 3);
            notices.terminals = 1;
            personal.again();
            await(() -> interactions().equals(List.of("NOTIFIED", "NOT_REACHED", "NOTIFIED")));
        }
    }

    @Test
    void ab_37_news_of_somebody_who_went_reach_nobody_who_has_the_uid_now() throws Exception {
        FakeNotices notices = new FakeNotices();
        notices.desktops = 0;
        try (PersonalNotices personal =
                new PersonalNotices(notices, world.log, world.people, id -> false)) {
            world.book().watch(personal::moved);
            ask(false, "id");
            done(act(Act.DENY, BOB, bob));
            await(() -> interactions().contains("NOT_REACHED"));
            world.people.uidOwner = "mallory";
            notices.desktops = 1;
            await(() -> tried(personal) && world.people.owners.get() >= 2);
            ask(false, "id");
            done(act(Act.APPROVE, CAROL, carol));
            await(() -> world.people.owners.get() >= 3);
        }
        assertThat(notices.shown).hasSize(1);
    }

    /** That news reached nobody is on record a moment before it is kept for another time. */
    private static boolean tried(PersonalNotices personal) {
        personal.again();
        return true;
    }

    private List<String> interactions() {
        return List.copyOf(world.log.drafts).stream()
                .filter(draft -> draft.type() == AuditType.USER_INTERACTION)
                .map(AuditDraft::outcome)
                .toList();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 12_000 && !condition.getAsBoolean(); i++) {
            Thread.sleep(5);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    @Test
    void who_waits_at_the_terminal_learns_it_there_and_a_flood_of_news_holds_nobody_up()
            throws Exception {
        ApprovalWait wait = new ApprovalWait(world.book(), new PendingWatches(), () -> false);
        assertThat(wait.isAttended("x")).isFalse();
        FakeNotices notices = new FakeNotices();
        try (PersonalNotices personal =
                new PersonalNotices(notices, world.log, world.people, id -> true)) {
            world.book().watch(personal::moved);
            ask(false, "id");
            done(act(Act.APPROVE, BOB, bob));
            assertThat(notices.shown).isEmpty();
        }
        CountDownLatch slow = new CountDownLatch(1);
        Notices stuck =
                new Notices() {
                    @Override
                    public Shown show(Notice notice) throws InterruptedException {
                        slow.await();
                        return new Shown(1, 0, "");
                    }

                    @Override
                    public Shown type(Notice notice) {
                        throw new UnsupportedOperationException();
                    }
                };
        StoredRequest now = world.book().list(request -> true).get(0);
        StoredRequest denied = now.moved(RequestState.REVOKED, world.now, 0, "root");
        try (PersonalNotices personal =
                new PersonalNotices(stuck, world.log, world.people, id -> false)) {
            for (int i = 0; i < 3 * NoticeQueue.MOST; i++) {
                personal.moved(now, denied);
            }
            slow.countDown();
        }
    }
}
