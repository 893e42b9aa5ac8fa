package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditType;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LookPaceTest {

    private static final long AUDRA = 1004;

    private long now = 5;

    @Test
    void each_user_has_so_many_looks_a_minute() {
        LookPace pace = new LookPace(() -> now);
        for (int i = 0; i < LookPace.MOST; i++) {
            assertThat(pace.take(1)).isEmpty();
        }
        now += TimeUnit.SECONDS.toNanos(20);
        assertThat(pace.take(1)).hasValue(41);
        assertThat(pace.take(2)).isEmpty();
        now += TimeUnit.SECONDS.toNanos(40);
        assertThat(pace.take(1)).isEmpty();
    }

    /** Whoever may but read the audit must not be able to turn it over with looks at it. */
    @Test
    void ab_140_an_auditor_can_not_fill_the_audit_with_looks_at_it(@TempDir Path run)
            throws Exception {
        try (TestAgent agent = new TestAgent(run)) {
            for (int i = 0; i < LookPace.MOST; i++) {
                assertThat(look(agent, AUDRA).status()).isEqualTo(200);
            }
            for (int i = 0; i < 30; i++) {
                RawClient.Reply reply = look(agent, AUDRA);
                assertThat(reply.status()).isEqualTo(429);
                assertThat(reply.header("retry-after")).isNotEmpty();
            }
            assertThat(look(agent, 0).status()).as("root has no such bound").isEqualTo(200);
            assertThat(agent.audit.drafts)
                    .filteredOn(draft -> draft.type() == AuditType.ADMIN_ACTION)
                    .hasSize(LookPace.MOST + 1);
            assertThat(agent.audit.drafts.size()).isLessThan(LookPace.MOST + 5);
        }
    }

    private static RawClient.Reply look(TestAgent agent, long uid) throws Exception {
        try (RawClient client = agent.as(uid)) {
            return client.get("/api/audit?limit=1");
        }
    }
}
