package io.kepm.api.settings;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.settings.Setting.Reach;
import io.kepm.api.storage.StorageException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A desk whose values are in memory, with the settings of the agent and of given plugins. */
public final class FakeSettingsDesk implements SettingsDesk {

    private final List<Setting<?>> declared = new ArrayList<>(CoreSettings.all());
    private final Map<Setting<?>, Object> stored = new HashMap<>();

    public FakeSettingsDesk(PluginFile... files) {
        for (PluginFile file : files) {
            declared.addAll(file.settings());
        }
    }

    @Override
    public List<String> plugins() {
        return declared.stream().map(setting -> setting.name().plugin()).distinct().toList();
    }

    @Override
    public Optional<List<EffectiveSetting>> list(String plugin) {
        return plugins().contains(plugin)
                ? Optional.of(of(plugin).map(this::effective).toList())
                : Optional.empty();
    }

    @Override
    public Optional<String> near(String plugin) {
        return Optional.empty();
    }

    @Override
    public Outcome put(String plugin, String name, Object json, Author author, AuditLog log)
            throws StorageException {
        if (!plugins().contains(plugin)) {
            return new Outcome.NoPlugin("no plugin `" + plugin + "` has settings");
        }
        Optional<Setting<?>> found =
                of(plugin).filter(setting -> setting.name().name().equals(name)).findFirst();
        if (found.isEmpty() || found.get().reach() == Reach.FILE) {
            log.append(record("REFUSED", author));
            return new Outcome.Refused(found.isEmpty() ? "unknown setting" : "a security setting");
        }
        try {
            stored.put(found.get(), found.get().reader().apply(json));
        } catch (IllegalArgumentException e) {
            return new Outcome.Refused(String.valueOf(e.getMessage()));
        }
        log.append(record("SET", author));
        return new Outcome.Done(List.of(effective(found.get())));
    }

    @Override
    public Outcome revert(String plugin, Author author, AuditLog log) throws StorageException {
        List<Setting<?>> reverted = of(plugin).filter(stored::containsKey).toList();
        stored.keySet().removeAll(reverted);
        log.append(record("REVERTED", author));
        return plugins().contains(plugin)
                ? new Outcome.Done(reverted.stream().map(this::effective).toList())
                : new Outcome.NoPlugin("no plugin `" + plugin + "` has settings");
    }

    @Override
    public Outcome revertAll(Author author, AuditLog log) throws StorageException {
        stored.clear();
        log.append(record("REVERTED", author));
        return new Outcome.Done(List.of());
    }

    /** What policies said last, as {@code POLICY PATH CONTENT}. */
    public final List<String> followed = new ArrayList<>();

    @Override
    public Followed follow(List<PolicyUpdate> updates, AuditLog log) {
        followed.clear();
        List<String> faults = new ArrayList<>();
        for (PolicyUpdate each : updates) {
            String content = new String(each.content(), StandardCharsets.UTF_8);
            if (content.contains("AlternativeSignatures")) {
                faults.add(each.policy() + ": a security setting");
            } else {
                followed.add(each.policy() + " " + each.file().path() + " " + content);
            }
        }
        return new Followed(List.of(), faults);
    }

    @Override
    public List<String> faults(TargetFile file, byte[] content) {
        return List.of();
    }

    private java.util.stream.Stream<Setting<?>> of(String plugin) {
        return declared.stream().filter(setting -> setting.name().plugin().equals(plugin));
    }

    private EffectiveSetting effective(Setting<?> setting) {
        Object set = stored.get(setting);
        return set == null
                ? new EffectiveSetting(
                        setting,
                        setting.defaultValue(),
                        SettingSource.BUILT_IN,
                        "",
                        Optional.empty())
                : new EffectiveSetting(
                        setting, set, SettingSource.STORED, "root by api", Optional.empty());
    }

    private static AuditDraft record(String outcome, Author author) {
        return AuditDraft.of(AuditType.CONFIGURATION_CHANGED, outcome).admin(author.who()).build();
    }
}
