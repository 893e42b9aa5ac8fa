package io.kepm.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListVerifierTest {

    private static final DigestList LIST =
            new DigestList(new TreeMap<>(Map.of("system/a.jar", "0".repeat(64))));
    private static Keys keys;

    @BeforeAll
    static void makeKeys() throws Exception {
        keys = Keys.ec();
    }

    @ParameterizedTest
    @CsvSource({"EC,256,SHA256withECDSA", "RSA,3072,SHA256withRSA", "Ed25519,0,Ed25519"})
    void a_list_signed_by_a_trusted_key_is_trusted(String kind, int bits, String algorithm)
            throws Exception {
        Keys each = Keys.of(kind, bits, algorithm);
        byte[] signature = each.signer().sign(LIST).bytes();

        assertThat(new ListVerifier(each.trusted()).verify(LIST.bytes(), signature))
                .isEqualTo(new ListVerdict.Trusted(LIST, Thumbprint.of(each.certificate())));
    }

    @Test
    void ab_65_a_list_with_any_byte_changed_is_not_trusted() throws Exception {
        byte[] signature = keys.signer().sign(LIST).bytes();
        for (int i = 0; i < LIST.bytes().length; i++) {
            byte[] changed = LIST.bytes();
            changed[i] ^= 1;
            assertThat(reason(changed, signature)).contains("the signature does not match");
        }
    }

    @Test
    void ab_66_a_signature_of_zeros_or_of_nothing_is_not_trusted() {
        Thumbprint signer = Thumbprint.of(keys.certificate());
        for (byte[] zeros : new byte[][] {{0}, new byte[64], {0x30, 6, 2, 1, 0, 2, 1, 0}}) {
            assertThat(reason(LIST.bytes(), new DetachedSignature(signer, zeros).bytes()))
                    .startsWith("digest list: the signature");
        }
        assertThat(reason(LIST.bytes(), new byte[0])).isEqualTo("signature file: malformed");
    }

    @Test
    void ab_66_a_weak_key_is_not_trusted_even_when_listed() throws Exception {
        Keys weak = Keys.of("RSA", 2048, "SHA256withRSA");
        Keys strong = Keys.of("RSA", 3072, "SHA256withRSA");
        byte[] forged =
                new DetachedSignature(
                                Thumbprint.of(weak.certificate()),
                                strong.signer().sign(LIST).signature())
                        .bytes();

        assertThatThrownBy(() -> weak.signer().sign(LIST)).hasMessageContaining("3072");
        assertThat(new ListVerifier(weak.trusted()).verify(LIST.bytes(), forged))
                .isEqualTo(new ListVerdict.Untrusted("digest list: the signer's key is too weak"));
    }

    @Test
    void a_signer_that_is_not_trusted_is_named() throws Exception {
        Keys other = Keys.ec();

        assertThat(reason(LIST.bytes(), other.signer().sign(LIST).bytes()))
                .contains(Thumbprint.of(other.certificate()).hex());
    }

    @Test
    void another_signers_name_over_a_signature_does_not_help() throws Exception {
        byte[] signature = Keys.ec().signer().sign(LIST).signature();

        assertThat(
                        reason(
                                LIST.bytes(),
                                new DetachedSignature(Thumbprint.of(keys.certificate()), signature)
                                        .bytes()))
                .contains("the signature does not match");
    }

    @Test
    void a_good_signature_over_something_else_is_not_a_list() throws Exception {
        byte[] other = "#!/bin/sh\n".getBytes(StandardCharsets.UTF_8);
        var sign = java.security.Signature.getInstance("SHA256withECDSA");
        sign.initSign(keys.pair().getPrivate());
        sign.update(other);
        byte[] signature =
                new DetachedSignature(Thumbprint.of(keys.certificate()), sign.sign()).bytes();

        assertThat(reason(other, signature)).contains("the first line is not");
    }

    private static String reason(byte[] list, byte[] signature) {
        ListVerdict verdict = new ListVerifier(keys.trusted()).verify(list, signature);
        assertThat(verdict).isInstanceOf(ListVerdict.Untrusted.class);
        return ((ListVerdict.Untrusted) verdict).reason();
    }
}
