package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AuditTest {

    private static final String STARTED =
            "{\"agent_uid\":\"A\",\"audit_event_type\":\"ELEVATION_ENDED\","
                    + "\"event_time\":\"2026-11-25T09:15:03.120Z\",\"id\":\"I\",\"outcome\":\"EXIT\","
                    + "\"policy_uid\":\"P1\",\"prev_hash\":\"aa\",\"reason\":\"need\\u001b[2J it\","
                    + "\"request_uid\":\"R1\",\"seq\":42,\"target_info\":{\"argv\":[\"systemctl\",\"restart\",\"a b\"],"
                    + "\"cwd\":\"/home/alice\",\"path\":\"/usr/bin/systemctl\",\"run_as\":\"www\"},"
                    + "\"user_info\":{\"name\":\"alice\",\"tty\":\"/dev/pts/3\",\"uid\":1001},"
                    + "\"details\":{\"status\":\"7\"},\"hash\":\"bb\"}";
    private static final String LOADED =
            "{\"audit_event_type\":\"POLICY_LOADED\",\"details\":{\"policies\":\"3\",\"revision\":\"1-ab\"},"
                    + "\"event_time\":\"2026-11-24T09:15:03.120Z\",\"outcome\":\"OK\",\"seq\":41,\"hash\":\"aa\"}";

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void records_are_a_table_with_the_newest_first() {
        page("[" + STARTED + "," + LOADED + "]", "41", 2);
        assertThat(bench.run("audit list").out())
                .isEqualTo(
                        """
                        SEQ  TIME                 TYPE             OUTCOME  USER   WHAT
                         42  2026-11-25 10:15:03  ELEVATION_ENDED  EXIT     alice  /usr/bin/systemctl restart 'a b' (as www) (exit 7)
                         41  2026-11-24 10:15:03  POLICY_LOADED    OK              policies=3, revision=1-ab
                        """);
        assertThat(bench.agent().lines()).containsExactly("GET /api/audit?limit=50&order=desc");
        assertThat(bench.onTerminal(80).run("audit list").out())
                .isEqualTo(
                        """
                        SEQ  TIME         TYPE             OUTCOME  USER   WHAT
                         42  10:15:03     ELEVATION_ENDED  EXIT     alice  /usr/bin/systemctl restart '…
                         41  11-24 10:15  POLICY_LOADED    OK              policies=3, revision=1-ab
                        more: --after 41
                        """);
    }

    @Test
    void every_filter_reaches_the_agent() {
        answer("[]", "null");
        Outcome outcome =
                bench.run(
                        "audit list",
                        "--type=elevation_started,POLICY_LOADED",
                        "--user=a&b",
                        "--target=/bin/x",
                        "--request=R1",
                        "--from=2h",
                        "--to=2026-11-25T10:00",
                        "--limit=5",
                        "--after=9",
                        "--order=asc");
        assertThat(outcome.out()).isEqualTo("No record matches.\n");
        assertThat(bench.agent().lines())
                .containsExactly(
                        "GET /api/audit?type=ELEVATION_STARTED%2CPOLICY_LOADED&user=a%26b&target=%2Fbin%2Fx"
                                + "&request=R1&from=2026-11-25T07%3A30%3A00Z&to=2026-11-25T09%3A00%3A00Z"
                                + "&after=9&limit=5&order=asc");
    }

    @Test
    void a_filter_that_makes_no_sense_is_not_sent() {
        assertThat(bench.run("audit list", "--limit=0").err())
                .isEqualTo("kepm: --limit `0`: a number from 1 to 1000 is allowed\n");
        assertThat(bench.run("audit list", "--from=noon").err())
                .startsWith("kepm: --from `noon`: no time");
        assertThat(bench.run("audit list", "--type=X").err())
                .startsWith("kepm: --type `X`: no such type");
        assertThat(bench.run("audit list", "--order=up").exit()).isEqualTo(2);
        assertThat(bench.agent().asked()).isEmpty();
    }

    @Test
    void a_filter_is_checked_here_and_done_there() {
        answer("[" + LOADED + "]", "null");
        bench.run(
                "audit list", "--filter", "outcome != OK AND seq > 1", "--status", "deny,refused");
        assertThat(bench.agent().lines())
                .containsExactly(
                        "GET /api/audit?filter=outcome%20%21%3D%20OK%20AND%20seq%20%3E%201"
                                + "&status=deny%2Crefused&limit=50&order=desc");
        assertThat(bench.run("audit list", "--filter", "usr = x"))
                .isEqualTo(
                        new Outcome(
                                2, "", "kepm: --filter: column 1: no record has a field `usr`\n"));
        assertThat(bench.run("audit list", "--status", "no!").err())
                .startsWith("kepm: --status `no!`: outcomes such as");
        assertThat(bench.agent().asked()).hasSize(1);
    }

    @Test
    void a_page_that_is_not_full_is_filled() {
        bench.agent()
                .answers(
                        "GET /api/audit?filter=seq%20%3E%201&limit=2&order=desc",
                        "{\"items\":[],\"next\":9,\"limit\":2,\"scanned\":50000}")
                .answers(
                        "GET /api/audit?filter=seq%20%3E%201&after=9&limit=2&order=desc",
                        "{\"items\":[" + LOADED + "],\"next\":5,\"limit\":2,\"scanned\":50000}")
                .answers(
                        "GET /api/audit?filter=seq%20%3E%201&after=5&limit=1&order=desc",
                        "{\"items\":[],\"next\":null,\"limit\":1,\"scanned\":4}");
        assertThat(bench.run("audit list", "--json", "-n2", "--filter=seq > 1").out())
                .isEqualTo(
                        "{\"items\":["
                                + LOADED
                                + "],\"next\":null,\"limit\":2,\"scanned\":100004}\n");
    }

    @Test
    void a_search_that_the_agent_broke_off_is_gone_on_with_as_long_as_it_moves() {
        bench.agent()
                .answers(
                        "GET /api/audit?type=AGENT_GAP&limit=50&order=desc",
                        "{\"items\":[],\"next\":90,\"limit\":50}")
                .answers(
                        "GET /api/audit?type=AGENT_GAP&after=90&limit=50&order=desc",
                        "{\"items\":[" + STARTED + "],\"next\":42,\"limit\":50}")
                .answers(
                        "GET /api/audit?type=AGENT_GAP&after=42&limit=49&order=desc",
                        "{\"items\":[],\"next\":42,\"limit\":49}");
        assertThat(bench.run("audit list", "--json", "--type=AGENT_GAP").out())
                .isEqualTo("{\"items\":[" + STARTED + "],\"next\":42,\"limit\":50}\n");
        assertThat(bench.agent().asked()).hasSize(3);
    }

    @Test
    void json_has_items_and_next() {
        page("[" + LOADED + "]", "41", 1);
        assertThat(bench.run("audit list", "--json").out())
                .isEqualTo("{\"items\":[" + LOADED + "],\"next\":41,\"limit\":1}\n");
    }

    @Test
    void one_record_is_shown_whole() {
        answer("[" + STARTED + "]", "null");
        assertThat(bench.run("audit show", "42").out())
                .isEqualTo(
                        """
                        record 42
                          time         2026-11-25 10:15:03.120 +01:00
                          type         ELEVATION_ENDED (that command ended; with exit code and duration)
                          outcome      EXIT
                          user         alice, uid 1001, tty /dev/pts/3
                          command      /usr/bin/systemctl restart 'a b'
                          run as       www
                          in           /home/alice
                          reason       need\\x1b[2J it
                          agent_uid    A
                          id           I
                          policy_uid   P1
                          request_uid  R1
                          status       7
                          prev_hash    aa
                          hash         bb
                        """);
        assertThat(bench.agent().lines())
                .containsExactly("GET /api/audit?after=41&limit=1&order=asc");
        assertThat(bench.run("audit show", "--json", "42").out()).isEqualTo(STARTED + "\n");
        assertThat(bench.run("audit show", "43"))
                .isEqualTo(new Outcome(1, "", "kepm: there is no record 43\n"));
        assertThat(bench.run("audit show", "x").exit()).isEqualTo(2);
    }

    private void answer(String items, String next) {
        page(items, next, 50);
    }

    private void page(String items, String next, int limit) {
        bench.agent()
                .answers(
                        "GET /api/audit?",
                        "{\"items\":%s,\"next\":%s,\"limit\":%d}".formatted(items, next, limit));
    }

    @Test
    void a_checkpoint_shows_neither_key_nor_signature_in_a_list() {
        bench.agent()
                .answers(
                        "GET /api/audit",
                        "{\"items\":[{\"seq\":9,\"event_time\":\"2026-11-25T10:00:00Z\","
                                + "\"audit_event_type\":\"AUDIT_CHECKPOINT\",\"outcome\":\"PRUNED\","
                                + "\"details\":{\"key\":\"MCow\",\"removed_to\":\"7\",\"signature\":\"zjiW\"}}],"
                                + "\"next\":null,\"limit\":50}");
        assertThat(bench.run("audit list").out())
                .contains("removed_to=7")
                .doesNotContain("MCow")
                .doesNotContain("zjiW");
    }
}
