package io.kepm.guard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.osgi.framework.Version;

/**
 * The highest version of each bundle that came in and is not shipped, whoever signed it: a validly
 * signed old one with a known hole does not come back when the newer one is gone (trust.md §1). One
 * that came in by leave, although it was older, is what counts from then on. A line is a symbolic
 * name and a version; the last one of a name holds. Safe for use by many threads.
 *
 * <p>INVARIANT: what is not on the disk did not come in. When the book can't be read or written, or
 * has {@value #MOST} names, nothing new comes in.
 */
public final class VersionBook {

    private static final int MOST = 10_000;

    private final Path file;
    private final Map<String, Version> known = new HashMap<>();
    private final Optional<String> unreadable;

    public VersionBook(Path file) {
        this.file = file;
        this.unreadable = read();
    }

    private Optional<String> read() {
        try {
            if (!Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isRegularFile()) {
                return Optional.of("`" + file + "` is not a regular file");
            }
            String text = Files.readString(file, StandardCharsets.US_ASCII);
            // What a power cut tore was not answered yet: nothing came in on it.
            for (String line : text.substring(0, text.lastIndexOf('\n') + 1).split("\n", -1)) {
                if (!line.isEmpty()) {
                    read(line);
                }
            }
            return Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.of("`" + file + "` cannot be read: " + e);
        }
    }

    /**
     * @throws IllegalArgumentException when it is none
     */
    private void read(String line) {
        String[] words = line.split(" ", -1);
        if (words.length != 2 || words[0].isEmpty() || words[1].isEmpty()) {
            throw new IllegalArgumentException("`" + Printable.of(line) + "` is no line of it");
        }
        known.put(words[0], Version.parseVersion(words[1]));
    }

    /** Why a version may not come in; empty when it may. */
    synchronized Optional<String> fault(String name, Version version) {
        if (unreadable.isPresent()) {
            return unreadable.map(why -> "it is not known which versions were here: " + why);
        }
        Version here = known.get(name);
        if (here == null || here.compareTo(version) <= 0) {
            return Optional.empty();
        }
        return Optional.of(
                "its version "
                        + version
                        + " is older than "
                        + here
                        + ", which was here before: `kepm plugin install --allow-downgrade` brings"
                        + " it in on purpose");
    }

    /**
     * Remembers one that is about to come in.
     *
     * @param leave whether it may be older than what was here
     * @return why it must not come in, also when it can't be remembered
     */
    synchronized Optional<String> coming(String name, Version version, boolean leave) {
        Optional<String> fault = fault(name, version);
        if (fault.isPresent() && (unreadable.isPresent() || !leave)) {
            return fault;
        }
        if (version.equals(known.get(name))) {
            return Optional.empty();
        }
        try {
            if (!known.containsKey(name) && known.size() >= MOST) {
                throw new IOException("there are " + MOST + " names already");
            }
            append(name + " " + version + "\n");
        } catch (IOException e) {
            return Optional.of("its version cannot be remembered: " + e.getMessage());
        }
        known.put(name, version);
        return Optional.empty();
    }

    private void append(String line) throws IOException {
        boolean isNew = Files.notExists(file, LinkOption.NOFOLLOW_LINKS);
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        Set.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE,
                                LinkOption.NOFOLLOW_LINKS),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")))) {
            channel.truncate(whole(channel)).position(channel.size());
            ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(false);
        }
        if (isNew) {
            // Without its name on the disk it would be gone after a power cut, and all it knows.
            try (FileChannel folder = FileChannel.open(file.resolveSibling("."))) {
                folder.force(true);
            }
        }
    }

    /** Where its last whole line ends. */
    private static long whole(FileChannel channel) throws IOException {
        ByteBuffer last = ByteBuffer.allocate(1);
        long end = channel.size();
        while (end > 0 && channel.read(last.clear(), end - 1) == 1 && last.get(0) != '\n') {
            end--;
        }
        return end;
    }
}
