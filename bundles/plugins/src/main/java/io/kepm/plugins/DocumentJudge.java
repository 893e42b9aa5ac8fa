package io.kepm.plugins;

import io.kepm.api.storage.StorageException;
import io.kepm.api.trust.FileTrust;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Whether a document of the folder, and what lies there for it, may be used. */
final class DocumentJudge {

    private final Folders folders;
    private final FileTrust trust;
    private final PluginRecords records;

    DocumentJudge(Folders folders, FileTrust trust, PluginRecords records) {
        this.folders = folders;
        this.trust = trust;
        this.records = records;
    }

    /** Who else could have changed it. INVARIANT: nothing that others could have is loaded. */
    List<String> owners(Path file, String id) {
        return List.of(file, folders.bin(id)).stream()
                .filter(Files::exists)
                .flatMap(path -> trust.check(path).stream())
                .map(fault -> fault.detail() + ": " + fault.repair())
                .toList();
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
