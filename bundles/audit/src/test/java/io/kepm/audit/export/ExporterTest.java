package io.kepm.audit.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditEntry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ExporterTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final FakeStore store = new FakeStore();
    private final TurnedClock clock = new TurnedClock();

    @Test
    void a_new_export_starts_at_the_oldest_record_and_goes_on_page_by_page() throws Exception {
        store.add(Exporter.PAGE + 3);
        FakeSink sink = new FakeSink(true);
        Exporter exporter = exporter(sink);
        assertThat(exporter.round()).as("there is more").isZero();
        assertThat(exporter.behind()).isEqualTo(3);
        assertThat(exporter.round()).isEqualTo(Exporter.POLL);
        assertThat(sink.got()).isEqualTo(upTo(Exporter.PAGE + 3));
        assertThat(exporter.behind()).isZero();
        assertThat(exporter.complaint()).isEmpty();
    }

    @Test
    void after_a_stop_it_goes_on_where_it_was() throws Exception {
        store.add(3);
        Exporter first = exporter(new FakeSink(true));
        first.round();
        first.end();
        store.add(2);
        FakeSink sink = new FakeSink(true);
        exporter(sink).round();
        assertThat(sink.got()).containsExactly(4L, 5L);
    }

    @Test
    void after_a_crash_between_delivery_and_cursor_records_come_twice_and_none_is_missing()
            throws Exception {
        store.add(2);
        FakeSink sink = new FakeSink(true);
        Exporter exporter = exporter(sink);
        exporter.round();
        store.add(2);
        exporter.round();
        assertThat(store.state("export/sink")).as("within the same second").hasValue("2");
        exporter(sink).round();
        assertThat(sink.got()).containsExactly(1L, 2L, 3L, 4L, 3L, 4L);
    }

    /** Else one flipped bit would keep all later evidence on the machine. */
    @Test
    void ab_105_a_record_that_does_not_open_leaves_as_what_it_is_and_holds_nothing_up()
            throws Exception {
        store.add(2);
        AuditEntry damaged = store.unreadable();
        store.add(1);
        FakeSink sink = new FakeSink(true);
        Exporter exporter = exporter(sink);
        exporter.round();
        assertThat(sink.got()).isEqualTo(upTo(4));
        assertThat(exporter.complaint()).isEmpty();
        for (Format format : Format.values()) {
            byte[] message = new SyslogMessage("host", 1, format, 65_000).of(damaged);
            assertThat(new String(message, StandardCharsets.UTF_8)).contains("unreadable", "3");
        }
        OtlpJson encoding = new OtlpJson(OtlpRecord.resource("host", "agent"));
        assertThat(new String(encoding.request(List.of(damaged)), StandardCharsets.UTF_8))
                .contains("unreadable");
    }

    @Test
    void a_cursor_that_can_not_be_written_is_a_failure_and_not_a_gap() throws Exception {
        store.add(2);
        FakeSink sink = new FakeSink(true);
        Exporter exporter = exporter(sink);
        store.breaks(true);
        assertThat(exporter.round()).isEqualTo(Backoff.SHORTEST);
        assertThat(exporter.complaint()).contains("the disk is full");
        store.breaks(false);
        exporter.round();
        assertThat(sink.got()).containsExactly(1L, 2L);
    }

    @Test
    void ab_107_a_dead_peer_is_on_record_once_and_so_is_its_return() throws Exception {
        store.add(2);
        FakeSink sink = new FakeSink(true).fails("connection refused\nby peer");
        Exporter exporter = exporter(sink);
        assertThat(exporter.round()).isEqualTo(Duration.ofSeconds(1));
        clock.turn(SECOND);
        assertThat(exporter.round()).isEqualTo(Duration.ofSeconds(2));
        assertThat(store.told()).hasSize(1);
        assertThat(store.told().get(0))
                .contains("\"outcome\":\"FAILED\"")
                .contains("connection refused\\\\x0aby peer")
                .contains("\"export\":\"sink\"")
                .contains("\"since_seq\":\"1\"")
                .contains("\"address\":\"syslog+tcp://localhost:601\"")
                .doesNotContain("name=");
        assertThat(exporter.complaint())
                .startsWith("`sink` fails since " + FakeStore.NOW + ": connection refused")
                .endsWith("(3 records wait)");

        sink.fails("");
        exporter.round();
        exporter.round();
        exporter.round();
        assertThat(sink.got()).isEqualTo(upTo(4));
        assertThat(store.told()).hasSize(2);
        assertThat(store.told().get(1)).contains("\"outcome\":\"RECOVERED\"", "\"waited\":");
        assertThat(exporter.complaint()).isEmpty();
        assertThat(exporter.isFailing()).isFalse();
    }

    @Test
    void what_left_over_a_connection_that_broke_is_sent_again() throws Exception {
        store.add(1);
        FakeSink sink = new FakeSink(false);
        Exporter exporter = exporter(sink);
        exporter.round();
        clock.turn(SECOND);
        exporter.round();
        assertThat(store.state("export/sink")).hasValue("1");
        store.add(1);
        exporter.round();
        sink.fails("the peer closed the connection");
        exporter.round();
        sink.fails("");
        exporter.round();
        assertThat(sink.got()).startsWith(1L, 2L, 2L).contains(3L);
    }

    @Test
    void batches_that_are_too_large_together_pass_in_parts() throws Exception {
        store.add(20);
        FakeSink sink = new FakeSink(true).takesAtMost(1);
        Exporter exporter = exporter(sink);
        for (int i = 0; i < 60; i++) {
            clock.turn(SECOND);
            exporter.round();
        }
        assertThat(sink.got()).containsAll(upTo(20)).isSorted();
    }

    @Test
    void a_delivery_takes_about_a_mebibyte_at_most() throws Exception {
        for (int i = 0; i < 150; i++) {
            store.add("x".repeat(8192));
        }
        FakeSink sink = new FakeSink(true).takesAtMost(130);
        exporter(sink).round();
        assertThat(sink.got()).isEqualTo(upTo(150));
    }

    @Test
    void what_a_receiver_refuses_for_good_is_told_once_and_never_loops() throws Exception {
        store.add(1);
        FakeSink sink = new FakeSink(true).answers("the receiver refused 1 records: no");
        Exporter exporter = exporter(sink);
        exporter.round();
        exporter.round();
        exporter.round();
        assertThat(store.told()).hasSize(1);
        assertThat(store.told().get(0)).contains("\"outcome\":\"REFUSED\"");
        assertThat(exporter.complaint()).isEqualTo("`sink`: the receiver refused 1 records: no");
        assertThat(sink.got()).containsExactly(1L, 2L);
    }

    @Test
    void far_behind_is_a_complaint() throws Exception {
        store.add(1);
        store.bell.ring(Exporter.FAR_BEHIND + 1);
        Exporter exporter = exporter(new FakeSink(true));
        assertThat(exporter.complaint()).isEqualTo("`sink` is 10001 records behind");
        exporter.round();
        assertThat(exporter.complaint()).isEmpty();
    }

    @Test
    void a_cursor_beyond_the_newest_record_is_of_another_store() throws Exception {
        store.add(2);
        store.state("export/sink", "99");
        FakeSink sink = new FakeSink(true);
        exporter(sink).round();
        assertThat(sink.got()).containsExactly(1L, 2L);
    }

    private Exporter exporter(Sink sink) throws Exception {
        return new Exporter(
                AddressParser.parse("syslog+tcp://localhost:601?name=sink"),
                sink,
                store.source(clock.both()),
                new Cursor(store, store, "sink"));
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }
}
