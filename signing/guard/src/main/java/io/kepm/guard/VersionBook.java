package io.kepm.guard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.osgi.framework.Version;

/**
 * The highest version of each bundle that ever came in and is not shipped, whoever signed it: a
 * validly signed old one with a known hole does not come back when the newer one is gone (trust.md
 * §1). A line is a symbolic name and a version. Safe for use by many threads.
 *
 * <p>INVARIANT: what is not on the disk did not come in. When the book can't be read or written, or
 * has {@value #MOST} names, nothing new comes in.
 */
public final class VersionBook {

    private static final int MOST = 10_000;

    private final Path file;
    private final Map<String, Version> highest = new HashMap<>();
    private final Optional<String> unreadable;

    public VersionBook(Path file) {
        this.file = file;
        this.unreadable = read();
    }

    private Optional<String> read() {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of("`" + file + "` is not a regular file");
        }
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
                int space = line.indexOf(' ');
                // One that a power cut tore was not answered yet: nothing came in on it.
                if (space > 0) {
                    higher(line.substring(0, space), line.substring(space + 1));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("`" + file + "` cannot be read: " + e);
        }
    }

    private void higher(String name, String version) {
        try {
            highest.merge(
                    name, Version.parseVersion(version), (a, b) -> a.compareTo(b) < 0 ? b : a);
        } catch (IllegalArgumentException e) {
            System.err.println("guard: `" + file + "` has a line that is no version");
        }
    }

    /** Why a version may not come in; empty when it may. */
    synchronized Optional<String> fault(String name, Version version) {
        if (unreadable.isPresent()) {
            return unreadable.map(why -> "it is not known which versions were here: " + why);
        }
        Version known = highest.get(name);
        if (known == null || known.compareTo(version) <= 0) {
            return Optional.empty();
        }
        return Optional.of(
                "its version "
                        + version
                        + " is older than "
                        + known
                        + ", which was here before: `kepm plugin install --allow-downgrade` brings"
                        + " it in on purpose");
    }

    /**
     * Remembers one that is about to come in.
     *
     * @throws IOException when that is not kept; it must not come in then
     */
    synchronized void coming(String name, Version version) throws IOException {
        Version known = highest.get(name);
        if (known != null && known.compareTo(version) >= 0) {
            return;
        }
        if (unreadable.isPresent() || (known == null && highest.size() >= MOST)) {
            throw new IOException(unreadable.orElse("it has " + MOST + " names already"));
        }
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        Set.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.APPEND,
                                LinkOption.NOFOLLOW_LINKS),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")))) {
            // Begins a line of its own, whatever a power cut left before it.
            ByteBuffer line =
                    ByteBuffer.wrap(
                            ("\n" + name + " " + version + "\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            while (line.hasRemaining()) {
                channel.write(line);
            }
            channel.force(false);
        }
        highest.put(name, version);
    }
}
