package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionRoutesTest {

    private static final long ALICE = 1001;

    private TestAgent agent;

    @BeforeEach
    void open(@TempDir Path run) throws Exception {
        agent = new TestAgent(run);
    }

    @AfterEach
    void close() {
        agent.close();
    }

    private RawClient.Reply get(long uid, String path) throws Exception {
        try (RawClient client = agent.as(uid)) {
            return client.get(path);
        }
    }

    @Test
    void a_recording_is_read_part_by_part_and_that_is_on_record() throws Exception {
        assertThat(get(0, "/api/sessions").body())
                .contains("\"id\":\"" + FakeRecordings.ID + "\"", "\"state\":\"WHOLE\"");
        RawClient.Reply part = get(0, "/api/sessions/0193f3a1/events");
        assertThat(part.body())
                .contains(
                        "{\"micros\":1000,\"kind\":\"o\",\"text\":\"0\\r\\n\"}",
                        "\"next\":\"90-1\"");
        assertThat(get(0, "/api/sessions/0193f3a1/events?from=90-1").body())
                .contains("bye", "\"next\":null");
        assertThat(agent.audit.drafts.toString()).contains("recording of grant 0193f3a1");
    }

    @Test
    void what_is_not_there_or_not_what_was_written_says_so() throws Exception {
        assertThat(get(0, "/api/sessions/0193f3a2").status()).isEqualTo(404);
        assertThat(get(0, "/api/sessions/0193f3a1/events?from=x").status()).isEqualTo(422);
        assertThat(get(0, "/api/sessions?limit=0").status()).isEqualTo(422);
        assertThat(get(0, "/api/sessions?after=nothing").status()).isEqualTo(422);
        assertThat(get(0, "/api/sessions?limit=1&after=" + FakeRecordings.ID).body())
                .contains("\"items\":[],\"next\":null,\"limit\":1");
        agent.recordings.isChanged = true;
        RawClient.Reply changed = get(0, "/api/sessions/0193f3a1/events");
        assertThat(changed.status()).isEqualTo(409);
        assertThat(changed.body()).contains("not the one that is on record");
    }

    @Test
    void nobody_but_root_and_auditors_sees_what_others_did() throws Exception {
        for (String path :
                new String[] {
                    "/api/sessions", "/api/sessions/0193f3a1", "/api/sessions/0193f3a1/events"
                }) {
            assertThat(get(ALICE, path).status()).as(path).isEqualTo(403);
        }
    }
}
