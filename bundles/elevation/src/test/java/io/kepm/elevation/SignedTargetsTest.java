package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.linux.Targets;
import io.kepm.api.linux.UnixSockets;
import io.kepm.api.trust.Signatures;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignedTargetsTest {

    private static final String SHA256 = "0a".repeat(32);
    private static final String SIGNER = "bb".repeat(32);

    @TempDir Path folder;
    private Path program;
    private Path signature;
    private Optional<String> digest = Optional.of(SHA256);
    private List<String> unsafe = List.of();
    private String fault = "";
    private int judged;

    @BeforeEach
    void sign() throws IOException {
        program = Files.writeString(folder.resolve("tool"), "program");
        signature = Files.writeString(folder.resolve("tool.sig"), "signature");
    }

    /** The system: what it says of the program. */
    private final class Machine implements Targets {
        @Override
        public Facts inspect(String path, Optional<UnixSockets.Descriptor> descriptor) {
            return new Facts(path, digest, unsafe, false, "");
        }

        @Override
        public List<Optional<String>> resolve(List<String> arguments, String cwd) {
            return List.of();
        }

        @Override
        public String hostname() {
            return "ws-17";
        }
    }

    /** Finds the signature good, unless there is a fault. */
    private final class Judge implements Signatures {
        @Override
        public Verdict bundle(ByteBuffer jar) {
            return new Verdict("", "", "no bundle is judged here");
        }

        @Override
        public Verdict pack(ByteBuffer jar) {
            return bundle(jar);
        }

        @Override
        public Verdict again(ByteBuffer jar) {
            return bundle(jar);
        }

        @Override
        public Verdict detached(byte[] file, byte[] signed) {
            judged++;
            assertThat(file).asString().isEqualTo("program");
            assertThat(signed).asString().isEqualTo("signature");
            return new Verdict(SHA256, SIGNER, fault);
        }

        @Override
        public Signers signers() {
            return new Signers(List.of(), List.of(), List.of(), List.of());
        }
    }

    /** Who signed it, or why that is not known; the same ahead of a run and at it. */
    private String signer() {
        Targets targets = new SignedTargets(new Machine(), new Judge());
        Targets.Facts ahead = targets.foresee(program.toString());
        assertThat(targets.inspect(program.toString(), Optional.empty())).isEqualTo(ahead);
        assertThat(ahead.signers().isEmpty() || ahead.signerUnknown().isEmpty()).isTrue();
        return String.join(",", ahead.signers()) + ahead.signerUnknown();
    }

    @Test
    void a_program_with_a_good_signature_beside_it_has_a_signer() {
        assertThat(signer()).isEqualTo(SIGNER);
    }

    @Test
    void without_a_signature_nobody_signed_it_and_nothing_is_read() throws IOException {
        Files.delete(signature);
        assertThat(signer()).isEmpty();
        digest = Optional.empty();
        assertThat(signer()).isEmpty();
        assertThat(judged).isZero();
    }

    @Test
    void of_one_that_is_not_good_the_signer_is_unknown_though_it_names_one() {
        fault = "the signer was revoked";
        assertThat(signer()).isEqualTo("its signature does not count: the signer was revoked");
        assertThat(judged).isEqualTo(2);
    }

    @Test
    void ab_23_what_was_judged_has_to_be_the_bytes_whose_digest_is_known() {
        digest = Optional.of("0c".repeat(32));
        assertThat(signer()).isEqualTo("the file changed while it was looked at");
        digest = Optional.empty();
        assertThat(signer()).isEqualTo("the file that will run was not read");
    }

    @Test
    void ab_24_where_others_could_have_changed_something_nothing_is_looked_for()
            throws IOException {
        unsafe = List.of("writable by others");
        assertThat(signer()).isEqualTo("somebody else could have changed the file");
        Files.delete(signature);
        assertThat(signer()).isEqualTo("somebody else could have changed the file");
        assertThat(judged).isZero();
    }

    @Test
    void ab_26_a_signature_that_is_a_link_no_file_or_very_large_is_not_judged() throws IOException {
        Path real = Files.move(signature, folder.resolve("elsewhere"));
        Files.createSymbolicLink(signature, real);
        assertThat(signer()).isEqualTo("its signature is no regular file");
        Files.delete(real);
        assertThat(signer()).isEqualTo("its signature is no regular file");
        Files.delete(signature);
        Files.createDirectory(signature);
        assertThat(signer()).isEqualTo("its signature is no regular file");
        Files.delete(signature);
        Files.write(signature, new byte[65 * 1024]);
        assertThat(signer()).isEqualTo("its signature is larger than 64 KiB");
        assertThat(judged).isZero();
    }

    @Test
    void a_program_that_is_too_large_has_no_known_signer_only_if_somebody_signed_it()
            throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(program.toFile(), "rw")) {
            file.setLength((16L << 20) + 1);
        }
        assertThat(signer()).isEqualTo("the file is larger than 16 MiB");
        Files.delete(signature);
        assertThat(signer()).isEmpty();
        assertThat(judged).isZero();
    }

    @Test
    void a_path_that_is_no_path_has_no_signer() {
        Targets targets = new SignedTargets(new Machine(), new Judge());
        Targets.Facts facts = targets.foresee("/a\0b");
        assertThat(facts.signers()).isEmpty();
        assertThat(facts.signerUnknown()).startsWith("it can't be read");
    }
}
