package io.kepm.audit.export;

import io.kepm.api.audit.AuditEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A file of JSON lines, each record in the form that is chained. Only whole lines stand in it: a
 * batch that could not be written whole is taken back, and so is a line that a power failure cut.
 * What comes again after a crash is not written twice: the file is one chain. Whoever rotates it
 * moves it away; the next batch begins a new file.
 */
final class FileSink implements Sink {

    private static final FileAttribute<?> FOR_ROOT =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final Set<StandardOpenOption> NEW_FILE =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final int TAIL = 64 * 1024;

    /** Bytes that stay free on its file system: it may be the store's, where records need them. */
    static final long LEAST_FREE = 32L << 20;

    private final Path path;
    private final LongSupplier free;
    private final Names names;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable FileChannel channel;
    private OwnedFile opened = new OwnedFile(0, 0);
    private FileTail tail = FileTail.none();
    private boolean isTailRead;
    private String warning = "";

    /** Makes the names in a folder durable. */
    interface Names {
        void sync(Path folder) throws IOException;
    }

    FileSink(Path path) {
        this(path, () -> room(path), FileSink::sync);
    }

    /**
     * @param free bytes that its file system has left
     */
    FileSink(Path path, LongSupplier free, Names names) {
        this.path = path;
        this.free = free;
        this.names = names;
    }

    private static long room(Path path) {
        Path folder = path.getParent();
        return folder == null ? 0 : folder.toFile().getUsableSpace();
    }

    @Override
    public String deliver(List<AuditEntry> batch) throws IOException {
        lock.lock();
        try {
            FileChannel file = current();
            if (!batch.isEmpty()) {
                write(file, news(file, batch));
                if (tail.endsBefore(batch.get(batch.size() - 1).seq())) {
                    tail = FileTail.none();
                }
            }
            return warning;
        } catch (IOException e) {
            // Half a line that came through is dropped when the file is opened anew.
            shut();
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /** What of a batch does not stand in the file yet. */
    private List<AuditEntry> news(FileChannel file, List<AuditEntry> batch) throws IOException {
        if (!isTailRead) {
            tail = FileTail.of(file, batch.get(0).seq());
            isTailRead = true;
        }
        Optional<Long> other = tail.other(batch);
        if (other.isPresent() && warning.isEmpty()) {
            warning =
                    ("`%s` holds another record %d: the store was put back to an older copy, or"
                                    + " the file is another store's; keep it, and compare")
                            .formatted(path, other.get());
        }
        return tail.missing(batch);
    }

    private void write(FileChannel file, List<AuditEntry> batch) throws IOException {
        StringBuilder lines = new StringBuilder();
        batch.forEach(entry -> lines.append(entry.exported()).append('\n'));
        ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8));
        if (free.getAsLong() < LEAST_FREE + bytes.remaining()) {
            throw new IOException(
                    "less than %d MiB would be free beside `%s`: records need them more"
                            .formatted(LEAST_FREE >> 20, path));
        }
        long before = file.size();
        try {
            file.position(before);
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(true);
        } catch (IOException e) {
            takeBack(file, before, e);
            throw e;
        }
    }

    @Override
    public void check() {}

    @Override
    public boolean acknowledges() {
        return true;
    }

    /** A disk that hangs can't be helped: then this does nothing, rather than hang too. */
    @Override
    public void close() {
        if (lock.tryLock()) {
            try {
                shut();
            } finally {
                lock.unlock();
            }
        }
    }

    private void shut() {
        FileChannel file = channel;
        channel = null;
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                // Every batch was synced.
            }
        }
    }

    /** The file that the path leads to now. */
    private FileChannel current() throws IOException {
        OwnedFile.checkFolder(path);
        FileChannel file = channel;
        if (file != null && isSame()) {
            return file;
        }
        shut();
        create();
        OwnedFile found = OwnedFile.of(path, OwnedFile.PRIVATE);
        file =
                FileChannel.open(
                        path,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS);
        channel = file;
        if (!found.equals(opened)) {
            // After a failure, what was known before it stays known, and what failed is not.
            tail = FileTail.none();
            isTailRead = false;
            warning = "";
        }
        opened = found;
        checkStart(file);
        dropPart(file);
        return file;
    }

    private boolean isSame() throws IOException {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                && OwnedFile.of(path, OwnedFile.PRIVATE).equals(opened);
    }

    private void create() throws IOException {
        Path folder = path.getParent();
        if (folder == null || Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        boolean isLasting = isLasting(folder);
        try {
            FileChannel.open(path, NEW_FILE, FOR_ROOT).close();
        } catch (FileAlreadyExistsException e) {
            return;
        }
        try {
            if (isLasting) {
                // A new name outlives a power failure once its folder is synced.
                names.sync(folder);
            }
        } catch (IOException e) {
            // The next try makes it anew, or nobody would know whether it lasts.
            Files.deleteIfExists(path);
            throw e;
        }
    }

    /** Some file systems know no sync of a folder; asked before there is anything to lose. */
    private boolean isLasting(Path folder) {
        try {
            names.sync(folder);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** What is no export of ours stays untouched. */
    private void checkStart(FileChannel file) throws IOException {
        ByteBuffer first = ByteBuffer.allocate(1);
        if (file.read(first, 0) == 1 && first.get(0) != '{') {
            shut();
            throw new IOException("`" + path + "` holds something else than JSON lines");
        }
    }

    /** Drops what stands after the last line end: its record comes again. */
    private static void dropPart(FileChannel file) throws IOException {
        long end = file.size();
        while (end > 0) {
            int length = (int) Math.min(TAIL, end);
            ByteBuffer tail = ByteBuffer.allocate(length);
            while (tail.hasRemaining() && file.read(tail, end - length + tail.position()) > 0) {
                // until it is full
            }
            for (int i = tail.position() - 1; i >= 0; i--) {
                if (tail.get(i) == '\n') {
                    file.truncate(end - length + i + 1);
                    return;
                }
            }
            end -= length;
        }
        file.truncate(0);
    }

    private static void takeBack(FileChannel file, long size, IOException cause) {
        try {
            file.truncate(size);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
