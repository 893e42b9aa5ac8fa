package io.kepm.api.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AuditChainTest {

    @Test
    void canonical_text_has_sorted_keys_and_escapes_only_what_it_must() {
        assertThat(
                        CanonicalJson.of(
                                Map.of("b", 1, "a", List.of("x\n\"\u001b[31m", "ü\ud83d\ude00"))))
                .isEqualTo("{\"a\":[\"x\\n\\\"\\u001b[31m\",\"ü\ud83d\ude00\"],\"b\":1}");
    }

    @Test
    void an_untouched_chain_verifies_to_its_head() {
        List<AuditEntry> chain = chain(5);
        ChainVerifier verifier = new ChainVerifier(1, AuditChain.GENESIS);
        chain.forEach(entry -> assertThat(verifier.accept(entry)).isEmpty());
        assertThat(verifier.count()).isEqualTo(5);
        assertThat(verifier.head()).isEqualTo(chain.get(4).hash());
    }

    @Test
    void an_edited_record_is_named() {
        List<AuditEntry> chain = chain(3);
        AuditEntry second = chain.get(1);
        chain.set(
                1,
                new AuditEntry(
                        2,
                        second.time(),
                        second.type(),
                        second.json().replace("ALLOW", "DENY!"),
                        second.hash()));
        assertThat(firstFault(chain)).contains("record 2 was edited");
    }

    @Test
    void a_record_that_was_edited_and_hashed_anew_breaks_the_next() {
        List<AuditEntry> chain = chain(3);
        String json = chain.get(1).json().replace("ALLOW", "DENY!");
        chain.set(
                1,
                new AuditEntry(
                        2, chain.get(1).time(), chain.get(1).type(), json, AuditChain.hash(json)));
        assertThat(firstFault(chain)).contains("record 3 does not follow");
    }

    @Test
    void a_missing_or_moved_record_is_named() {
        List<AuditEntry> missing = chain(4);
        missing.remove(1);
        assertThat(firstFault(missing)).contains("record 2 is missing");
        List<AuditEntry> swapped = chain(4);
        AuditEntry two = swapped.get(1);
        AuditEntry three = swapped.get(2);
        swapped.set(1, new AuditEntry(2, three.time(), three.type(), three.json(), three.hash()));
        swapped.set(2, new AuditEntry(3, two.time(), two.type(), two.json(), two.hash()));
        assertThat(firstFault(swapped)).contains("record 2");
    }

    @Test
    void a_vector_of_any_size_makes_a_record_that_can_be_written_and_still_be_told_apart() {
        List<String> huge = List.of("bash", "\u0001".repeat(100_000), "\u0001".repeat(100_000));
        AuditDraft.TargetInfo target =
                new AuditDraft.TargetInfo("/bin/bash", huge, "", "/", "root");
        AuditDraft draft =
                AuditDraft.of(AuditType.POLICY_EVALUATION, "DENY")
                        .target(target)
                        .reason("x".repeat(99_999))
                        .build();
        AuditEntry entry =
                AuditChain.seal(draft, 1, "id", Instant.EPOCH, "agent", "0", AuditChain.GENESIS);
        assertThat(entry.json().length()).isLessThan(300_000);
        assertThat(entry.json()).contains("3 words, SHA-256 ");
        assertThat(
                        new AuditDraft.TargetInfo(
                                        "/bin/bash", List.of("bash", "-c"), "", "/", "root")
                                .argv())
                .containsExactly("bash", "-c");
    }

    private static String firstFault(List<AuditEntry> chain) {
        ChainVerifier verifier = new ChainVerifier(1, AuditChain.GENESIS);
        return chain.stream()
                .flatMap(entry -> verifier.accept(entry).stream())
                .findFirst()
                .orElse("no fault");
    }

    private static List<AuditEntry> chain(int length) {
        List<AuditEntry> chain = new ArrayList<>();
        String previous = AuditChain.GENESIS;
        for (int i = 1; i <= length; i++) {
            AuditDraft draft =
                    AuditDraft.of(AuditType.POLICY_EVALUATION, "ALLOW")
                            .user(AuditDraft.UserInfo.of("alice", 1001))
                            .reason("because " + i)
                            .build();
            AuditEntry entry =
                    AuditChain.seal(
                            draft,
                            i,
                            "id-" + i,
                            Instant.parse("2026-11-25T10:00:00Z"),
                            "agent",
                            "0.1.0",
                            previous);
            chain.add(entry);
            previous = entry.hash();
        }
        return chain;
    }
}
