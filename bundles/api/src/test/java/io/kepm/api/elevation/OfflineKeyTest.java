package io.kepm.api.elevation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OfflineKeyTest {

    /** The key of 32 bytes from 0 to 31; the rest was worked out by another program. */
    private static final String SITE =
            "kepm-site-key-1 000G40R40M30E209185GR38E1W8124GK2GAHC5RR34D1P70X3RFG";

    private static final String MACHINE =
            "kepm-machine-key-1 4G366KT 6NF5KK7B7TZWJDKFRSA3CK57VC8HETX7K25STATZBRR2C7EKPQXG";

    private static final String CHALLENGE = "4G36-6KT1-5NM7-B197-8SJ5-7WW1";
    private static final OfflineChallenge.Command COMMAND =
            new OfflineChallenge.Command("alice", "root", List.of("/usr/bin/id", "-u"));

    private static final String ANSWER = "1GW909EWQHX5";

    @Test
    void keys_challenges_and_answers_have_one_form_for_ever() {
        OfflineKey site = OfflineKey.parse(SITE + "\n").orElseThrow();
        String machine = OfflineKey.machine("agent-1");
        assertThat(site.line()).isEqualTo(SITE);
        assertThat(site.ofMachine(machine).line()).isEqualTo(MACHINE);
        OfflineChallenge challenge =
                OfflineChallenge.of(machine, 1_234_567, "ab".repeat(32), "0a1b2c3d", COMMAND);
        assertThat(challenge.text()).isEqualTo(CHALLENGE);
        assertThat(OfflineChallenge.parse(CHALLENGE)).hasValue(challenge);
        assertThat(OfflineKey.parse(MACHINE).orElseThrow().answer(challenge, COMMAND))
                .isEqualTo(ANSWER);
    }

    @Test
    void an_answer_is_taken_however_it_is_typed_and_no_other() {
        OfflineKey key = OfflineKey.parse(MACHINE).orElseThrow();
        OfflineChallenge challenge = OfflineChallenge.parse(CHALLENGE).orElseThrow();
        for (String typed : new String[] {ANSWER, "igw9-o9Ew qhx5", " LGW9-09EW-QHX5 "}) {
            assertThat(key.isAnswer(challenge, COMMAND, typed)).as(typed).isTrue();
        }
        for (String typed :
                new String[] {"", "1GW909EWQHX", ANSWER + "0", "2GW909EWQHX5", "\u0000", "ß"}) {
            assertThat(key.isAnswer(challenge, COMMAND, typed)).as(typed).isFalse();
        }
    }

    @Test
    void ab_99_machine_counter_and_request_each_change_the_answer() {
        OfflineKey site = OfflineKey.fresh(new SecureRandom());
        Set<String> answers = new HashSet<>();
        for (String machine : new String[] {"0000001", "0000002"}) {
            for (long counter : new long[] {1, 2, OfflineChallenge.LAST}) {
                for (String request : new String[] {"000000", "000001"}) {
                    OfflineChallenge challenge =
                            new OfflineChallenge(machine, counter, request, "0000");
                    assertThat(OfflineChallenge.parse(challenge.text())).hasValue(challenge);
                    answers.add(site.ofMachine(machine).answer(challenge, COMMAND));
                }
            }
        }
        assertThat(answers).hasSize(12).allMatch(answer -> answer.length() == OfflineKey.ANSWER);
        OfflineChallenge other = new OfflineChallenge("0000002", 1, "000000", "0000");
        assertThatThrownBy(() -> site.ofMachine("0000001").answer(other, COMMAND))
                .hasMessageContaining("another machine");
        assertThatThrownBy(() -> site.ofMachine("0000001").ofMachine("0000002"))
                .hasMessageContaining("one machine already");
        assertThatThrownBy(
                        () ->
                                new OfflineChallenge(
                                        "0000001", OfflineChallenge.LAST + 1, "000000", "0000"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void ab_99_a_challenge_is_for_one_command_of_one_request() {
        OfflineChallenge one = OfflineChallenge.of("0000001", 1, "ab", "r-1", COMMAND);
        assertThat(one.isFor(COMMAND)).isTrue();
        List<String> words = List.of("/usr/bin/id", "-u");
        for (OfflineChallenge.Command other :
                List.of(
                        new OfflineChallenge.Command("alic", "eroot", words),
                        new OfflineChallenge.Command("alice", "bob", words),
                        new OfflineChallenge.Command("alice", "root", List.of("/usr/bin/id -u")),
                        new OfflineChallenge.Command("alice", "root", List.of("/usr/bin/id")))) {
            assertThat(one.isFor(other)).isFalse();
        }
        // The same command of another request has other marks: none can be looked for ahead.
        OfflineChallenge two = OfflineChallenge.of("0000001", 1, "ab", "r-2", COMMAND);
        assertThat(two.command()).isNotEqualTo(one.command());
        assertThat(two.isFor(COMMAND)).isTrue();
    }

    @Test
    void ab_99_a_command_of_the_same_marks_has_another_answer() {
        OfflineKey key = OfflineKey.parse(MACHINE).orElseThrow();
        OfflineChallenge wanted =
                OfflineChallenge.of(
                        key.machine(),
                        7,
                        "ab".repeat(32),
                        "r-1",
                        new OfflineChallenge.Command("alice", "root", List.of("/usr/bin/bash")));
        OfflineChallenge.Command told = COMMAND;
        for (int i = 0; !wanted.isFor(told); i++) {
            told =
                    new OfflineChallenge.Command(
                            "alice", "root", List.of("/usr/bin/id", "ticket-" + i));
        }
        assertThat(key.isAnswer(wanted, told, key.answer(wanted, told))).isTrue();
        assertThat(
                        key.isAnswer(
                                wanted,
                                new OfflineChallenge.Command(
                                        "alice", "root", List.of("/usr/bin/bash")),
                                key.answer(wanted, told)))
                .isFalse();
    }

    @Test
    void almost_every_typing_error_in_a_challenge_is_found() {
        String plain = CHALLENGE.replace("-", "");
        int missed = 0;
        int tried = 0;
        for (int i = 0; i < plain.length(); i++) {
            for (char c : Crockford.ALPHABET.toCharArray()) {
                if (c != plain.charAt(i)) {
                    String typed = plain.substring(0, i) + c + plain.substring(i + 1);
                    tried++;
                    missed += OfflineChallenge.parse(typed).isPresent() ? 1 : 0;
                }
            }
        }
        assertThat(missed).as("of " + tried).isLessThan(5);
        assertThat(OfflineChallenge.parse("x".repeat(100_000))).isEmpty();
    }

    @Test
    void what_is_no_key_is_none_and_a_key_is_in_no_text() {
        for (String line :
                new String[] {
                    "",
                    SITE.substring(1),
                    SITE + "0",
                    SITE.replace('M', 'U'),
                    MACHINE.replace("4G366KT", "4G366K"),
                    SITE + "\n" + SITE
                }) {
            assertThat(OfflineKey.parse(line)).as(line).isEmpty();
        }
        assertThat(OfflineKey.parse(SITE).orElseThrow().toString()).isEqualTo("OfflineKey[site]");
        assertThat(OfflineKey.parse(MACHINE).orElseThrow().toString()).doesNotContain("6NF5");
        assertThat(OfflineKey.parse(MACHINE).orElseThrow().fingerprint())
                .matches("[0-9A-Z]{4}-[0-9A-Z]{4}");
        assertThat(OfflineKey.machineTyped("4g36-6kt")).hasValue("4G366KT");
        assertThat(OfflineKey.machineTyped("../4G366")).isEmpty();
    }
}
