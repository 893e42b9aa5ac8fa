package io.kepm.audit.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.health.HealthCheck.Level;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class ExportsTest {

    private final FakeStore store = new FakeStore();

    @Test
    void without_any_export_nothing_is_waited_for() {
        try (Exports exports = exports(List.of(), new FakeSink(true))) {
            assertThat(exports.oldestNeeded()).isEqualTo(Long.MAX_VALUE);
            assertThat(exports.health().level()).isEqualTo(Level.HEALTHY);
            assertThat(exports.health().detail()).isEqualTo("none");
        }
    }

    @Test
    void a_bad_address_is_named_and_the_others_run() throws Exception {
        store.add(1);
        FakeSink sink = new FakeSink(true);
        List<String> addresses =
                List.of("ftp://x", "syslog+tcp://a?name=n", "syslog+tcp://b?name=n");
        try (Exports exports = exports(addresses, sink)) {
            sink.awaitDelivery();
            assertThat(exports.health().level()).isEqualTo(Level.DEGRADED);
            assertThat(exports.health().detail())
                    .contains("export `ftp://x`: unknown scheme `ftp`")
                    .contains("export `syslog+tcp://b`: its name is taken: add another `name=`");
        }
        assertThat(sink.got()).containsExactly(1L);
    }

    @Test
    void an_export_that_can_not_be_made_keeps_its_records() {
        store.state("export/n", "4");
        try (Exports exports =
                new Exports(
                        List.of("syslog+tls://a?ca=/none&name=n"),
                        store.source(Clocks.system()),
                        address -> {
                            throw new BadAddress(address.shown(), "no such file");
                        })) {
            assertThat(exports.oldestNeeded()).isEqualTo(5);
            assertThat(exports.health().detail())
                    .isEqualTo("export `syslog+tls://a`: no such file");
        }
    }

    @Test
    void the_slowest_export_says_what_is_still_needed() throws Exception {
        store.add(3);
        FakeSink quick = new FakeSink(true);
        FakeSink slow = new FakeSink(true).hangs();
        try (Exports exports =
                new Exports(
                        List.of("syslog+tcp://quick", "syslog+tcp://slow"),
                        store.source(Clocks.system()),
                        address -> address.host().equals("quick") ? quick : slow)) {
            quick.awaitDelivery();
            slow.awaitDelivery();
            assertThat(exports.oldestNeeded()).isEqualTo(1);
        }
        try (Exports exports = exports(List.of("syslog+tcp://quick"), new FakeSink(true))) {
            assertThat(exports.oldestNeeded()).isEqualTo(4);
        }
    }

    @Test
    void ab_107_a_dead_or_slow_export_never_delays_a_record() throws Exception {
        FakeSink slow = new FakeSink(true).hangs();
        FakeSink dead = new FakeSink(true).fails("refused");
        FakeSink well = new FakeSink(true);
        Exports exports =
                new Exports(
                        List.of("syslog+tcp://slow", "syslog+tcp://dead", "syslog+tcp://well"),
                        store.source(Clocks.system()),
                        address ->
                                switch (address.host()) {
                                    case "slow" -> slow;
                                    case "dead" -> dead;
                                    default -> well;
                                });
        store.add(1);
        slow.awaitDelivery();
        dead.awaitDelivery();
        // All of this while one of them hangs in its delivery, and returns only when closed.
        store.add(20_000);
        assertThat(exports.health().level()).isEqualTo(Level.DEGRADED);
        while (well.got().size() < 20_001) {
            Thread.sleep(10);
        }
        assertThat(exports.health().detail())
                .contains("`syslog+tcp://slow` is 2000")
                .contains("`syslog+tcp://dead` fails since")
                .contains(": refused (");
        exports.close();
        assertThat(slow.got()).isEmpty();
        assertThat(well.got()).isSorted();
    }

    @Test
    void a_thread_that_died_is_not_taken_for_a_healthy_export() throws Exception {
        store.add(1);
        try (Exports exports = exports(List.of("syslog+tcp://a"), new FakeSink(true).dies())) {
            while (exports.health().level() == Level.HEALTHY) {
                Thread.sleep(10);
            }
            assertThat(exports.health().detail()).startsWith("its thread ended");
        }
    }

    @Test
    void a_stop_ends_the_threads() throws Exception {
        store.add(1);
        FakeSink sink = new FakeSink(true).hangs();
        Exports exports = exports(List.of("syslog+tcp://a"), sink);
        sink.awaitDelivery();
        exports.close();
        assertThat(
                        Thread.getAllStackTraces().keySet().stream()
                                .map(Thread::getName)
                                .filter(name -> name.startsWith("kepm-audit-export-1")))
                .isEmpty();
        store.add(1);
        assertThat(store.told()).as("a stop is no failure").isEmpty();
    }

    private Exports exports(List<String> addresses, Sink sink) {
        return new Exports(addresses, store.source(Clocks.system()), address -> sink);
    }
}
