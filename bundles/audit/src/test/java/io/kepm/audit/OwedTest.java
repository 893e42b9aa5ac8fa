package io.kepm.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.api.storage.StorageException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class OwedTest {

    @Test
    void f10_what_can_not_be_written_stays_until_it_can() throws Exception {
        Owed owed = new Owed();
        owed.add(List.of(draft("a"), draft("b")));
        List<String> written = new ArrayList<>();
        AtomicBoolean full = new AtomicBoolean(true);
        Owed.Writer writer =
                draft -> {
                    if (full.get() && written.size() == 1) {
                        throw new StorageException("no space left");
                    }
                    written.add(draft.reason());
                };
        assertThatThrownBy(() -> owed.pay(writer)).hasMessage("no space left");
        owed.add(List.of(draft("c")));
        full.set(false);
        owed.pay(writer);
        owed.pay(writer);
        assertThat(written).containsExactly("a", "b", "c");
    }

    @Test
    void a_chore_that_fails_is_told_and_keeps_no_other_from_its_turn() {
        AtomicBoolean broken = new AtomicBoolean(true);
        Upkeep.Chore chore =
                new Upkeep.Chore(
                        "sums",
                        Duration.ofSeconds(1),
                        now -> {
                            if (broken.get()) {
                                throw new AssertionError("an error, even");
                            }
                        });
        Upkeep upkeep = new Upkeep(List.of(chore), InstantSource.system());
        upkeep.look(chore);
        assertThat(upkeep.troubles()).containsExactly("sums: an error, even");
        broken.set(false);
        upkeep.look(chore);
        assertThat(upkeep.troubles()).isEmpty();
    }

    @Test
    void whoever_owes_a_record_for_which_there_is_no_room_is_told() throws Exception {
        Owed owed = new Owed();
        assertThat(owed.add(Collections.nCopies(Owed.MOST, draft("a")))).isTrue();
        assertThat(owed.add(List.of(draft("b")))).isFalse();
        owed.pay(draft -> {});
        assertThat(owed.add(List.of(draft("b")))).isTrue();
    }

    private static AuditDraft draft(String reason) {
        return AuditDraft.of(AuditType.CLOCK_JUMP, "BACK").reason(reason).build();
    }
}
