package io.kepm.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog.Verification;
import io.kepm.api.audit.AuditPart;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.audit.AuditType;
import io.kepm.api.health.HealthCheck.Level;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.StoreCare;
import io.kepm.api.storage.Table;
import io.kepm.storage.RealStore;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableAuditLogTest {

    @TempDir Path temp;

    @Test
    void a_run_begins_and_ends_on_record() throws Exception {
        try (RealStore.Closing store = RealStore.open(temp)) {
            DurableAuditLog log = open(store);
            log.append(draft("a"));
            log.close();
            assertThat(types(store))
                    .containsExactly(
                            "AGENT_STARTED",
                            "POLICY_EVALUATION",
                            "AGENT_STOPPED",
                            "AUDIT_CHECKPOINT");
            assertThat(store.storage().get(Table.AGENT_STATE, AgentRun.RUNNING)).isEmpty();
        }
        try (RealStore.Closing store = RealStore.open(temp)) {
            open(store).close();
            assertThat(types(store)).doesNotContain("AGENT_GAP").hasSize(7);
        }
    }

    /** What the interface does by itself knows no end: each layer has to pass the question on. */
    @Test
    void a_search_has_the_end_that_the_store_gives_it() throws Exception {
        assertThat(AuditComponent.class.getMethod("search", AuditQuery.class).getDeclaringClass())
                .isEqualTo(AuditComponent.class);
        try (RealStore.Closing store = RealStore.open(temp)) {
            Storage tired =
                    (Storage)
                            Proxy.newProxyInstance(
                                    Storage.class.getClassLoader(),
                                    new Class<?>[] {Storage.class},
                                    (proxy, method, arguments) ->
                                            method.getName().equals("auditSearch")
                                                    ? new AuditPart(List.of(), 4_000)
                                                    : method.invoke(store.storage(), arguments));
            DurableAuditLog log = open(tired, store.care(), InstantSource.system());
            assertThat(log.search(AuditQuery.after(0, 5)).next()).isEqualTo(4_000);
            log.close();
        }
    }

    /** Else the first that an agent which ends at each start is set aside for is not on record. */
    @Test
    void ab_106_an_agent_that_was_up_for_a_moment_leaves_room_for_a_broken_glass()
            throws Exception {
        try (RealStore.Closing store = RealStore.open(temp)) {
            open(store).close();
            assertThat(temp.resolve("spool").resolve(BreakGlassReserve.NAME)).exists();
        }
    }

    /** The health says it on this machine; a record leaves it with the exports. */
    @Test
    void ab_106_that_the_room_gets_short_is_one_record() throws Exception {
        try (RealStore.Closing store = RealStore.open(temp)) {
            AtomicLong free = new AtomicLong(1L << 30);
            StoreCare filling =
                    (StoreCare)
                            Proxy.newProxyInstance(
                                    StoreCare.class.getClassLoader(),
                                    new Class<?>[] {StoreCare.class},
                                    (proxy, method, arguments) ->
                                            method.getName().equals("room")
                                                    ? new StoreCare.Room(0, free.get(), false)
                                                    : method.invoke(store.care(), arguments));
            DurableAuditLog log = open(store.storage(), filling, InstantSource.system());
            for (long now : List.of(1L << 30, 10L << 20, 9L << 20, 1L << 30)) {
                free.set(now);
                run(log, "measure");
                run(log, "sums of refusals");
            }
            assertThat(
                            store.storage().audit(AuditQuery.after(0, 100)).stream()
                                    .filter(entry -> entry.type().equals("AUDIT_ROOM_LOW"))
                                    .map(AuditEntry::json))
                    .hasSize(2)
                    .first(STRING)
                    .contains("DEGRADED", "only 10 MiB are free");
            log.close();
        }
    }

    /** Even one whose source never comes again: the sum is written when the disk takes it. */
    @Test
    void ab_108_a_refusal_that_the_disk_did_not_take_is_counted_when_it_does() throws Exception {
        try (RealStore.Closing store = RealStore.open(temp)) {
            AtomicBoolean full = new AtomicBoolean();
            Storage filling =
                    (Storage)
                            Proxy.newProxyInstance(
                                    Storage.class.getClassLoader(),
                                    new Class<?>[] {Storage.class},
                                    (proxy, method, arguments) -> {
                                        if (full.get() && method.getName().equals("commit")) {
                                            throw new StorageException("the disk is full");
                                        }
                                        return method.invoke(store.storage(), arguments);
                                    });
            DurableAuditLog log = open(filling, store.care(), InstantSource.system());
            full.set(true);
            AuditDraft refused =
                    AuditDraft.of(AuditType.RATE_LIMITED, "DENY")
                            .user(AuditDraft.UserInfo.of("", 1001))
                            .build();
            assertThatThrownBy(() -> log.append(refused)).isInstanceOf(StorageException.class);
            full.set(false);
            log.close();
            assertThat(
                            store.storage().audit(AuditQuery.after(0, 100)).stream()
                                    .filter(entry -> entry.type().equals("RATE_LIMITED"))
                                    .map(AuditEntry::json))
                    .singleElement(STRING)
                    .contains("SUMMARY", "\"count\":\"1\"");
        }
    }

    private static void run(DurableAuditLog log, String chore) throws StorageException {
        for (Upkeep.Chore one : log.chores()) {
            if (one.name().equals(chore)) {
                one.step().run(Instant.now());
            }
        }
    }

    @Test
    void ab_111_a_stop_that_was_not_in_order_is_recorded_as_a_gap_from_the_last_sign_of_life()
            throws Exception {
        Instant last;
        try (RealStore.Closing store = RealStore.open(temp)) {
            DurableAuditLog log = open(store);
            last = log.commit(Change.record(draft("last words"))).get(0).time();
        }
        try (RealStore.Closing store = RealStore.open(temp)) {
            DurableAuditLog log = open(store);
            AuditEntry gap = log.query(AuditQuery.after(2, 1)).get(0);
            assertThat(gap.type()).isEqualTo("AGENT_GAP");
            assertThat(gap.json()).contains("\"from\":\"" + last + "\"").contains("\"to\":\"2");
            assertThat(types(store)).endsWith("AGENT_GAP", "AGENT_STARTED");
            assertThat(log.verify().intact()).isTrue();
        }
    }

    @Test
    void an_untouched_audit_verifies_and_does_not_claim_to_be_anchored() throws Exception {
        try (RealStore.Closing store = RealStore.open(temp)) {
            DurableAuditLog log = filled(store, 2_500);
            Verification verification = log.verify();
            assertThat(verification.firstBad()).isEmpty();
            assertThat(verification.intact()).isTrue();
            assertThat(verification.records()).isEqualTo(2_501);
            assertThat(verification.anchored()).isFalse();
            assertThat(verification.head())
                    .isEqualTo(store.storage().auditHead().orElseThrow().hash());
            assertThat(log.health().level()).isEqualTo(Level.HEALTHY);
            assertThat(log.health().detail()).isEqualTo("2501 records");
        }
    }

    @Test
    void ab_105_an_edited_record_is_named() throws Exception {
        assertThat(
                        verifyAfter(
                                "UPDATE audit SET body = (SELECT body FROM audit WHERE seq = 4) WHERE seq = 3"))
                .startsWith("record 3 was edited");
        assertThat(verifyAfter("UPDATE audit SET type = 'POLICY_LOADED' WHERE seq = 5"))
                .as("the first one is named")
                .startsWith("record 3 was edited");
    }

    @Test
    void ab_105_a_record_hidden_from_searches_is_named() throws Exception {
        assertThat(verifyAfter("UPDATE audit SET account = NULL WHERE seq = 6"))
                .startsWith("record 6 was edited");
    }

    @Test
    void ab_105_a_deleted_record_is_named() throws Exception {
        assertThat(verifyAfter("DELETE FROM audit WHERE seq = 7"))
                .isEqualTo("record 7 is missing: record 8 stands in its place");
    }

    @Test
    void ab_105_the_first_records_cannot_be_cut_off() throws Exception {
        assertThat(verifyAfter("DELETE FROM audit WHERE seq < 4"))
                .isEqualTo("record 1 is missing: record 4 stands in its place");
    }

    @Test
    void ab_105_reordered_records_are_named() throws Exception {
        assertThat(
                        verifyAfter(
                                "UPDATE audit SET seq = 1000 WHERE seq = 3",
                                "UPDATE audit SET seq = 3 WHERE seq = 4",
                                "UPDATE audit SET seq = 4 WHERE seq = 1000"))
                .startsWith("record 3 was edited");
    }

    @Test
    void ab_105_a_cut_off_end_is_named_and_recording_goes_on() throws Exception {
        fill();
        RealStore.tamper(temp, "DELETE FROM audit WHERE seq > 9");
        try (RealStore.Closing store = RealStore.open(temp)) {
            DurableAuditLog log = open(store);
            assertThat(log.health().level()).isEqualTo(Level.UNHEALTHY);
            assertThat(log.health().detail())
                    .isEqualTo(
                            "record 10 is missing: the end was cut off, the last one written is"
                                    + " record 13");
            assertThat(log.commit(Change.record(draft("still recorded"))).get(0).seq())
                    .isGreaterThan(13);
            assertThat(log.verify().firstBad())
                    .isEqualTo("record 10 is missing: record 14 stands in its place");
        }
    }

    @Test
    void ab_105_all_records_removed_is_named() throws Exception {
        assertThat(verifyAfter("DELETE FROM audit")).startsWith("record 1 is missing");
    }

    @Test
    void ab_105_a_head_that_was_put_back_with_fewer_records_is_refused() throws Exception {
        fill();
        Path copy = temp.resolve("copy");
        Files.copy(temp.resolve("kepm.db"), copy);
        fill();
        RealStore.tamper(
                temp,
                "ATTACH '" + copy + "' AS old",
                "UPDATE head SET body = (SELECT body FROM old.head)");
        assertThatThrownBy(() -> RealStore.open(temp))
                .hasMessageContaining("put back to a former state");
    }

    @Test
    void ab_105_a_whole_older_store_is_not_called_anchored() throws Exception {
        fill();
        byte[] older = Files.readAllBytes(temp.resolve("kepm.db"));
        fill();
        Files.write(temp.resolve("kepm.db"), older);
        try (RealStore.Closing store = RealStore.open(temp)) {
            Verification verification = open(store).verify();
            assertThat(verification.intact()).isTrue();
            assertThat(verification.anchored()).isFalse();
        }
    }

    @Test
    void ab_105_damage_is_on_record_once_and_so_leaves_with_every_export() throws Exception {
        fill();
        RealStore.tamper(temp, "DELETE FROM audit WHERE seq = 7");
        try (RealStore.Closing store = RealStore.open(temp)) {
            DurableAuditLog log = open(store);
            log.verify();
            log.verify();
            log.close();
            List<AuditEntry> told =
                    store.storage().audit(AuditQuery.after(13, 100)).stream()
                            .filter(entry -> entry.type().equals("AUDIT_DAMAGED"))
                            .toList();
            assertThat(told).hasSize(1);
            assertThat(told.get(0).json())
                    .contains("record 7 is missing: record 8 stands in its place")
                    .contains("\"good_before\":\"6\"", "\"against\":\"chain\"");
        }
    }

    /** Whoever may read could else fill the audit with damage that there never was. */
    @Test
    void ab_105_a_wrong_anchor_is_answered_and_leaves_no_damage_on_record() throws Exception {
        fill();
        try (RealStore.Closing store = RealStore.open(temp)) {
            DurableAuditLog log = open(store);
            for (long seq : List.of(5L, 6L, 900L)) {
                Verification found = log.verify(Optional.of(new AuditPlace(seq, "0".repeat(64))));
                assertThat(found.intact()).isFalse();
                assertThat(found.firstBad()).startsWith("record " + seq);
            }
            assertThat(log.health().level()).isEqualTo(Level.HEALTHY);
            log.close();
            assertThat(types(store)).doesNotContain("AUDIT_DAMAGED");
        }
    }

    @Test
    void damage_that_a_check_against_a_wrong_anchor_finds_is_on_record_all_the_same()
            throws Exception {
        try (RealStore.Closing store = RealStore.open(temp)) {
            filled(store, 1_500).close();
        }
        RealStore.tamper(temp, "DELETE FROM audit WHERE seq = 100");
        try (RealStore.Closing store = RealStore.open(temp)) {
            DurableAuditLog log = open(store);
            log.verify(Optional.of(new AuditPlace(9, "0".repeat(64))));
            log.close();
            assertThat(store.storage().audit(AuditQuery.after(1_500, 100)))
                    .extracting(AuditEntry::type)
                    .containsOnlyOnce("AUDIT_DAMAGED");
        }
    }

    @Test
    void f5_a_clock_that_was_set_back_while_nothing_ran_is_on_record_at_the_start()
            throws Exception {
        Instant noon = Instant.parse("2026-11-25T12:00:00Z");
        try (RealStore.Closing store = RealStore.open(temp, () -> noon)) {
            open(store, () -> noon).close();
        }
        Instant before = noon.minusSeconds(3_600);
        try (RealStore.Closing store = RealStore.open(temp, () -> before)) {
            DurableAuditLog log = open(store, () -> before);
            AuditEntry jump = log.query(AuditQuery.after(3, 1)).get(0);
            assertThat(jump.type()).isEqualTo("CLOCK_JUMP");
            assertThat(jump.json())
                    .contains("\"outcome\":\"BACK\"")
                    .contains("\"from\":\"" + noon + "\"", "\"to\":\"" + before + "\"");
            log.close();
        }
        try (RealStore.Closing store = RealStore.open(temp, () -> before)) {
            open(store, () -> before);
            assertThat(types(store)).containsOnlyOnce("CLOCK_JUMP");
        }
    }

    @Test
    void the_tail_is_checked_at_start_and_older_damage_by_a_full_check() throws Exception {
        try (RealStore.Closing store = RealStore.open(temp)) {
            filled(store, 1_500).close();
        }
        RealStore.tamper(temp, "DELETE FROM audit WHERE seq = 100");
        try (RealStore.Closing store = RealStore.open(temp)) {
            DurableAuditLog log = open(store);
            assertThat(log.health().level()).isEqualTo(Level.HEALTHY);
            assertThat(log.verify().firstBad()).startsWith("record 100 is missing");
            assertThat(log.health().level()).isEqualTo(Level.UNHEALTHY);
            log.close();
        }
        RealStore.tamper(temp, "UPDATE audit SET time = 0 WHERE seq = 1400");
        try (RealStore.Closing store = RealStore.open(temp)) {
            assertThat(open(store).health().detail()).startsWith("record 1400 was edited");
        }
    }

    @Test
    void without_a_store_there_is_no_audit() throws Exception {
        RealStore.Closing store = RealStore.open(temp);
        store.close();
        assertThatThrownBy(() -> open(store)).isInstanceOf(StorageException.class);
    }

    private String verifyAfter(String... statements) throws Exception {
        fill();
        RealStore.tamper(temp, statements);
        try (RealStore.Closing store = RealStore.open(temp)) {
            Verification verification = open(store).verify();
            assertThat(verification.intact()).isFalse();
            return verification.firstBad();
        }
    }

    /** Adds thirteen records: a start, ten decisions, a stop, a checkpoint. */
    private void fill() throws Exception {
        try (RealStore.Closing store = RealStore.open(temp)) {
            filled(store, 10).close();
        }
    }

    private DurableAuditLog filled(RealStore.Closing store, int records) throws Exception {
        DurableAuditLog log = open(store);
        List<AuditDraft> drafts =
                java.util.stream.IntStream.range(0, records).mapToObj(i -> draft("r" + i)).toList();
        log.commit(new Change(List.of(), drafts));
        return log;
    }

    private DurableAuditLog open(RealStore.Closing store) throws StorageException {
        return open(store, InstantSource.system());
    }

    private DurableAuditLog open(RealStore.Closing store, InstantSource clock)
            throws StorageException {
        return open(store.storage(), store.care(), clock);
    }

    private DurableAuditLog open(Storage storage, StoreCare care, InstantSource clock)
            throws StorageException {
        return new DurableAuditLog(
                storage,
                care,
                new Retention.Rules(Duration.ofDays(90), 2L << 30, () -> Long.MAX_VALUE),
                temp.resolve("spool"),
                "0.1.0",
                clock,
                new ClockWatch(Optional::empty));
    }

    private static List<String> types(RealStore.Closing store) throws StorageException {
        return store.storage().audit(AuditQuery.after(0, 100)).stream()
                .map(AuditEntry::type)
                .toList();
    }

    private static AuditDraft draft(String reason) {
        return AuditDraft.of(AuditType.POLICY_EVALUATION, "ALLOW")
                .user(AuditDraft.UserInfo.of("alice", 1001))
                .reason(reason)
                .build();
    }
}
