package io.kepm.trust;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Looks at all watched places. A file that the kernel says nobody wrote to since the last look is
 * not read again.
 */
final class FileLook {

    /** Files at most; what is beyond is not watched, and health says so. */
    static final int MOST = 4_096;

    /** Larger files keep their digest over a restart while their stamp is the same. */
    private static final int SMALL = 1 << 20;

    private static final String FRESH = "?";
    private static final int TICK_MILLIS = 100;
    private static final int PIECE = 64 * 1024;
    private static final String ATTRIBUTES =
            "unix:uid,gid,mode,ino,dev,ctime,lastModifiedTime,size";
    private static final int TYPE = 0170000;
    private static final int FILE = 0100000;

    private final WatchedPlaces places;

    FileLook(WatchedPlaces places) {
        this.places = places;
    }

    /**
     * What there is now.
     *
     * @param files by path
     * @param complete false when there are more than {@link #MOST}
     */
    record Found(SortedMap<String, FileState> files, boolean complete) {}

    /**
     * @param known what the last look found
     * @param anew whether small files are read even when their stamp is the same
     */
    Found now(Map<String, FileState> known, boolean anew) {
        SortedMap<String, FileState> files = new TreeMap<>();
        boolean complete = true;
        for (Path path : paths()) {
            if (files.size() >= MOST) {
                complete = false;
                break;
            }
            Optional<FileState> state = state(path, known.get(path.toString()), anew);
            state.ifPresent(one -> files.put(one.path(), one));
        }
        return new Found(files, complete);
    }

    /** Every folder in which a change can be noticed, that is there. */
    List<Path> folders() {
        List<Path> all = new ArrayList<>(places.around().filter(Files::isDirectory).toList());
        for (WatchedPlaces.Folder folder : places.folders()) {
            walk(folder).filter(Files::isDirectory).limit(MOST).forEach(all::add);
        }
        return all.stream().distinct().toList();
    }

    private List<Path> paths() {
        List<Path> paths = new ArrayList<>(places.files());
        for (WatchedPlaces.Folder folder : places.folders()) {
            walk(folder)
                    .filter(path -> !Files.isDirectory(path) && !isScratch(path))
                    .limit(MOST + 1L)
                    .sorted()
                    .forEach(paths::add);
        }
        return paths;
    }

    /** What editors and installers leave behind for a moment, and nobody reads. */
    private static boolean isScratch(Path path) {
        String name = String.valueOf(path.getFileName());
        return name.startsWith(".") || name.endsWith("~");
    }

    private static Stream<Path> walk(WatchedPlaces.Folder folder) {
        if (!Files.isDirectory(folder.path())) {
            return Stream.empty();
        }
        // Collected here: a folder that goes away meanwhile must not end the whole look.
        try (Stream<Path> walked = Files.walk(root(folder.path()), folder.depth())) {
            return walked.limit(MOST * 2L).toList().stream();
        } catch (IOException | UncheckedIOException e) {
            return Stream.empty();
        }
    }

    /** A folder that is a link is the one that it leads to. */
    private static Path root(Path folder) throws IOException {
        return Files.isSymbolicLink(folder) ? folder.toRealPath() : folder;
    }

    private static Optional<FileState> state(Path path, @Nullable FileState known, boolean anew) {
        try {
            String link = Files.isSymbolicLink(path) ? Files.readSymbolicLink(path).toString() : "";
            if (!Files.exists(path) && link.isEmpty()) {
                return Optional.empty();
            }
            boolean leads = Files.exists(path);
            Map<String, Object> found =
                    leads
                            ? Files.readAttributes(path, ATTRIBUTES)
                            : Files.readAttributes(path, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
            int mode = number(found, "mode");
            String stamp =
                    "%s:%s:%s:%s:%s"
                                    .formatted(
                                            found.get("dev"),
                                            found.get("ino"),
                                            found.get("ctime"),
                                            found.get("lastModifiedTime"),
                                            found.get("size"))
                            + (isFresh(found.get("ctime")) ? FRESH : "");
            boolean small = found.get("size") instanceof Long size && size <= SMALL;
            boolean same =
                    known != null
                            && known.stamp().equals(stamp)
                            && !stamp.endsWith(FRESH)
                            && !(anew && small);
            Content content =
                    known != null && same
                            ? new Content(known.sha256(), known.keys())
                            : (mode & TYPE) == FILE
                                    ? read(path, small, known)
                                    : new Content("not a file", Map.of());
            return Optional.of(
                    new FileState(
                            path.toString(),
                            content.sha256(),
                            number(found, "uid"),
                            number(found, "gid"),
                            mode,
                            link,
                            content.keys(),
                            stamp));
        } catch (IOException e) {
            // Gone between the listing and the look, or a disk that fails: the next look tells.
            return Optional.ofNullable(Files.exists(path) ? known : null);
        }
    }

    /**
     * Whether it may still be written to in the same tick of the kernel's clock, which would not
     * show: such a file is read again by the next look.
     */
    private static boolean isFresh(@Nullable Object time) {
        return !(time instanceof FileTime written)
                || System.currentTimeMillis() - written.toMillis() < TICK_MILLIS;
    }

    private record Content(String sha256, Map<String, String> keys) {}

    private static Content read(Path path, boolean small, @Nullable FileState known)
            throws IOException {
        MessageDigest digest = sha256();
        byte[] head = new byte[0];
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer buffer = ByteBuffer.allocate(small ? SMALL + 1 : PIECE);
            while (channel.read(buffer) >= 0) {
                if (!buffer.hasRemaining() || !small) {
                    digest.update(buffer.flip());
                    buffer.clear();
                }
            }
            if (small) {
                head = Arrays.copyOf(buffer.array(), buffer.position());
            }
            digest.update(buffer.flip());
        }
        String sha256 = HexFormat.of().formatHex(digest.digest());
        return new Content(
                sha256,
                known != null && known.sha256().equals(sha256)
                        ? Map.of()
                        : FileKeys.of(String.valueOf(path.getFileName()), head));
    }

    private static int number(Map<String, Object> attributes, String name) {
        return attributes.get(name) instanceof Integer number ? number : -1;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("no SHA-256 in this Java", e);
        }
    }
}
