package io.kepm.plugins;

import io.kepm.api.plugins.PluginState;
import io.kepm.api.plugins.PluginStatus;
import io.kepm.api.plugins.Plugins;
import io.kepm.api.settings.PluginFile;
import io.kepm.api.storage.StorageException;
import io.kepm.api.trust.BundleTopics;
import io.kepm.api.trust.FileTrust;
import io.kepm.api.trust.Signatures;
import io.kepm.api.trust.TopicRights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All plugins of the folder. What changes the set of them (install, remove, reload) happens one at
 * a time; what is about one plugin holds up only that one. Safe for use by many threads.
 */
final class Supervisor implements Plugins, BundleTopics, Installer.Runner {

    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

    private final Folders folders;
    private final Bodies bodies;
    private final Documents documents;
    private final PluginRecords records;
    private final OwnParts parts;
    private final InstantSource clock;
    private final Duration startLimit;
    private final Installer installer;
    private final Map<String, Unit> units = new ConcurrentHashMap<>();
    private final Map<String, String> texts = new ConcurrentHashMap<>();

    /** Makes what runs of a plugin. */
    interface Bodies {
        Body of(PluginDocument document);

        /**
         * Another text when what it runs of the disk is another; empty when that is in a package.
         */
        default String stamp(PluginDocument document) {
            return "";
        }
    }

    Supervisor(
            Folders folders,
            Bodies bodies,
            Signatures signatures,
            FileTrust trust,
            PluginRecords records,
            Leave leave,
            OwnParts parts,
            InstantSource clock,
            Duration startLimit) {
        this.folders = folders;
        this.bodies = bodies;
        this.documents =
                new Documents(folders, new DocumentJudge(folders, trust, records), records, parts);
        this.records = records;
        this.parts = parts;
        this.clock = clock;
        this.startLimit = startLimit;
        this.installer = new Installer(folders, signatures, records, leave, this);
    }

    /** Brings everything up, lower priorities first; what was being tried is taken back before. */
    synchronized void begin() {
        try {
            for (String id : folders.interrupted()) {
                LOG.warn("the installation of plugin {} was cut short", id);
                installer.settle(id);
            }
        } catch (IOException e) {
            LOG.error("an interrupted installation cannot be taken back: {}", e.toString());
        }
        try {
            folders.clearExec();
        } catch (IOException e) {
            LOG.error("{} cannot be emptied: {}", folders.exec(), e.toString());
        }
        reload("the agent");
    }

    synchronized void end() {
        Together.each(units.values().stream().toList(), unit -> unit.stop("the agent"));
    }

    /** How many plugins there are. */
    int count() {
        return units.size();
    }

    /** The plugins, to be looked after one by one, each on a thread of its own. */
    List<Unit> units() {
        return List.copyOf(units.values());
    }

    /** Another number when a document has changed. */
    int revision() {
        return Objects.hash(texts, documents.revision());
    }

    /** What the documents say as settings, one plugin each. */
    List<PluginFile> settings() {
        List<PluginFile> all = new ArrayList<>(documents.ownSettings());
        for (Unit unit : units.values()) {
            PluginDocument document = unit.document();
            all.add(PluginFile.of(document.id(), document.metadata(), document.settings()));
        }
        return all;
    }

    @Override
    public synchronized Outcome reload(String who) {
        Documents.Look look = documents.look();
        for (String gone : List.copyOf(units.keySet())) {
            if (!look.texts().containsKey(gone) || documents.isElsewhere(gone)) {
                halt(gone, who);
                units.remove(gone);
                texts.remove(gone);
            }
        }
        begin(look, who);
        return Outcome.refused("", look.faults());
    }

    private void begin(Documents.Look look, String who) {
        Map<Integer, List<PluginDocument>> levels =
                look.read().stream()
                        .filter(document -> !state(document, look).equals(texts.get(document.id())))
                        .collect(Collectors.groupingBy(PluginDocument::priority));
        levels.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(
                        level -> {
                            List<Unit> begun = new ArrayList<>();
                            for (PluginDocument document : level.getValue()) {
                                halt(document.id(), who);
                                texts.put(document.id(), state(document, look));
                                begun.add(unit(document));
                            }
                            Together.each(
                                    begun,
                                    unit -> {
                                        if (unit.document().autoStart()) {
                                            unit.start(who);
                                        }
                                    });
                        });
    }

    /** What it is, as far as a change of that has to start it again. */
    private String state(PluginDocument document, Documents.Look look) {
        return look.texts().getOrDefault(document.id(), "") + bodies.stamp(document);
    }

    /** Another text when a program on the disk is another. */
    String programs() {
        return units.values().stream()
                .map(Unit::document)
                .map(document -> document.id() + " " + bodies.stamp(document))
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    private Unit unit(PluginDocument document) {
        Unit unit = new Unit(document, () -> bodies.of(document), records, clock, startLimit);
        units.put(document.id(), unit);
        return unit;
    }

    @Override
    public synchronized Outcome install(Path file, boolean allowDowngrade, String who) {
        return installer.install(file, allowDowngrade, who);
    }

    @Override
    public Optional<String> tryOut(PluginDocument document, String who) {
        Unit unit = unit(document);
        try {
            texts.put(document.id(), Files.readString(folders.document(document.id())));
        } catch (IOException e) {
            return Optional.of("its document cannot be read: " + e.getMessage());
        }
        if (!document.autoStart() || unit.start(who) || unit.isWaiting()) {
            return Optional.empty();
        }
        return Optional.of(unit.lastError());
    }

    @Override
    public boolean isOwn(String id) {
        return parts.find(id).isPresent();
    }

    @Override
    public void goBack(String id, String who) {
        units.remove(id);
        texts.remove(id);
        if (Files.exists(folders.document(id))) {
            reload(who);
        }
    }

    @Override
    public synchronized Outcome remove(String id, String who) {
        if (isOwn(id)) {
            return Outcome.refused(
                    id, "`" + id + "` is a part of the agent: it can be restarted, not removed");
        }
        if (!units.containsKey(id) && documents.fault(id).isEmpty()) {
            return Outcome.unknown(id);
        }
        halt(id, who);
        try {
            installer.remove(id);
            units.remove(id);
            texts.remove(id);
            documents.forget(id);
            return Outcome.done(id);
        } catch (IOException e) {
            return Outcome.refused(id, "its files cannot be removed: " + e.getMessage());
        } catch (StorageException e) {
            return Outcome.refused(id, "its removal cannot be put on record: " + e.getMessage());
        }
    }

    @Override
    public Outcome start(String id, String who) {
        Optional<Unit> unit = Optional.ofNullable(units.get(id));
        if (unit.isEmpty()) {
            return notAPlugin(id);
        }
        if (unit.get().state() == PluginState.HEALTHY || unit.get().start(who)) {
            return Outcome.done(id);
        }
        return Outcome.refused(id, unit.get().lastError());
    }

    @Override
    public Outcome stop(String id, String who) {
        Optional<Unit> unit = Optional.ofNullable(units.get(id));
        if (unit.isEmpty()) {
            return notAPlugin(id);
        }
        unit.get().stop(who);
        return Outcome.done(id);
    }

    @Override
    public void halt(String id, String who) {
        Unit unit = units.get(id);
        if (unit != null) {
            unit.stop(who);
        }
    }

    @Override
    public Outcome restart(String id, String who) {
        if (isOwn(id)) {
            Optional<String> fault = parts.restart(id);
            return fault.isEmpty() ? Outcome.done(id) : Outcome.refused(id, fault.get());
        }
        Unit unit = units.get(id);
        if (unit == null) {
            return notAPlugin(id);
        }
        unit.stop(who);
        return unit.start(who) ? Outcome.done(id) : Outcome.refused(id, unit.lastError());
    }

    private Outcome notAPlugin(String id) {
        if (isOwn(id)) {
            return Outcome.refused(
                    id, "`" + id + "` is a part of the agent: it can be restarted only");
        }
        return documents
                .fault(id)
                .map(fault -> Outcome.refused(id, fault))
                .orElseGet(() -> Outcome.unknown(id));
    }

    @Override
    public List<PluginStatus> list() {
        List<PluginStatus> all = new ArrayList<>(parts.list());
        units.values().stream()
                .sorted(
                        Comparator.comparingInt((Unit unit) -> unit.document().priority())
                                .thenComparing(unit -> unit.document().id()))
                .map(Unit::status)
                .forEach(all::add);
        documents.idle().stream()
                .filter(status -> !units.containsKey(status.id()))
                .forEach(all::add);
        return all;
    }

    @Override
    public Optional<PluginStatus> find(String id) {
        return list().stream().filter(status -> status.id().equals(id)).findFirst();
    }

    @Override
    public TopicRights of(long bundleId) {
        return ofBundle(bundleId).map(unit -> unit.document().topics()).orElse(TopicRights.NONE);
    }

    @Override
    public Optional<String> plugin(long bundleId) {
        return ofBundle(bundleId).map(unit -> unit.document().id());
    }

    private Optional<Unit> ofBundle(long bundleId) {
        return units.values().stream()
                .filter(unit -> bundleId > 0 && unit.bundleId() == bundleId)
                .findFirst();
    }
}
