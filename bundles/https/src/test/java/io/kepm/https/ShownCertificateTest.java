package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShownCertificateTest {

    private final Fakes.Audit audit = new Fakes.Audit();
    private Instant now = Instant.parse("2026-11-25T09:00:00Z");
    private CertificateFixture files;
    private RunFolder run;

    @BeforeEach
    void folders(@TempDir Path folder) throws Exception {
        files = new CertificateFixture(Files.createDirectory(folder.resolve("tls")));
        run = new RunFolder(folder.resolve("run"));
    }

    private ShownCertificate shown(Optional<CustomCertificate> custom) {
        return new ShownCertificate(
                custom, () -> ServerCertificate.create(now), run, audit, () -> now);
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    private List<String> outcomes() {
        return audit.drafts.stream().map(draft -> draft.outcome()).toList();
    }

    private String published() throws Exception {
        return Files.readString(run.certificate());
    }

    @Test
    void the_agents_own_is_renewed_by_itself_before_it_ends() throws Exception {
        ShownCertificate shown = shown(Optional.empty());
        ServerCertificate first = shown.keys().current();
        pass(Duration.ofDays(360));
        shown.tend();
        assertThat(shown.certificate()).isEqualTo(first.certificate());
        pass(Duration.ofDays(9));
        shown.tend();
        assertThat(shown.certificate()).isNotEqualTo(first.certificate());
        assertThat(published()).isEqualTo(shown.keys().current().pem());
        assertThat(outcomes()).containsExactly("RENEWED");
    }

    @Test
    void a_custom_one_is_shown_and_replaced_when_its_files_change_and_rest() throws Exception {
        ServerCertificate one = ServerCertificate.create(now);
        ServerCertificate two = CertificateFixture.rsa(now, Duration.ofDays(200), 2048);
        files.write(one);
        ShownCertificate shown = shown(Optional.of(files.pair()));
        assertThat(shown.keys().current().certificate()).isEqualTo(one.certificate());
        assertThat(published()).isEqualTo(one.pem());
        shown.tend();
        // A moment in which the pair does not fit is no reason to fall back.
        Files.writeString(files.file(), two.pem());
        shown.tend();
        assertThat(shown.state()).isEqualTo(new ShownCertificate.State(true, ""));
        files.write(two);
        shown.tend();
        shown.tend();
        assertThat(shown.certificate()).isEqualTo(two.certificate());
        assertThat(published()).isEqualTo(two.pem());
        assertThat(outcomes()).containsExactly("OK", "OK");
    }

    @Test
    void one_that_can_not_be_used_falls_back_to_the_agents_own_and_is_told_once() throws Exception {
        files.write(ServerCertificate.create(now), ServerCertificate.create(now).key());
        ShownCertificate shown = shown(Optional.of(files.pair()));
        assertThat(shown.keys().current().isOwn()).isTrue();
        assertThat(shown.state().trouble()).contains("the key is not that");
        for (int i = 0; i < 5; i++) {
            pass(Duration.ofMinutes(2));
            shown.tend();
        }
        assertThat(outcomes()).containsExactly("FAILED");
        ServerCertificate right = ServerCertificate.create(now);
        files.write(right);
        shown.tend();
        shown.tend();
        assertThat(shown.certificate()).isEqualTo(right.certificate());
        assertThat(shown.state().trouble()).isEmpty();
        assertThat(outcomes()).containsExactly("FAILED", "OK");
    }

    @Test
    void one_that_ends_is_told_thirty_days_before_and_then_falls_back() throws Exception {
        files.write(CertificateFixture.rsa(now, Duration.ofDays(40), 2048));
        ShownCertificate shown = shown(Optional.of(files.pair()));
        shown.keys();
        pass(Duration.ofDays(9));
        shown.tend();
        assertThat(outcomes()).containsExactly("OK");
        pass(Duration.ofDays(2));
        shown.tend();
        shown.tend();
        assertThat(outcomes()).containsExactly("OK", "EXPIRING");
        pass(Duration.ofDays(30));
        shown.tend();
        assertThat(shown.keys().current().isOwn()).isTrue();
        assertThat(published()).isEqualTo(shown.keys().current().pem());
        assertThat(outcomes()).containsExactly("OK", "EXPIRING", "FAILED");
    }

    @Test
    void files_that_vanish_fall_back() throws Exception {
        files.write(ServerCertificate.create(now));
        ShownCertificate shown = shown(Optional.of(files.pair()));
        shown.keys();
        Files.delete(files.keyFile());
        shown.tend();
        shown.tend();
        assertThat(shown.keys().current().isOwn()).isTrue();
        assertThat(shown.state().trouble()).contains("door.key");
    }

    @Test
    void rotation_is_at_once() throws Exception {
        ShownCertificate own = shown(Optional.empty());
        ServerCertificate before = own.keys().current();
        own.rotate();
        assertThat(own.certificate()).isNotEqualTo(before.certificate());
        files.write(ServerCertificate.create(now));
        ShownCertificate custom = shown(Optional.of(files.pair()));
        custom.keys();
        ServerCertificate next = ServerCertificate.create(now);
        files.write(next);
        assertThat(custom.rotate().custom()).isTrue();
        assertThat(custom.certificate()).isEqualTo(next.certificate());
    }

    @Test
    void whoever_waits_for_it_is_told_once() throws Exception {
        ShownCertificate shown = shown(Optional.empty());
        AtomicInteger told = new AtomicInteger();
        shown.whenMade(told::incrementAndGet);
        shown.keys();
        shown.keys();
        assertThat(told).hasValue(1);
        assertThat(shown.keyManager()).isSameAs(shown.keys());
    }
}
