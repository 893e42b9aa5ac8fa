package io.kepm.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog.Verification;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.audit.AuditType;
import io.kepm.api.audit.Checkpoint;
import io.kepm.api.health.HealthCheck.Level;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.storage.RealStore;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {

    private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");

    @TempDir Path temp;

    private Instant now = NOON;
    private final AtomicLong waitedFor = new AtomicLong(Long.MAX_VALUE);
    private long bytes = 2L << 30;

    @Test
    void the_head_is_signed_a_minute_after_the_first_record_that_is_not_covered() throws Exception {
        try (RealStore.Closing store = RealStore.open(temp, () -> now)) {
            DurableAuditLog log = open(store);
            run(log, Duration.ofSeconds(1));
            now = now.plusSeconds(59);
            run(log, Duration.ofSeconds(1));
            assertThat(log.verify().checkpoints()).isZero();
            now = now.plusSeconds(1);
            run(log, Duration.ofSeconds(1));
            assertThat(log.verify().checkpoints()).isEqualTo(1);
            now = now.plusSeconds(600);
            run(log, Duration.ofSeconds(1));
            assertThat(log.verify().checkpoints()).as("nothing new").isEqualTo(1);
        }
    }

    @Test
    void the_head_is_signed_after_256_records() throws Exception {
        try (RealStore.Closing store = RealStore.open(temp, () -> now)) {
            DurableAuditLog log = open(store);
            fill(log, 200);
            run(log, Duration.ofSeconds(1));
            assertThat(log.verify().checkpoints()).isZero();
            fill(log, 100);
            run(log, Duration.ofSeconds(1));
            Verification verification = log.verify();
            assertThat(verification.intact()).isTrue();
            assertThat(verification.checkpoints()).isEqualTo(1);
            AuditEntry checkpoint = last(store);
            assertThat(Checkpoint.fault(checkpoint, log.key())).isEmpty();
            assertThat(Checkpoint.key(checkpoint)).contains(log.key());
        }
    }

    @Test
    void ab_105_a_checkpoint_of_another_key_or_place_is_named() throws Exception {
        try (RealStore.Closing store = RealStore.open(temp, () -> now)) {
            DurableAuditLog log = open(store);
            fill(log, 300);
            run(log, Duration.ofSeconds(1));
            AuditEntry checkpoint = last(store);
            var other = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            assertThat(Checkpoint.fault(checkpoint, other.getPublic())).isPresent();
            AuditEntry moved =
                    new AuditEntry(
                            checkpoint.seq() + 1,
                            checkpoint.time(),
                            checkpoint.type(),
                            checkpoint.json(),
                            checkpoint.hash());
            assertThat(Checkpoint.fault(moved, log.key())).isPresent();
            // Somebody with a key of his own, and a way to write.
            log.commit(
                    Change.record(
                            Checkpoint.signed(
                                            new AuditPlace(checkpoint.seq(), checkpoint.hash()),
                                            store.storage().agentUid(),
                                            other.getPrivate(),
                                            other.getPublic())
                                    .build()));
            assertThat(log.verify().firstBad())
                    .isEqualTo(
                            "checkpoint "
                                    + (checkpoint.seq() + 1)
                                    + " is not signed by the agent's key");
        }
    }

    @Test
    void records_that_are_too_old_go_and_the_chain_goes_on_from_a_signed_place() throws Exception {
        try (RealStore.Closing store = RealStore.open(temp, () -> now)) {
            DurableAuditLog log = open(store);
            fill(log, 2_500);
            now = now.plus(Duration.ofDays(91));
            fill(log, 10);
            run(log, Duration.ofHours(1));
            Verification verification = log.verify();
            assertThat(verification.firstBad()).isEmpty();
            assertThat(verification.first()).as("a twentieth of 2,511").isEqualTo(126);
            for (int hour = 0; hour < 500; hour++) {
                run(log, Duration.ofHours(1));
            }
            verification = log.verify();
            assertThat(verification.firstBad()).isEmpty();
            assertThat(verification.first()).isEqualTo(2_502);
            assertThat(store.storage().audit(AuditQuery.after(0, 1)).get(0).json())
                    .contains("2027-02-24");
            log.close();
        }
        try (RealStore.Closing store = RealStore.open(temp, () -> now)) {
            DurableAuditLog log = open(store);
            assertThat(log.health().level()).isEqualTo(Level.HEALTHY);
            assertThat(log.verify().intact()).isTrue();
        }
    }

    /** A machine whose clock has lost its battery says 2038 until the network is there. */
    @Test
    void f5_a_clock_that_is_far_ahead_at_a_start_empties_nothing() throws Exception {
        try (RealStore.Closing store = RealStore.open(temp, () -> now)) {
            DurableAuditLog log = open(store);
            fill(log, 100);
            log.close();
        }
        now = NOON.plus(Duration.ofDays(4_000));
        try (RealStore.Closing store = RealStore.open(temp, () -> now)) {
            DurableAuditLog log = open(store);
            for (int hour = 0; hour < 20; hour++) {
                run(log, Duration.ofHours(1));
            }
            assertThat(log.verify().first()).isEqualTo(1);
        }
    }

    @Test
    void f5_records_of_a_clock_that_was_ahead_keep_no_others() throws Exception {
        try (RealStore.Closing store = RealStore.open(temp, () -> now)) {
            DurableAuditLog log = open(store);
            fill(log, 10);
            now = NOON.plus(Duration.ofDays(4_000));
            fill(log, 3);
            now = NOON;
            fill(log, 10);
            now = NOON.plus(Duration.ofDays(91));
            fill(log, 5);
            for (int hour = 0; hour < 40; hour++) {
                run(log, Duration.ofHours(1));
            }
            Verification verification = log.verify();
            assertThat(verification.firstBad()).isEmpty();
            assertThat(verification.first()).isEqualTo(25);
        }
    }

    @Test
    void what_an_export_waits_for_stays_unless_there_is_no_room() throws Exception {
        try (RealStore.Closing store = RealStore.open(temp, () -> now)) {
            DurableAuditLog log = open(store);
            fill(log, 1_500);
            now = now.plus(Duration.ofDays(91));
            waitedFor.set(101);
            for (int hour = 0; hour < 10; hour++) {
                run(log, Duration.ofHours(1));
            }
            assertThat(log.verify().first()).isEqualTo(101);
        }
        bytes = 200_000;
        try (RealStore.Closing store = RealStore.open(temp, () -> now)) {
            DurableAuditLog log = open(store);
            fill(log, 1_000);
            run(log, Duration.ofMinutes(1));
            Verification verification = log.verify();
            assertThat(verification.firstBad()).isEmpty();
            assertThat(verification.first()).isGreaterThan(1_000);
            assertThat(last(store).json()).contains("not_exported").contains("MaxBytes");
        }
    }

    @Test
    void ab_105_damage_does_not_go_away_with_the_records_it_is_in() throws Exception {
        try (RealStore.Closing store = RealStore.open(temp, () -> now)) {
            DurableAuditLog log = open(store);
            fill(log, 50);
        }
        RealStore.tamper(temp, "DELETE FROM audit WHERE seq = 7");
        try (RealStore.Closing store = RealStore.open(temp, () -> now)) {
            DurableAuditLog log = open(store);
            now = now.plus(Duration.ofDays(91));
            for (int hour = 0; hour < 8; hour++) {
                run(log, Duration.ofHours(1));
            }
            assertThat(store.storage().audit(AuditQuery.after(50, 100)).toString())
                    .contains("\"damaged\":\"record 7 is missing");
        }
    }

    @Test
    void ab_105_records_removed_behind_our_back_are_not_taken_for_retention() throws Exception {
        try (RealStore.Closing store = RealStore.open(temp, () -> now)) {
            DurableAuditLog log = open(store);
            fill(log, 1_200);
            now = now.plus(Duration.ofDays(91));
            run(log, Duration.ofHours(1));
        }
        RealStore.tamper(temp, "DELETE FROM audit WHERE seq <= 100");
        try (RealStore.Closing store = RealStore.open(temp, () -> now)) {
            assertThat(open(store).verify().firstBad())
                    .isEqualTo("record 61 is missing: record 101 stands in its place");
        }
    }

    @Test
    void ab_105_an_older_copy_of_the_whole_store_is_found_against_an_anchor() throws Exception {
        AuditPlace known;
        Path copy = temp.resolve("copy");
        Files.createDirectory(copy);
        try (RealStore.Closing store = RealStore.open(temp, () -> now)) {
            open(store).close();
        }
        Files.copy(temp.resolve("kepm.db"), copy.resolve("kepm.db"));
        try (RealStore.Closing store = RealStore.open(temp, () -> now)) {
            DurableAuditLog log = open(store);
            fill(log, 20);
            AuditEntry last = last(store);
            known = new AuditPlace(last.seq(), last.hash());
            assertThat(log.verify(Optional.of(known)).anchored()).isTrue();
            assertThat(log.verify(Optional.of(known)).intact()).isTrue();
            assertThat(log.verify().anchored()).isFalse();
        }
        Files.copy(
                copy.resolve("kepm.db"),
                temp.resolve("kepm.db"),
                StandardCopyOption.REPLACE_EXISTING);
        try (RealStore.Closing store = RealStore.open(temp, () -> now)) {
            DurableAuditLog log = open(store);
            assertThat(log.verify().intact()).as("whole in itself").isTrue();
            assertThat(log.verify(Optional.of(known)).firstBad()).contains("older copy");
            fill(log, 40);
            assertThat(log.verify(Optional.of(known)).firstBad())
                    .isEqualTo("record " + known.seq() + " is another one than is known outside");
        }
    }

    @Test
    void floods_are_summed_up_and_the_sum_is_on_record_at_the_end_too() throws Exception {
        try (RealStore.Closing store = RealStore.open(temp, () -> now)) {
            DurableAuditLog log = open(store);
            for (int i = 0; i < 50; i++) {
                log.append(
                        AuditDraft.of(AuditType.ELEVATION_REFUSED, "REFUSED")
                                .user(AuditDraft.UserInfo.of("eve", 1002))
                                .build());
            }
            assertThat(last(store).seq()).isEqualTo(21);
            now = now.plusSeconds(61);
            run(log, Duration.ofSeconds(1));
            assertThat(store.storage().audit(AuditQuery.after(21, 1)).get(0).json())
                    .contains("\"count\":\"30\"")
                    .contains("\"outcome\":\"SUMMARY\"");
            log.close();
        }
    }

    @Test
    void what_retention_removes_while_an_anchor_is_looked_up_is_no_damage() throws Exception {
        try (RealStore.Closing store = RealStore.open(temp, () -> now)) {
            DurableAuditLog log = open(store);
            fill(log, 100);
            AuditEntry known = store.storage().audit(AuditQuery.after(19, 1)).get(0);
            AuditEntry removed = store.storage().audit(AuditQuery.after(49, 1)).get(0);
            AtomicBoolean isRemoved = new AtomicBoolean();
            Checkpoints checkpoints =
                    new Checkpoints(
                            store.care(), AgentKey.of(store.storage()), store.storage().agentUid());
            Storage meanwhile =
                    (Storage)
                            Proxy.newProxyInstance(
                                    Storage.class.getClassLoader(),
                                    new Class<?>[] {Storage.class},
                                    (proxy, method, arguments) -> {
                                        if (arguments != null
                                                && arguments[0] instanceof AuditQuery query
                                                && query.after() == 19
                                                && isRemoved.compareAndSet(false, true)) {
                                            checkpoints.prune(
                                                    new AuditPlace(removed.seq(), removed.hash()),
                                                    Map.of());
                                        }
                                        return method.invoke(store.storage(), arguments);
                                    });
            Verification found =
                    new ChainCheck(meanwhile, store.care(), log.key())
                            .whole(Optional.of(new AuditPlace(known.seq(), known.hash())));
            assertThat(isRemoved).isTrue();
            assertThat(found.firstBad()).isEmpty();
            assertThat(found.intact()).isTrue();
            assertThat(found.anchored()).as("it is not known any more").isFalse();
            assertThat(found.first()).isEqualTo(51);
        }
    }

    private void run(DurableAuditLog log, Duration every) throws StorageException {
        for (Upkeep.Chore chore : log.chores()) {
            if (chore.every().equals(every)) {
                chore.step().run(now);
            }
        }
    }

    private void fill(DurableAuditLog log, int records) throws StorageException {
        List<AuditDraft> drafts =
                IntStream.range(0, records)
                        .mapToObj(
                                i ->
                                        AuditDraft.of(AuditType.POLICY_EVALUATION, "ALLOW")
                                                .reason("r" + i)
                                                .build())
                        .toList();
        log.commit(new Change(List.of(), drafts));
    }

    private static AuditEntry last(RealStore.Closing store) throws StorageException {
        return store.storage().auditHead().orElseThrow();
    }

    private DurableAuditLog open(RealStore.Closing store) throws StorageException {
        InstantSource clock = () -> now;
        return new DurableAuditLog(
                store.storage(),
                store.care(),
                new Retention.Rules(Duration.ofDays(90), bytes, waitedFor::get),
                temp.resolve("spool"),
                "0.1.0",
                clock,
                new ClockWatch(Optional::empty));
    }
}
