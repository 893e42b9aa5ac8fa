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
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
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
    private static final int MOST = 200;

    private final Folders folders;
    private final Bodies bodies;
    private final DocumentJudge judge;
    private final PluginRecords records;
    private final OwnParts parts;
    private final InstantSource clock;
    private final Duration startLimit;
    private final Installer installer;
    private final Map<String, Unit> units = new ConcurrentHashMap<>();
    private final Map<String, String> texts = new ConcurrentHashMap<>();
    private final Map<String, String> unusable = new ConcurrentHashMap<>();
    private final Map<String, PluginStatus> elsewhere = new ConcurrentHashMap<>();
    private final Map<String, OwnDocument> ownDocuments = new ConcurrentHashMap<>();

    /** A document about a part of the agent. */
    private record OwnDocument(String text, PluginFile settings) {}

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
        this.judge = new DocumentJudge(folders, trust, records);
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
        return Objects.hash(
                texts,
                ownDocuments.keySet(),
                ownDocuments.values().stream().map(OwnDocument::text).toList());
    }

    /** What the documents say as settings, one plugin each. */
    List<PluginFile> settings() {
        List<PluginFile> all = new ArrayList<>();
        ownDocuments.values().forEach(own -> all.add(own.settings()));
        for (Unit unit : units.values()) {
            PluginDocument document = unit.document();
            all.add(PluginFile.of(document.id(), document.metadata(), document.settings()));
        }
        return all;
    }

    @Override
    public synchronized Outcome reload(String who) {
        List<String> faults = new ArrayList<>();
        Map<String, PluginDocument> read = new LinkedHashMap<>();
        Map<String, String> fresh = new LinkedHashMap<>();
        for (Path file : documents(faults)) {
            String name = String.valueOf(file.getFileName());
            String id = name.substring(0, name.length() - ".json".length());
            fresh.put(id, "");
            try {
                List<String> others = judge.owners(file, id);
                if (!others.isEmpty()) {
                    unusable(id, others, faults);
                    continue;
                }
                String text = judge.text(file);
                fresh.put(id, text);
                document(id, text, faults).ifPresent(found -> read.put(id, found));
            } catch (IOException e) {
                if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
                    // It went since it was listed.
                    fresh.remove(id);
                    continue;
                }
                unusable(id, List.of("it cannot be read: " + e.getMessage()), faults);
            }
        }
        unusable.keySet().retainAll(fresh.keySet());
        elsewhere.keySet().retainAll(fresh.keySet());
        ownDocuments.keySet().retainAll(fresh.keySet());
        for (String gone : List.copyOf(units.keySet())) {
            if (!fresh.containsKey(gone) || elsewhere.containsKey(gone)) {
                halt(gone, who);
                units.remove(gone);
                texts.remove(gone);
            }
        }
        begin(read, fresh, who);
        return Outcome.refused("", faults);
    }

    private void begin(Map<String, PluginDocument> read, Map<String, String> fresh, String who) {
        Map<Integer, List<PluginDocument>> levels =
                read.values().stream()
                        .filter(
                                document ->
                                        !state(document, fresh).equals(texts.get(document.id())))
                        .collect(Collectors.groupingBy(PluginDocument::priority));
        levels.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(
                        level -> {
                            List<Unit> begun = new ArrayList<>();
                            for (PluginDocument document : level.getValue()) {
                                halt(document.id(), who);
                                texts.put(document.id(), state(document, fresh));
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
    private String state(PluginDocument document, Map<String, String> fresh) {
        return fresh.getOrDefault(document.id(), "") + bodies.stamp(document);
    }

    /** Another text when a program on the disk is another. */
    String programs() {
        return units.values().stream()
                .map(Unit::document)
                .map(document -> document.id() + " " + bodies.stamp(document))
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    private List<Path> documents(List<String> faults) {
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
        if (isOwn(id)) {
            // Settings for a part of the agent, which reads what else there is itself.
            unusable.remove(id);
            ownDocuments.put(id, new OwnDocument(text, PluginFile.of(id, Metadata.in(text))));
            return Optional.empty();
        }
        DocumentReader.Read read =
                DocumentReader.read(text.getBytes(java.nio.charset.StandardCharsets.UTF_8), id);
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
            records.refused(id, wrong, "", "", "the agent");
        }
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
        if (!units.containsKey(id) && !unusable.containsKey(id) && !elsewhere.containsKey(id)) {
            return Outcome.unknown(id);
        }
        halt(id, who);
        try {
            installer.remove(id);
            units.remove(id);
            texts.remove(id);
            unusable.remove(id);
            elsewhere.remove(id);
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
        PluginStatus skipped = elsewhere.get(id);
        String fault = unusable.getOrDefault(id, skipped == null ? "" : skipped.lastError());
        return fault.isEmpty() ? Outcome.unknown(id) : Outcome.refused(id, fault);
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
        elsewhere.values().stream()
                .filter(status -> !units.containsKey(status.id()))
                .forEach(all::add);
        unusable.forEach(
                (id, fault) -> {
                    if (!units.containsKey(id)) {
                        all.add(PluginStatus.unusable(id, fault));
                    }
                });
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
