package io.kepm.linux;

import io.kepm.api.linux.Passwords;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks PAM by a helper program ({@code native/password}), one process for each question: no module
 * of PAM runs inside the agent. A few questions at once; who comes then is told that nobody can
 * say.
 */
@Component
public final class PasswordsComponent implements Passwords {

    private static final Logger LOG = LoggerFactory.getLogger(PasswordsComponent.class);
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final int AT_ONCE = 4;
    private static final int LONGEST = 512;
    private static final int RIGHT = 0;
    private static final int WRONG = 1;

    private final Path helper;
    private final Semaphore places = new Semaphore(AT_ONCE);

    @Activate
    public PasswordsComponent() {
        this(Path.of(System.getProperty("kepm.libexec", "/usr/libexec/kepm"), "password"));
    }

    PasswordsComponent(Path helper) {
        this.helper = helper;
    }

    @Override
    public Verdict check(String user, String password) {
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > LONGEST || !AccountName.isAskable(user)) {
            return Verdict.WRONG;
        }
        if (!places.tryAcquire()) {
            return Verdict.UNKNOWN;
        }
        try {
            int exit =
                    new HelperProcess(List.of(helper.toString(), user))
                            .run(PATIENCE, bytes)
                            .exitCode();
            return exit == RIGHT ? Verdict.RIGHT : exit == WRONG ? Verdict.WRONG : Verdict.UNKNOWN;
        } catch (IOException e) {
            LOG.warn("a password could not be checked: {}", e.getMessage());
            return Verdict.UNKNOWN;
        } finally {
            Arrays.fill(bytes, (byte) 0);
            places.release();
        }
    }
}
