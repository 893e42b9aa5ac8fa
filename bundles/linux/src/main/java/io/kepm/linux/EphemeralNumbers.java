package io.kepm.linux;

import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.NameServiceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Numbers of accounts that are made for one command: beneath the last of useradd's own range
 * (60000), so that no container and no service has them. In turn, since what an account leaves
 * belongs to its number: that is somebody else's again after all others were. For one thread.
 */
final class EphemeralNumbers {

    static final long FIRST = 57_000;
    static final int MOST = 2_000;

    private static final Logger LOG = LoggerFactory.getLogger(EphemeralNumbers.class);

    private final Accounts accounts;
    private final Path last;

    /**
     * @param last holds the last one that was given, over a restart
     */
    EphemeralNumbers(Accounts accounts, Path last) {
        this.accounts = accounts;
        this.last = last;
    }

    static boolean has(long uid) {
        return uid >= FIRST && uid < FIRST + MOST;
    }

    /** One that no account has; nobody is given it before it is on disk that it was. */
    long next() throws IOException {
        long before = before();
        try {
            for (int i = 1; i <= MOST; i++) {
                long uid = FIRST + (before - FIRST + i) % MOST;
                if (accounts.byUid(uid).isEmpty()) {
                    keep(uid);
                    return uid;
                }
            }
        } catch (NameServiceException e) {
            throw new IOException("no number for an account: " + e.getMessage(), e);
        }
        throw new IOException("no number is free for an account");
    }

    private long before() {
        try {
            long uid = Long.parseLong(Files.readString(last, StandardCharsets.US_ASCII).strip());
            if (has(uid)) {
                return uid;
            }
        } catch (IOException | NumberFormatException e) {
            LOG.debug("where the numbers of accounts were is not known", e);
        }
        return FIRST + new SecureRandom().nextInt(MOST);
    }

    private void keep(long uid) throws IOException {
        Path fresh = last.resolveSibling(last.getFileName() + ".new");
        try (FileChannel channel =
                FileChannel.open(
                        fresh,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap((uid + "\n").getBytes(StandardCharsets.US_ASCII)));
            channel.force(true);
        }
        Files.move(fresh, last, StandardCopyOption.ATOMIC_MOVE);
    }
}
