package io.kepm.jobs;

import io.kepm.api.jobs.JobFault;
import io.kepm.api.linux.FolderBell;
import io.kepm.api.trust.FileTrust;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The folder {@code Jobs/}. INVARIANT: nothing is used that others than root could have changed.
 */
final class JobFolder {

    static final int MOST = 1000;

    /** Bytes of all documents together: they are held in memory. */
    static final long MOST_BYTES = 8L << 20;

    private static final JobFault TOO_MUCH =
            new JobFault("", "the documents of all jobs are larger than 8 MiB together");

    private static final String END = ".json";

    private static final List<String> OF_PARENTS = List.of("mode", "uid", "gid");
    private static final List<String> OF_FOLDER = List.of("dev", "ino", "ctime");
    private static final List<String> OF_FILES =
            List.of("ino", "size", "ctime", "lastModifiedTime");

    private final Path folder;
    private final FileTrust trust;

    JobFolder(Path folder, FileTrust trust) {
        this.folder = folder;
        this.trust = trust;
    }

    Path file(String id) {
        return folder.resolve(id + END);
    }

    FolderBell bell() {
        return FolderBell.of(folder, JobFolder::isDocument);
    }

    /** A number that changes when a document comes, goes or changes, or the rights here do. */
    long print() {
        try {
            long print = outlines();
            for (Path file : files()) {
                print = mixedFile(print * 31 + file.hashCode(), file);
            }
            return print;
        } catch (IOException e) {
            return e.toString().hashCode();
        }
    }

    /** The same of the folder and those above it alone, which costs next to nothing. */
    long outline() {
        try {
            return outlines();
        } catch (IOException e) {
            return e.toString().hashCode();
        }
    }

    private long outlines() throws IOException {
        long print = 17;
        for (Path up = folder; up != null; up = up.getParent()) {
            print = mixed(print, up, OF_PARENTS);
        }
        return mixed(print, folder, OF_FOLDER);
    }

    /** Whether a document may change where a watch of the folder hears nothing of it. */
    boolean leadsElsewhere() {
        try {
            return files().stream().anyMatch(Files::isSymbolicLink);
        } catch (IOException e) {
            return true;
        }
    }

    /**
     * One that can't be looked at, such as a link that leads nowhere, hides no change of others.
     */
    private static long mixedFile(long print, Path file) {
        try {
            return mixed(print, file, OF_FILES);
        } catch (IOException e) {
            return print * 31 + e.toString().hashCode();
        }
    }

    /** Of values, never of a text of them: this is done all day. */
    private static long mixed(long print, Path file, List<String> names) throws IOException {
        Map<String, Object> values = Files.readAttributes(file, "unix:" + String.join(",", names));
        long mixed = print;
        for (String name : names) {
            mixed = (mixed ^ Objects.hashCode(values.get(name))) * 0x9E3779B97F4A7C15L;
            mixed ^= mixed >>> 29;
        }
        return mixed;
    }

    /** None where there is no folder; one that can't be looked at may have some. */
    private List<Path> files() throws IOException {
        try {
            if (!Files.readAttributes(folder, BasicFileAttributes.class).isDirectory()) {
                return List.of();
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(JobFolder::isDocument).sorted().toList();
        }
    }

    /** By its name alone; what is being written has another one. */
    static boolean isDocument(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(END) && !name.startsWith(".");
    }

    /** Every document by its id; those beyond {@value #MOST} are refused. */
    Map<String, Loaded> read() throws IOException {
        Map<String, Loaded> read = new TreeMap<>();
        long bytes = 0;
        for (Path file : files()) {
            String name = String.valueOf(file.getFileName());
            String id = name.substring(0, name.length() - END.length());
            Loaded one =
                    read.size() < MOST
                            ? read(file, id)
                            : refused(id, List.of(new JobFault("", "more than 1,000 jobs")), "");
            bytes += one.text().length();
            read.put(
                    id,
                    bytes > MOST_BYTES && !one.text().isEmpty()
                            ? refused(id, List.of(TOO_MUCH), one.sha256())
                            : one);
        }
        return read;
    }

    /** Why one more document of this size has no room beside others. */
    static Optional<JobFault> room(Collection<Loaded> others, String text) {
        long bytes = others.stream().mapToLong(one -> one.text().length()).sum();
        return bytes + text.length() > MOST_BYTES ? Optional.of(TOO_MUCH) : Optional.empty();
    }

    /**
     * Nothing is opened before it is known to be a file that root alone could have put there: who
     * opens a pipe waits for whoever writes to it.
     */
    private Loaded read(Path file, String id) {
        List<JobFault> unsafe =
                trust.check(file).stream()
                        .map(one -> one.detail() + ": repair it with " + one.repair())
                        .map(text -> new JobFault("", text))
                        .toList();
        if (!unsafe.isEmpty()) {
            return refused(id, unsafe, "");
        }
        byte[] bytes;
        try {
            if (!Files.isRegularFile(file)) {
                return refused(id, List.of(new JobFault("", noFile(file))), "");
            }
            bytes = content(file);
        } catch (NoSuchFileException e) {
            return refused(id, List.of(new JobFault("", "it went while it was read")), "");
        } catch (IOException e) {
            return refused(
                    id, List.of(new JobFault("", "it can't be read: " + e.getMessage())), "");
        }
        // One byte too many is told by the reader of documents.
        DocumentReader.Read read = DocumentReader.read(bytes, id);
        String digest = ExecCopies.sha256(bytes);
        return read.faults().isEmpty()
                ? new Loaded(
                        id,
                        read.document(),
                        List.of(),
                        digest,
                        new String(bytes, StandardCharsets.UTF_8))
                : refused(id, read.faults(), digest);
    }

    private static String noFile(Path file) {
        return Files.isSymbolicLink(file) && !Files.exists(file)
                ? "a link that leads nowhere"
                : "not a regular file";
    }

    private static byte[] content(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(JobDocument.MAX_BYTES + 1);
        }
    }

    private static Loaded refused(String id, List<JobFault> faults, String digest) {
        return new Loaded(id, Optional.empty(), faults, digest, "");
    }

    /** Writes a document whole or not at all; who may read it is as for the folder. */
    void write(String id, String text) throws IOException {
        Path fresh =
                Files.createTempFile(
                        folder,
                        ".job",
                        "",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        try {
            try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            Files.setAttribute(fresh, "unix:gid", Files.getAttribute(folder, "unix:gid"));
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r-----"));
            Files.move(
                    fresh,
                    file(id),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            sync();
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    void delete(String id) throws IOException {
        Files.delete(file(id));
        sync();
    }

    boolean exists(String id) {
        return Files.exists(file(id), LinkOption.NOFOLLOW_LINKS);
    }

    /** A name that came or went is on disk. */
    private void sync() throws IOException {
        try (FileChannel open = FileChannel.open(folder, StandardOpenOption.READ)) {
            open.force(true);
        }
    }
}
