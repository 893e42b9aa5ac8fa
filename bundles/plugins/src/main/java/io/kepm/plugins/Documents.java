package io.kepm.plugins;

import io.kepm.api.plugins.PluginState;
import io.kepm.api.plugins.PluginStatus;
import io.kepm.api.settings.PluginFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The documents of the folder, and what became of those that start nothing: with faults, for
 * another system, or about a part of the agent. One look at a time; the rest is safe for use by
 * many threads.
 */
final class Documents {

    private static final Logger LOG = LoggerFactory.getLogger(Documents.class);
    private static final int MOST = 200;

    private final Folders folders;
    private final DocumentJudge judge;
    private final PluginRecords records;
    private final OwnParts parts;
    private final Map<String, String> unusable = new ConcurrentHashMap<>();
    private final Map<String, PluginStatus> elsewhere = new ConcurrentHashMap<>();
    private final Map<String, OwnDocument> own = new ConcurrentHashMap<>();

    /** A document about a part of the agent. */
    private record OwnDocument(String text, PluginFile settings) {}

    /**
     * What a look at the folder found.
     *
     * @param read plugins that may run here
     * @param texts of every document that is there, by its id; empty when it was not read
     * @param faults all that is wrong
     */
    record Look(List<PluginDocument> read, Map<String, String> texts, List<String> faults) {}

    Documents(Folders folders, DocumentJudge judge, PluginRecords records, OwnParts parts) {
        this.folders = folders;
        this.judge = judge;
        this.records = records;
        this.parts = parts;
    }

    /** Reads all of them. A fault is put on record when it is new. */
    Look look() {
        Look look = new Look(new ArrayList<>(), new LinkedHashMap<>(), new ArrayList<>());
        for (Path file : files(look.faults())) {
            String name = String.valueOf(file.getFileName());
            String id = name.substring(0, name.length() - ".json".length());
            look.texts().put(id, "");
            try {
                List<String> others = judge.owners(file, id);
                if (!others.isEmpty()) {
                    unusable(id, others, look.faults());
                    continue;
                }
                String text = judge.text(file);
                look.texts().put(id, text);
                document(id, text, look.faults()).ifPresent(look.read()::add);
            } catch (IOException e) {
                if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
                    // It went since it was listed.
                    look.texts().remove(id);
                    continue;
                }
                unusable(id, List.of("it cannot be read: " + e.getMessage()), look.faults());
            }
        }
        unusable.keySet().retainAll(look.texts().keySet());
        elsewhere.keySet().retainAll(look.texts().keySet());
        own.keySet().retainAll(look.texts().keySet());
        return look;
    }

    private List<Path> files(List<String> faults) {
        try {
            List<Path> files = folders.files(".json");
            if (files.size() > MOST) {
                faults.add("more than " + MOST + " plugins: the first ones are read");
            }
            return files.stream().limit(MOST).toList();
        } catch (IOException e) {
            faults.add("`" + folders.plugins() + "` cannot be read: " + e.getMessage());
            return List.of();
        }
    }

    private Optional<PluginDocument> document(String id, String text, List<String> faults) {
        if (parts.find(id).isPresent()) {
            // Settings for a part of the agent, which reads what else there is itself.
            unusable.remove(id);
            own.put(id, new OwnDocument(text, PluginFile.of(id, Metadata.in(text))));
            return Optional.empty();
        }
        DocumentReader.Read read = DocumentReader.read(text.getBytes(StandardCharsets.UTF_8), id);
        List<String> wrong = new ArrayList<>(read.faults());
        read.document().flatMap(judge::older).ifPresent(wrong::add);
        if (!wrong.isEmpty()) {
            unusable(id, wrong, faults);
            return Optional.empty();
        }
        unusable.remove(id);
        Optional<PluginDocument> here = read.document().filter(PluginDocument::isForThisSystem);
        if (here.isPresent()) {
            elsewhere.remove(id);
        } else {
            read.document().ifPresent(this::skip);
        }
        return here;
    }

    private void skip(PluginDocument document) {
        PluginStatus status =
                new PluginStatus(
                        document.id(),
                        document.name(),
                        document.kind().word(),
                        document.version().toString(),
                        PluginState.STOPPED,
                        0,
                        Optional.empty(),
                        0,
                        "skipped: it is for " + String.join(", ", document.platforms()),
                        "",
                        "",
                        false);
        if (!status.equals(elsewhere.put(document.id(), status))) {
            LOG.info("plugin {} is {}", document.id(), status.lastError());
        }
    }

    private void unusable(String id, List<String> wrong, List<String> faults) {
        elsewhere.remove(id);
        String all = String.join("; ", wrong);
        faults.add("`" + id + ".json`: " + all);
        if (!all.equals(unusable.put(id, all))) {
            records.refused(PluginRecords.Named.plugin(id), wrong, "", "", "the agent");
        }
    }

    /** Whether it is for another system. */
    boolean isElsewhere(String id) {
        return elsewhere.containsKey(id);
    }

    /** Why nothing is started of it; empty when that is not known of it. */
    Optional<String> fault(String id) {
        return Optional.ofNullable(unusable.get(id))
                .or(() -> Optional.ofNullable(elsewhere.get(id)).map(PluginStatus::lastError));
    }

    /** Those that start nothing, as they are listed. */
    List<PluginStatus> idle() {
        List<PluginStatus> idle = new ArrayList<>(elsewhere.values());
        unusable.forEach((id, fault) -> idle.add(PluginStatus.unusable(id, fault)));
        return idle;
    }

    void forget(String id) {
        unusable.remove(id);
        elsewhere.remove(id);
    }

    /** What the documents about parts of the agent say as settings. */
    List<PluginFile> ownSettings() {
        return own.values().stream().map(OwnDocument::settings).toList();
    }

    /** Another number when a document about a part of the agent is another. */
    int revision() {
        return Objects.hash(own.keySet(), own.values().stream().map(OwnDocument::text).toList());
    }
}
