package io.kepm.signing;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.signing.forge.CmsForge;
import io.kepm.signing.forge.Signer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RevocationVerifierTest {

    private static final Signer RELEASE = Signer.ec();
    private static final String ONE = "ab".repeat(32);
    private static final String TWO = "cd".repeat(20);
    private static final Signers TRUSTED = new Signers(Set.of(RELEASE.thumbprint()), Set.of());

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String list(long revision, String... lines) {
        return "KEPM revocations\nrevision " + revision + "\n" + String.join("\n", lines) + "\n";
    }

    private static RevocationVerdict judged(Signers signers, RevocationList held, String text) {
        return new RevocationVerifier(signers)
                .verify(bytes(text), CmsForge.detached(bytes(text), RELEASE), held);
    }

    private static String reason(RevocationList held, String text) {
        return judged(TRUSTED, held, text) instanceof RevocationVerdict.Refused refused
                ? refused.reason()
                : "";
    }

    @Test
    void a_list_of_the_release_is_in_force() {
        RevocationVerdict verdict =
                judged(TRUSTED, RevocationList.NONE, list(7, "# lost", ONE.toUpperCase(), TWO));

        assertThat(verdict)
                .isEqualTo(
                        new RevocationVerdict.InForce(
                                new RevocationList(7, Set.of(ONE, TWO)),
                                new Thumbprint(RELEASE.thumbprint())));
    }

    @Test
    void ab_66_a_revision_only_rises_and_a_list_only_grows() {
        RevocationList held = new RevocationList(7, Set.of(ONE));

        assertThat(reason(held, list(6, ONE, TWO))).contains("older than 7");
        assertThat(reason(held, list(8, TWO))).contains("it lacks `" + ONE + "`");
        assertThat(reason(held, list(8))).contains("only grows");
        assertThat(reason(held, list(7, ONE, TWO))).contains("was another list");
        assertThat(reason(held, list(7, ONE))).isEmpty();
        assertThat(reason(held, list(8, ONE, TWO))).isEmpty();
    }

    @Test
    void ab_66_nobody_but_the_release_signs_one() {
        byte[] text = bytes(list(1, ONE));
        RevocationVerifier verifier = new RevocationVerifier(TRUSTED);

        assertThat(verifier.verify(text, CmsForge.detached(text, Signer.ec()), RevocationList.NONE))
                .isInstanceOf(RevocationVerdict.Refused.class);
        assertThat(
                        verifier.verify(
                                bytes(list(2, ONE)),
                                CmsForge.detached(text, RELEASE),
                                RevocationList.NONE))
                .isInstanceOf(RevocationVerdict.Refused.class);
        Signers revoked = new Signers(TRUSTED.trusted(), Set.of(RELEASE.thumbprint("SHA-1")));
        assertThat(judged(revoked, RevocationList.NONE, list(1, ONE)))
                .isInstanceOf(RevocationVerdict.Refused.class);
    }

    @Test
    void time_plays_no_part() {
        Instant past = Instant.parse("2020-01-01T00:00:00Z");
        Signer expired =
                Signer.form("EC", 256, "SHA256withECDSA").valid(past, past.plusSeconds(9)).make();
        byte[] text = bytes(list(1, ONE));

        assertThat(
                        new RevocationVerifier(new Signers(Set.of(expired.thumbprint()), Set.of()))
                                .verify(
                                        text,
                                        CmsForge.detached(text, expired),
                                        RevocationList.NONE))
                .isInstanceOf(RevocationVerdict.InForce.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "#!/bin/sh\n",
                "KEPM revocations\n",
                "KEPM revocations \nrevision 1\n",
                "KEPM revocations\nrevision 0\n",
                "KEPM revocations\nrevision -1\n",
                "KEPM revocations\nrevision 9999999999999999999\n",
                "KEPM revocations\nrevision 1\nabc\n"
            })
    void what_is_not_understood_is_refused_as_a_whole(String text) {
        assertThat(reason(RevocationList.NONE, text)).isNotEmpty();
    }
}
