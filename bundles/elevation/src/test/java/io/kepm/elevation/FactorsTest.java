package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.elevation.SecondFactors.Answer;
import io.kepm.api.linux.Passwords;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FactorsTest {

    private final FakeWorld world = new FakeWorld();
    private final TestApp app = new TestApp(world);

    /** RFC 6238 appendix B, SHA-1, the last six of its eight digits. */
    @ParameterizedTest
    @CsvSource({
        "59, 287082",
        "1111111109, 081804",
        "1111111111, 050471",
        "1234567890, 005924",
        "2000000000, 279037",
        "20000000000, 353130"
    })
    void codes_are_those_of_the_rfc(long seconds, String code) {
        byte[] key = "12345678901234567890".getBytes(StandardCharsets.US_ASCII);
        assertThat(Totp.code(key, Totp.step(Instant.ofEpochSecond(seconds)))).isEqualTo(code);
    }

    /** The same appendix, SHA-256. */
    @ParameterizedTest
    @CsvSource({
        "59, 119246",
        "1111111109, 084774",
        "1111111111, 062674",
        "1234567890, 819424",
        "2000000000, 698825",
        "20000000000, 737706"
    })
    void codes_by_sha_256_are_those_of_the_rfc(long seconds, String code) {
        byte[] key = "12345678901234567890123456789012".getBytes(StandardCharsets.US_ASCII);
        assertThat(Totp.code(key, Totp.step(Instant.ofEpochSecond(seconds)))).isEqualTo(code);
    }

    @Test
    void a_factor_goes_by_the_hash_that_it_was_enrolled_with() throws Exception {
        TestApp old = new TestApp(world);
        old.enrol("alice", 1001);
        assertThat(old.uri()).doesNotContain("algorithm");
        world.factors = world.factors(Totp.Hash.SHA256);
        TestApp one = new TestApp(world);
        one.enrol("bob", 1002);
        assertThat(one.uri()).endsWith("&algorithm=SHA256");
        assertThat(world.factors.check("bob", 1002, one.code()))
                .isInstanceOf(Factors.Try.Right.class);
        assertThat(world.factors.check("alice", 1001, old.code()))
                .isInstanceOf(Factors.Try.Right.class);
    }

    @ParameterizedTest
    @CsvSource({"f, MY", "fo, MZXQ", "foo, MZXW6", "foob, MZXW6YQ", "foobar, MZXW6YTBOI"})
    void base_32_is_that_of_rfc_4648(String text, String encoded) {
        assertThat(Base32.of(text.getBytes(StandardCharsets.US_ASCII))).isEqualTo(encoded);
    }

    @Test
    void ab_134_nobody_enrols_first_without_a_password_or_an_administrators_code()
            throws Exception {
        for (String proof : List.of("", "000000", "ABCD-EFGH-JKMN-PQRS")) {
            assertThat(world.factors.enroll("alice", 1001, proof))
                    .isInstanceOf(Answer.Refused.class);
        }
        String code = world.factors.admit("alice", 1001, "root");
        assertThat(world.factors.enroll("bob", 1002, code)).isInstanceOf(Answer.Refused.class);
        assertThat(world.factors.enroll("alice", 1001, code)).isInstanceOf(Answer.Begun.class);
        // One use.
        assertThat(world.factors.enroll("alice", 1001, code)).isInstanceOf(Answer.Refused.class);
    }

    @Test
    void ab_134_the_password_of_the_account_begins_the_first_enrolment_and_no_later_one()
            throws Exception {
        world.pam = word -> word.equals("pw") ? Passwords.Verdict.RIGHT : Passwords.Verdict.WRONG;
        assertThat(world.factors.enrollByPassword("alice", 1001, "x"))
                .isInstanceOf(Answer.Refused.class);
        assertThat(world.factors.enrollByPassword("alice", 1001, "pw"))
                .isInstanceOf(Answer.Begun.class);
        app.enrol("alice", 1001);
        assertThat(world.factors.enrollByPassword("alice", 1001, "pw"))
                .isInstanceOf(Answer.Refused.class);
        assertThat(world.log.types()).contains("MFA_FAILED", "MFA_SUCCEEDED");
    }

    @Test
    void ab_134_wrong_passwords_lock_and_then_pam_is_not_even_asked() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        world.pam =
                word -> {
                    asked.incrementAndGet();
                    return Passwords.Verdict.WRONG;
                };
        for (int i = 0; i < 20; i++) {
            world.factors.enrollByPassword("alice", 1001, "guess" + i);
        }
        assertThat(asked.get()).isEqualTo(Factors.MOST_WRONG);
    }

    @Test
    void who_enrols_while_pam_takes_its_time_is_not_overtaken_by_the_password() throws Exception {
        world.pam =
                word -> {
                    try {
                        app.enrol("alice", 1001);
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                    return Passwords.Verdict.RIGHT;
                };
        assertThat(world.factors.enrollByPassword("alice", 1001, "pw"))
                .isInstanceOf(Answer.Refused.class);
    }

    @Test
    void a_password_that_nobody_can_check_is_no_wrong_one() throws Exception {
        for (int i = 0; i < 9; i++) {
            Answer answer = world.factors.enrollByPassword("alice", 1001, "pw");
            assertThat(((Answer.Refused) answer).why()).contains("kepm mfa admit alice");
        }
        assertThat(world.log.types()).doesNotContain("MFA_FAILED");
    }

    @Test
    void ab_134_an_administrators_code_ends_after_an_hour_and_after_five_wrong_tries()
            throws Exception {
        String code = world.factors.admit("alice", 1001, "root");
        world.now = world.now.plus(Duration.ofMinutes(61));
        assertThat(world.factors.enroll("alice", 1001, code)).isInstanceOf(Answer.Refused.class);
        code = world.factors.admit("alice", 1001, "root");
        for (int i = 0; i < Factors.MOST_WRONG; i++) {
            world.factors.enroll("alice", 1001, "ABCD-EFGH-JKMN-PQRS");
        }
        world.now = world.now.plus(Factors.LOCKED).plusSeconds(1);
        assertThat(world.factors.enroll("alice", 1001, code)).isInstanceOf(Answer.Refused.class);
    }

    @Test
    void ab_134_a_present_factor_is_changed_with_its_own_code_only() throws Exception {
        app.enrol("alice", 1001);
        assertThat(world.factors.enroll("alice", 1001, "")).isInstanceOf(Answer.Refused.class);
        assertThat(world.factors.remove("alice", 1001, "123456", ""))
                .isInstanceOf(Answer.Refused.class);
        assertThat(world.factors.status("alice", 1001).enrolled()).isTrue();
        assertThat(world.factors.enroll("alice", 1001, app.code()))
                .isInstanceOf(Answer.Begun.class);
        assertThat(world.factors.remove("alice", 1001, "", "root"))
                .isInstanceOf(Answer.Removed.class);
        assertThat(world.factors.status("alice", 1001).enrolled()).isFalse();
    }

    @Test
    void ab_98_a_code_counts_once_also_for_many_at_once() throws Exception {
        app.enrol("alice", 1001);
        String code = app.code();
        AtomicInteger right = new AtomicInteger();
        List<Thread> threads =
                java.util.stream.IntStream.range(0, 4)
                        .mapToObj(i -> new Thread(() -> count(code, right)))
                        .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(right).hasValue(1);
    }

    private void count(String code, AtomicInteger right) {
        try {
            if (world.factors.check("alice", 1001, code) instanceof Factors.Try.Right) {
                right.incrementAndGet();
            }
        } catch (io.kepm.api.storage.StorageException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void codes_of_the_step_before_and_after_count_and_no_others() throws Exception {
        app.enrol("alice", 1001);
        for (int steps : new int[] {-2, 2, 40}) {
            assertThat(world.factors.check("alice", 1001, app.code(steps)))
                    .isInstanceOf(Factors.Try.Wrong.class);
        }
        assertThat(world.factors.check("alice", 1001, app.code(1)))
                .isInstanceOf(Factors.Try.Right.class);
    }

    @Test
    void ab_51_five_wrong_codes_lock_for_a_quarter_of_an_hour_and_are_on_record() throws Exception {
        app.enrol("alice", 1001);
        world.log.drafts.clear();
        for (int i = 0; i < 4; i++) {
            assertThat(world.factors.check("alice", 1001, "00000" + i))
                    .isEqualTo(new Factors.Try.Wrong(4 - i));
        }
        assertThat(world.factors.check("alice", 1001, "x")).isInstanceOf(Factors.Try.Locked.class);
        assertThat(world.factors.check("alice", 1001, app.code()))
                .isInstanceOf(Factors.Try.Locked.class);
        assertThat(world.log.types()).containsOnly("MFA_FAILED").hasSize(6);
        world.now = world.now.plus(Factors.LOCKED).plusSeconds(1);
        assertThat(world.factors.check("alice", 1001, app.code()))
                .isInstanceOf(Factors.Try.Right.class);
    }

    @Test
    void each_recovery_code_counts_once_however_it_is_typed() throws Exception {
        List<String> codes = app.enrol("alice", 1001);
        assertThat(codes).hasSize(10).doesNotHaveDuplicates();
        String typed = codes.get(3).toLowerCase(java.util.Locale.ROOT).replace("-", " ");
        assertThat(world.factors.check("alice", 1001, typed)).isInstanceOf(Factors.Try.Right.class);
        assertThat(world.factors.check("alice", 1001, codes.get(3)))
                .isInstanceOf(Factors.Try.Wrong.class);
        assertThat(world.factors.status("alice", 1001).recoveryCodes()).isEqualTo(9);
    }

    @Test
    void ab_37_a_uid_that_got_another_owner_has_no_factor() throws Exception {
        app.enrol("alice", 1001);
        assertThat(world.factors.status("mallory", 1001).enrolled()).isFalse();
        assertThat(world.factors.check("mallory", 1001, app.code()))
                .isInstanceOf(Factors.Try.NotEnrolled.class);
    }

    @Test
    void ab_109_no_secret_is_in_a_record() throws Exception {
        String code = world.factors.admit("alice", 1001, "root");
        List<String> codes = app.enrol("alice", 1001);
        world.factors.check("alice", 1001, codes.get(0));
        assertThat(world.log.drafts.toString())
                .doesNotContain(code)
                .doesNotContain(app.secret())
                .doesNotContain(codes.get(0));
    }
}
