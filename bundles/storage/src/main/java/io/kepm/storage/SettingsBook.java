package io.kepm.storage;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.EffectiveSetting;
import io.kepm.api.settings.PluginFile;
import io.kepm.api.settings.Setting;
import io.kepm.api.settings.Setting.Reach;
import io.kepm.api.settings.SettingName;
import io.kepm.api.settings.Settings;
import io.kepm.api.settings.SettingsDesk;
import io.kepm.api.settings.TargetFile;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * All settings: what is in force, and the desk where they are changed. Reads look at immutable
 * copies; changes hold the lock of this object from their check to the new copy, so that they are
 * made one after the other. Listeners are called after it is given back.
 */
final class SettingsBook implements Settings, SettingsDesk {

    private static final int LONGEST_KEY = 256;
    static final Comparator<SettingName> ORDER = Comparator.comparing(SettingName::toString);

    private final LoadedSettings loaded;
    private final NextFile next;
    private final Supplier<List<PluginFile>> files;
    private final Layers start;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Map<SettingName, StoredSetting> policies;
    private volatile Map<SettingName, StoredSetting> stored;

    private volatile LostRows lost;

    private volatile Map<String, Object> inForce;

    SettingsBook(
            Storage storage, LoadedSettings loaded, NextFile next, Supplier<List<PluginFile>> files)
            throws StorageException {
        this.loaded = loaded;
        this.next = next;
        this.files = files;
        StoredSettings all = StoredSettings.of(storage);
        stored = all.api();
        policies = all.policies();
        lost = all.lost();
        start = new Layers(policies, stored, Map.of(), loaded.values());
        inForce = values();
    }

    /** INVARIANT: a value under a key came from that key's own reader, so it has its type. */
    @Override
    @SuppressWarnings("unchecked")
    public <T> T get(Setting<T> setting) {
        return (T) inForce.getOrDefault(setting.key(), setting.defaultValue());
    }

    @Override
    public Path approot() {
        return loaded.approot();
    }

    @Override
    public Listening listen(Runnable listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Looks at the files of plugins anew, which have changed. */
    void refresh() {
        synchronized (this) {
            inForce = values();
        }
        listeners.forEach(Runnable::run);
    }

    @Override
    public List<String> plugins() {
        Set<String> ids = new LinkedHashSet<>(SettingName.PARTS);
        files.get().stream().map(PluginFile::id).sorted().forEach(ids::add);
        Stream.of(stored.keySet().stream(), policies.keySet().stream(), lost.names().stream())
                .flatMap(names -> names)
                .map(SettingName::plugin)
                .sorted()
                .forEach(ids::add);
        return List.copyOf(ids);
    }

    @Override
    public Optional<List<EffectiveSetting>> list(String plugin) {
        return id(plugin).map(id -> effective(declared(id)));
    }

    @Override
    public Optional<String> near(String plugin) {
        return NearestName.to(plugin, plugins());
    }

    @Override
    public Outcome put(String plugin, String name, Object json, Author author, AuditLog log)
            throws StorageException {
        Outcome outcome;
        synchronized (this) {
            outcome = set(plugin, name, json, author, log);
        }
        if (outcome instanceof Outcome.Done) {
            listeners.forEach(Runnable::run);
        }
        return outcome;
    }

    private Outcome set(String plugin, String name, Object json, Author author, AuditLog log)
            throws StorageException {
        Optional<String> id = id(plugin);
        if (id.isEmpty()) {
            return unknown(plugin);
        }
        List<Setting<?>> declared = declared(id.get());
        Optional<Setting<?>> found = named(declared, name);
        if (found.isEmpty()) {
            return refused(
                    new SettingName(id.get(), name), unknownName(id.get(), name), author, log);
        }
        Setting<?> setting = found.get();
        Optional<String> fault = fault(setting, json);
        if (fault.isPresent()) {
            return refused(setting.name(), fault.get(), author, log);
        }
        StoredSetting policy = policies.get(setting.name());
        if (policy != null) {
            return refused(
                    setting.name(), policy.by() + " sets it, as long as it is there", author, log);
        }
        Object value = setting.reader().apply(json);
        StoredSetting kept = new StoredSetting(json, author.who().name() + " by " + author.by());
        Object before = now().of(setting).value();
        log.commit(
                new Change(
                        List.of(
                                new Mutation.Put(
                                        Table.SETTINGS, setting.name().toString(), kept.bytes())),
                        List.of(SettingRecords.set(setting, before, value, author))));
        Map<SettingName, StoredSetting> more = new HashMap<>(stored);
        more.put(setting.name(), kept);
        lost = lost.without(List.of(setting.name().toString()));
        take(more);
        return new Outcome.Done(effective(List.of(setting)));
    }

    private Optional<String> fault(Setting<?> setting, Object json) {
        if (setting.reach() == Reach.FILE) {
            return Optional.of(
                    "a security setting: only root sets it, in `%s`, and restarts the agent"
                            .formatted(loaded.approot().resolve(LoadedSettings.FILE)));
        }
        if (setting.name().toString().length() > LONGEST_KEY) {
            return Optional.of("its name is longer than " + LONGEST_KEY + " characters");
        }
        String shown = setting.isSecret() ? "`***`" : SettingsCheck.echo(json);
        try {
            var unused = setting.reader().apply(json);
            return new StoredSetting(json, "").bytes().length > LARGEST_VALUE
                    ? Optional.of("larger than " + LARGEST_VALUE + " bytes")
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(shown + ": " + e.getMessage());
        }
    }

    private static Outcome refused(SettingName name, String why, Author author, AuditLog log)
            throws StorageException {
        log.append(SettingRecords.refused(name, why, author));
        return new Outcome.Refused(why);
    }

    private Outcome unknown(String plugin) {
        String shown = SettingsCheck.quiet(plugin);
        return new Outcome.NoPlugin(
                near(plugin)
                        .map(
                                near ->
                                        "no plugin `%s` has settings: did you mean `%s`?"
                                                .formatted(shown, near))
                        .orElse("no plugin `%s` has settings".formatted(shown)));
    }

    private String unknownName(String plugin, String name) {
        List<String> names =
                declared(plugin).stream().map(setting -> setting.name().name()).toList();
        return NearestName.to(name, names)
                .map(near -> "unknown setting: did you mean `%s`?".formatted(near))
                .orElse("unknown setting: see `kepm settings list " + plugin + "`");
    }

    @Override
    public Outcome revert(String plugin, Author author, AuditLog log) throws StorageException {
        Optional<String> id = id(plugin);
        return id.isEmpty()
                ? unknown(plugin)
                : remove(name -> name.plugin().equals(id.get()), author, log);
    }

    @Override
    public Outcome revertAll(Author author, AuditLog log) throws StorageException {
        return remove(name -> true, author, log);
    }

    private Outcome remove(Predicate<SettingName> which, Author author, AuditLog log)
            throws StorageException {
        List<EffectiveSetting> changed;
        synchronized (this) {
            List<String> gone = lost.ofApi(which);
            List<SettingName> names =
                    Stream.concat(
                                    stored.keySet().stream().filter(which),
                                    gone.stream().map(StoredSettings::name))
                            .sorted(ORDER)
                            .toList();
            if (names.isEmpty()) {
                return new Outcome.Done(List.of());
            }
            List<Setting<?>> settings = new ArrayList<>();
            names.forEach(
                    name -> named(declared(name.plugin()), name.name()).ifPresent(settings::add));
            List<Mutation> taken = new ArrayList<>();
            stored.keySet().stream()
                    .filter(which)
                    .forEach(name -> taken.add(new Mutation.Take(Table.SETTINGS, name.toString())));
            gone.forEach(key -> taken.add(new Mutation.Take(Table.SETTINGS, key)));
            log.commit(
                    new Change(
                            taken,
                            List.of(SettingRecords.reverted(names, effective(settings), author))));
            Map<SettingName, StoredSetting> less = new HashMap<>(stored);
            less.keySet().removeAll(names);
            lost = lost.without(gone);
            take(less);
            changed = effective(settings);
        }
        listeners.forEach(Runnable::run);
        return new Outcome.Done(changed);
    }

    @Override
    public Followed follow(List<PolicyUpdate> updates, AuditLog log) throws StorageException {
        PolicySettings wanted;
        List<String> changed;
        synchronized (this) {
            wanted =
                    PolicySettings.of(
                            updates,
                            new FileReplacement(loaded.approot(), get(CoreSettings.PLUGIN_PATH)),
                            this::declared);
            changed = follow(wanted.values(), log);
        }
        if (!changed.isEmpty()) {
            listeners.forEach(Runnable::run);
        }
        return new Followed(changed, wanted.faults());
    }

    private List<String> follow(Map<SettingName, StoredSetting> wanted, AuditLog log)
            throws StorageException {
        Set<SettingName> names = new TreeSet<>(ORDER);
        names.addAll(wanted.keySet());
        names.addAll(policies.keySet());
        names.removeIf(name -> Objects.equals(wanted.get(name), policies.get(name)));
        List<String> gone = lost.ofPolicies();
        if (names.isEmpty() && gone.isEmpty()) {
            return List.of();
        }
        Layers before = now();
        Layers after = before.withPolicies(wanted);
        List<Mutation> steps = new ArrayList<>();
        List<AuditDraft> records = new ArrayList<>();
        for (SettingName name : names) {
            String key = StoredSettings.POLICY + name;
            StoredSetting set = wanted.get(name);
            steps.add(
                    set == null
                            ? new Mutation.Take(Table.SETTINGS, key)
                            : new Mutation.Put(Table.SETTINGS, key, set.bytes()));
            named(declared(name.plugin()), name.name())
                    .ifPresent(
                            setting ->
                                    records.add(
                                            SettingRecords.followed(
                                                    setting,
                                                    before.of(setting).value(),
                                                    after.of(setting).value(),
                                                    set == null ? "" : set.by())));
        }
        // What is wanted has a row that can be read by now.
        gone.stream()
                .filter(key -> !wanted.containsKey(StoredSettings.name(key)))
                .forEach(key -> steps.add(new Mutation.Take(Table.SETTINGS, key)));
        log.commit(new Change(steps, records));
        policies = Map.copyOf(wanted);
        lost = lost.without(gone);
        inForce = values();
        return names.stream().map(SettingName::toString).toList();
    }

    @Override
    public List<String> faults(TargetFile file, byte[] content) {
        return new FileReplacement(loaded.approot(), get(CoreSettings.PLUGIN_PATH))
                .faults(file, content);
    }

    /**
     * Stored values that no longer fit what is declared; of plugins that are away nothing is said.
     */
    List<String> unusable() {
        List<String> names = new ArrayList<>();
        stored.forEach(
                (name, set) -> {
                    Optional<Setting<?>> setting = named(declared(name.plugin()), name.name());
                    boolean away = setting.isEmpty() && !SettingName.PARTS.contains(name.plugin());
                    boolean fits =
                            setting.filter(one -> one.reach() != Reach.FILE)
                                    .flatMap(one -> Layers.read(one, set.json()))
                                    .isPresent();
                    if (!away && !fits) {
                        names.add(name.toString());
                    }
                });
        return names.stream().sorted().toList();
    }

    /** Stored values that can't be read, each with why. */
    List<String> unreadable() {
        return lost.named();
    }

    /** Settings of the agent whose stored value waits for a restart. */
    List<String> waiting() {
        Layers now = new Layers(policies, stored, Map.of(), loaded.values());
        return CoreSettings.all().stream()
                .filter(setting -> setting.reach() == Reach.RESTART)
                .filter(setting -> !now.of(setting).value().equals(start.of(setting).value()))
                .map(setting -> setting.name().toString())
                .toList();
    }

    /** What the file says now. */
    NextFile.State file() {
        return next.now();
    }

    private void take(Map<SettingName, StoredSetting> all) {
        stored = Map.copyOf(all);
        inForce = values();
    }

    private Map<String, Object> values() {
        Layers now = now();
        Map<String, Object> values = new HashMap<>();
        for (Setting<?> setting : CoreSettings.all()) {
            values.put(setting.key(), inForce(setting, now).value());
        }
        return Map.copyOf(values);
    }

    private Layers now() {
        return new Layers(policies, stored, Layers.declared(files.get()), loaded.values());
    }

    private Layers.Found inForce(Setting<?> setting, Layers now) {
        return setting.reach() == Reach.LIVE ? now.of(setting) : start.of(setting);
    }

    private List<EffectiveSetting> effective(List<Setting<?>> settings) {
        Layers now = now();
        Layers later = now.withFile(next.now().values().orElse(loaded.values()));
        List<EffectiveSetting> effective = new ArrayList<>();
        for (Setting<?> setting : settings) {
            Layers.Found found = inForce(setting, now);
            Object then = later.of(setting).value();
            effective.add(
                    new EffectiveSetting(
                            setting,
                            found.value(),
                            found.source(),
                            found.by(),
                            then.equals(found.value()) ? Optional.empty() : Optional.of(then)));
        }
        return effective;
    }

    /** Ids are matched without regard to case, as paths are. */
    private Optional<String> id(String plugin) {
        List<String> ids = plugins();
        return ids.contains(plugin)
                ? Optional.of(plugin)
                : ids.stream().filter(id -> id.equalsIgnoreCase(plugin)).findFirst();
    }

    private List<Setting<?>> declared(String plugin) {
        if (SettingName.PARTS.contains(plugin)) {
            return CoreSettings.all().stream()
                    .filter(setting -> setting.name().plugin().equals(plugin))
                    .<Setting<?>>map(setting -> setting)
                    .toList();
        }
        return files.get().stream()
                .filter(file -> file.id().equals(plugin))
                .findFirst()
                .map(PluginFile::settings)
                .orElse(List.of());
    }

    private static Optional<Setting<?>> named(List<Setting<?>> settings, String name) {
        return settings.stream()
                .filter(setting -> setting.name().name().equals(name))
                .<Setting<?>>map(setting -> setting)
                .findFirst();
    }
}
