package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;

/**
 * {@code kepm storage restore}: puts a backup where the agent takes it over at its next start,
 * after it has checked it. Needs no agent, which may not start for the very reason.
 */
public final class RestoreStorage implements Verb {

    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

    @Override
    public void declare(Usage usage) {
        usage.operand("FILE");
    }

    @Override
    public int run(Call call) throws Fault {
        String given = call.given().operands().get(0);
        Path folder =
                Path.of(System.getProperty("kepm.approot", "/opt/keeper/sbin"), "KeeperStorage");
        Path waiting = folder.resolve("restore");
        try {
            Path backup = Path.of(given);
            if (!isDatabase(backup)) {
                throw call.usage("storage.nobackup", given);
            }
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw call.failed("storage.nofolder", folder);
            }
            if (!Files.exists(waiting, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(
                        waiting,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            }
            Path part = waiting.resolve("kepm.db.part");
            Files.deleteIfExists(part);
            try (InputStream in = Files.newInputStream(backup);
                    OutputStream out = ExportFile.create(part)) {
                in.transferTo(out);
            }
            Files.move(part, waiting.resolve("kepm.db"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | InvalidPathException e) {
            throw call.failed("storage.restore.fault", given, ExportFile.cause(e));
        }
        if (!call.printed(
                Json.object(Map.of("waiting", Json.of(waiting.resolve("kepm.db").toString()))))) {
            call.console().line(call.say("storage.restore.done"));
            call.console().line(call.say("storage.restore.loss"));
        }
        return Exit.OK;
    }

    private static boolean isDatabase(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(MAGIC.length), MAGIC);
        }
    }
}
