package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kepm.api.trust.FileTrust;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CustomCertificateTest {

    private static final Instant NOW = Instant.parse("2026-11-25T09:00:00Z");

    private CertificateFixture files;

    @BeforeEach
    void folder(@TempDir Path folder) {
        files = new CertificateFixture(folder);
    }

    private static String refusal(CustomCertificate custom) {
        UnusableCertificate refusal =
                catchThrowableOfType(UnusableCertificate.class, () -> custom.read(NOW));
        assertThat(refusal).isNotNull();
        assertThat(refusal.sentence()).doesNotContain(CertificateFixture.PASSWORD);
        return refusal.sentence();
    }

    @Test
    void a_pair_in_pem_is_read_with_and_without_a_password_and_from_one_file() throws Exception {
        ServerCertificate made = ServerCertificate.create(NOW);
        files.write(made);
        assertThat(files.pair().read(NOW).certificate()).isEqualTo(made.certificate());
        files.writeEncrypted(made);
        assertThat(files.pairWithPassword().read(NOW).key()).isEqualTo(made.key());
        files.write(made);
        Files.writeString(
                files.keyFile(),
                Files.readString(files.file()) + Files.readString(files.keyFile()));
        CustomCertificate one =
                new CustomCertificate(
                        files.keyFile(),
                        files.keyFile(),
                        "",
                        Optional.empty(),
                        CertificateFixture.TRUSTED);
        assertThat(one.read(NOW).isOwn()).isFalse();
    }

    @Test
    void pkcs12_and_rsa_are_read() throws Exception {
        ServerCertificate made = CertificateFixture.rsa(NOW, Duration.ofDays(90), 2048);
        assertThat(files.pkcs12(made).read(NOW).certificate()).isEqualTo(made.certificate());
        files.write(made);
        assertThat(files.pair().read(NOW).key()).isEqualTo(made.key());
    }

    @Test
    void what_can_not_be_shown_is_refused_with_the_reason() throws Exception {
        assertThat(refusal(files.pair())).contains("can't be read");
        ServerCertificate made = ServerCertificate.create(NOW);
        files.write(made, ServerCertificate.create(NOW).key());
        assertThat(refusal(files.pair())).isEqualTo("the key is not that of the first certificate");
        files.write(ServerCertificate.create(NOW.minus(Duration.ofDays(400))));
        assertThat(refusal(files.pair())).startsWith("the certificate ended at 20");
        files.write(ServerCertificate.create(NOW.plus(Duration.ofDays(2))));
        assertThat(refusal(files.pair())).startsWith("the certificate begins at 20");
        files.write(CertificateFixture.rsa(NOW, Duration.ofDays(9), 1024));
        assertThat(refusal(files.pair())).contains("RSA of 2048 bits or more");
        files.writeEncrypted(made);
        assertThat(refusal(files.pair())).contains("Settings/Certificate/Credential");
        Files.writeString(files.file(), "nonsense");
        files.write(made);
        Files.writeString(files.file(), "-----BEGIN CERTIFICATE-----\nAAAA\n");
        assertThat(refusal(files.pair())).isNotEmpty();
        Files.write(files.file(), new byte[300 << 10]);
        assertThat(refusal(files.pair())).contains("larger than 256 KiB");
    }

    @Test
    void a_chain_out_of_order_is_refused() throws Exception {
        ServerCertificate made = ServerCertificate.create(NOW);
        files.write(made);
        Files.writeString(files.file(), made.pem() + ServerCertificate.create(NOW).pem());
        assertThat(refusal(files.pair())).startsWith("certificate 1 was not issued by");
    }

    @Test
    void a_password_comes_from_a_credential_and_a_wrong_one_is_told() throws Exception {
        files.writeEncrypted(ServerCertificate.create(NOW));
        CustomCertificate without = files.pairWithPassword();
        Files.writeString(files.folder().resolve("door-password"), "other");
        assertThat(refusal(without)).contains("its password is another");
        Files.delete(files.folder().resolve("door-password"));
        assertThat(refusal(without)).contains("LoadCredential=door-password:PATH");
        for (String name : List.of("../door.key", ".", "a/b", "a b")) {
            CustomCertificate odd =
                    new CustomCertificate(
                            files.file(),
                            files.keyFile(),
                            name,
                            Optional.of(files.folder()),
                            CertificateFixture.TRUSTED);
            assertThat(refusal(odd)).contains("no name of a credential");
        }
    }

    @Test
    void a_key_that_others_read_or_files_that_others_change_are_refused() throws Exception {
        files.write(ServerCertificate.create(NOW));
        Files.setPosixFilePermissions(
                files.keyFile(), PosixFilePermissions.fromString("rw-r-----"));
        assertThat(refusal(files.pair())).contains("chmod 600");
        CustomCertificate open =
                new CustomCertificate(
                        files.file(),
                        files.keyFile(),
                        "",
                        Optional.empty(),
                        path ->
                                List.of(
                                        new FileTrust.Violation(
                                                path, "others may write to it", "chmod go-w")));
        assertThat(refusal(open)).contains("others may write to it", "chmod go-w");
    }
}
