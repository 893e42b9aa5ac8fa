package io.kepm.sudo;

import io.kepm.api.linux.Commands;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * {@code /etc/sudoers.d}: a file appears there whole and checked, or not at all. For use by one
 * thread.
 */
final class SudoersFolder {

    private static final Duration CHECK_TIME = Duration.ofSeconds(10);
    private static final Set<PosixFilePermission> MODE =
            PosixFilePermissions.fromString("r--r-----");

    static final String SET_ASIDE = "kepm.set-aside";

    private final Path folder;
    private final List<Path> checkers;
    private final Commands commands;

    SudoersFolder(Path folder, List<Path> checkers, Commands commands) {
        this.folder = folder;
        this.checkers = checkers;
        this.commands = commands;
    }

    /** Whether the file is there, with exactly its text and mode. */
    boolean holds(DropIn dropIn) throws IOException {
        Path file = folder.resolve(dropIn.name());
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS).equals(MODE)
                && Files.readString(file, StandardCharsets.ISO_8859_1).equals(dropIn.text());
    }

    /**
     * Whether root at the console has set KEPM aside ({@code kepm break-glass}): by a file whose
     * name has a dot, which sudo passes over.
     */
    boolean isSetAside() {
        return Files.exists(folder.resolve(SET_ASIDE), LinkOption.NOFOLLOW_LINKS);
    }

    boolean hasFileOf(DropIn dropIn) {
        return Files.exists(folder.resolve(dropIn.name()), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Writes it, unless it is there already. What takes the place of a file of ours is judged by
     * itself: a fault in somebody else's file, which is there with the old one just as well, must
     * not take the right to sudo from anybody.
     */
    void write(DropIn dropIn) throws IOException {
        if (holds(dropIn)) {
            return;
        }
        boolean inPlaceOfOurs = holdsGoverned(dropIn);
        // A name with a dot is passed over by sudo.
        Path draft = folder.resolve("." + dropIn.name() + ".new");
        try {
            writeDraft(draft, dropIn.text());
            check("-cf", draft.toString());
            Files.move(draft, folder.resolve(dropIn.name()), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
        sync(folder);
        if (inPlaceOfOurs) {
            return;
        }
        try {
            check("-c");
        } catch (IOException e) {
            remove(dropIn);
            throw e;
        }
    }

    private boolean holdsGoverned(DropIn dropIn) throws IOException {
        Path file = folder.resolve(dropIn.name());
        return dropIn.name().equals(DropIn.GOVERNED.name())
                && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && DropIn.isGoverned(Files.readString(file, StandardCharsets.ISO_8859_1));
    }

    void remove(DropIn dropIn) throws IOException {
        if (Files.deleteIfExists(folder.resolve(dropIn.name()))) {
            sync(folder);
        }
    }

    private static void writeDraft(Path draft, String text) throws IOException {
        Files.deleteIfExists(draft);
        Set<StandardOpenOption> fresh =
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel channel =
                FileChannel.open(draft, fresh, PosixFilePermissions.asFileAttribute(MODE))) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.setPosixFilePermissions(draft, MODE);
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private void check(String... arguments) throws IOException {
        Path visudo =
                checkers.stream()
                        .filter(Files::isExecutable)
                        .findFirst()
                        .orElseThrow(() -> new IOException("no visudo is on this machine"));
        List<String> argv = new java.util.ArrayList<>(List.of(visudo.toString()));
        argv.addAll(List.of(arguments));
        Commands.Result result = commands.run(argv, CHECK_TIME);
        if (result.exitCode() != 0) {
            throw new IOException(
                    "`" + String.join(" ", argv) + "` found fault: " + result.output().strip());
        }
    }
}
