package io.kepm.plugins;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.kepm.api.storage.StorageException;
import io.kepm.api.trust.FileTrust;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether a document of the folder, and what lies there for it, may be used. */
final class DocumentJudge {

    /** Of a plugin, its own one among them. */
    static final int MOST_FOLDERS = 1000;

    private static final int MOST_FAULTS = 10;

    private final Folders folders;
    private final FileTrust trust;
    private final PluginRecords records;

    DocumentJudge(Folders folders, FileTrust trust, PluginRecords records) {
        this.folders = folders;
        this.trust = trust;
        this.records = records;
    }

    /**
     * Who else could have changed it, or anything that was unpacked for it. INVARIANT: nothing that
     * others could have is loaded, or even opened.
     */
    List<String> owners(Path file, String id) throws IOException {
        List<Path> all = new ArrayList<>();
        Path bin = folders.bin(id);
        if (Files.exists(bin)) {
            try (Stream<Path> tree = Files.walk(bin)) {
                tree.filter(path -> path.equals(bin) || Files.isDirectory(path, NOFOLLOW_LINKS))
                        .limit(MOST_FOLDERS + 1)
                        .forEach(all::add);
            } catch (UncheckedIOException e) {
                throw new IOException("`" + bin + "` cannot be looked through: " + e, e);
            }
        }
        if (all.size() > MOST_FOLDERS) {
            return List.of("`" + bin + "` has more than " + MOST_FOLDERS + " folders");
        }
        all.add(file);
        return all.stream()
                .flatMap(path -> trust.check(path).stream())
                .map(fault -> fault.detail() + ": " + fault.repair())
                .distinct()
                .limit(MOST_FAULTS)
                .toList();
    }

    /** A document, once it is known that only root could have put it there. */
    String text(Path file) throws IOException {
        Folders.requireFile(file);
        if (Files.size(file) > DocumentReader.MAX_BYTES) {
            throw new IOException("larger than " + DocumentReader.MAX_BYTES + " bytes");
        }
        return Files.readString(file);
    }

    /** Why its version is not the one to run here: a restored folder brings no old one back. */
    Optional<String> older(PluginDocument document) {
        try {
            Optional<Semver> highest = records.highest(document.id());
            boolean older =
                    highest.isPresent()
                            && document.version().compareTo(highest.get()) < 0
                            && !records.isMeant(document.id(), document.version());
            return older
                    ? Optional.of(
                            "version "
                                    + document.version()
                                    + " is older than "
                                    + highest.get()
                                    + ", which ran here before: install it with --allow-downgrade"
                                    + " if you mean it")
                    : Optional.empty();
        } catch (StorageException e) {
            return Optional.of("whether it is an older version is not known: " + e.getMessage());
        }
    }
}
