package io.kepm.trust;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what the guard refused into the audit: whole lines are recorded, and the file is emptied
 * once all of it is. For use by one thread. A crash between the two records a line twice, never not
 * at all.
 */
final class RefusalAdoption {

    private static final Logger LOG = LoggerFactory.getLogger(RefusalAdoption.class);
    private static final int MAX_BYTES = 4 << 20;

    private final Path spool;
    private final AuditLog audit;
    private long adopted;

    RefusalAdoption(Path spool, AuditLog audit) {
        this.spool = spool;
        this.audit = audit;
    }

    /** Adopts what is there; what fails is tried again at the next call. */
    void adopt() {
        try {
            if (!Files.isRegularFile(spool, LinkOption.NOFOLLOW_LINKS) || Files.size(spool) == 0) {
                adopted = 0;
                return;
            }
            record();
            empty();
        } catch (IOException e) {
            LOG.error("the guard's spool cannot be read: {}", e.toString());
        } catch (StorageException e) {
            LOG.error("a refused bundle cannot be recorded yet: {}", e.getMessage());
        }
    }

    private void record() throws IOException, StorageException {
        byte[] bytes;
        try (FileChannel channel =
                FileChannel.open(
                        spool, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            if (channel.size() < adopted) {
                adopted = 0;
            }
            bytes = new byte[(int) Math.min(MAX_BYTES, channel.size() - adopted)];
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining() && channel.read(buffer, adopted + buffer.position()) > 0) {
                // Until the buffer is full or the file ends.
            }
        }
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                String line = new String(bytes, start, i - start, StandardCharsets.UTF_8);
                audit.append(RefusalLine.draft(line));
                LOG.warn("the guard refused a bundle: {}", line);
                adopted += i + 1 - start;
                start = i + 1;
            }
        }
    }

    /** Under the file's lock, which the guard takes too for every line that it adds. */
    private void empty() throws IOException {
        try (FileChannel channel =
                        FileChannel.open(
                                spool,
                                Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
                FileLock lock = channel.tryLock()) {
            if (lock != null && channel.size() == adopted) {
                channel.truncate(0);
                channel.force(true);
                adopted = 0;
            }
        } catch (OverlappingFileLockException e) {
            LOG.debug("the guard is writing: the spool is emptied later");
        }
    }
}
