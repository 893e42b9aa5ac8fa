package io.kepm.plugins;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.health.HealthCheck;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Commands;
import io.kepm.api.linux.Launcher;
import io.kepm.api.linux.Sessions;
import io.kepm.api.messages.MessageListener;
import io.kepm.api.messages.Messages;
import io.kepm.api.metrics.MetricSource;
import io.kepm.api.plugins.PluginStatus;
import io.kepm.api.plugins.Plugins;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.PluginDefaults;
import io.kepm.api.settings.Settings;
import io.kepm.api.settings.SettingsDesk;
import io.kepm.api.storage.Storage;
import io.kepm.api.trust.BundleTopics;
import io.kepm.api.trust.FileTrust;
import io.kepm.api.trust.Launches;
import io.kepm.api.trust.Signatures;
import io.kepm.api.trust.TopicRights;
import io.kepm.api.trust.UserPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wires the plugins. One thread ticks; what it finds to do for a plugin is done on a thread of the
 * pool, at most one for each plugin.
 */
@Component(
        immediate = true,
        service = {Plugins.class, BundleTopics.class})
public final class PluginsComponent implements Plugins, BundleTopics {

    private static final Logger LOG = LoggerFactory.getLogger(PluginsComponent.class);
    private static final long FOLDER_SECONDS = 3;

    private final Supervisor supervisor;
    private final ScheduledExecutorService ticker;
    private final ExecutorService workers;
    private final Map<Unit, Boolean> busy = new ConcurrentHashMap<>();
    private final ServiceRegistration<HealthCheck> health;
    private final ServiceRegistration<MetricSource> figures;
    private final ServiceRegistration<PluginDefaults> defaults;
    private final ServiceRegistration<MessageListener> answers;
    private final SettingsNews news;
    private final Settings.Listening listening;
    private int told;
    private volatile @Nullable Launches launches;
    private volatile @Nullable Messages messages;

    @Activate
    public PluginsComponent(
            BundleContext context,
            @Reference AuditLog audit,
            @Reference Storage storage,
            @Reference Settings settings,
            @Reference SettingsDesk desk,
            @Reference FileTrust trust,
            @Reference Signatures signatures,
            @Reference Accounts accounts,
            @Reference Sessions sessions,
            @Reference Commands commands,
            @Reference UserPrograms userPrograms,
            @Reference Launcher launcher,
            @Reference ServiceComponentRuntime runtime)
            throws IOException {
        Path state = Path.of(System.getProperty("kepm.state", "/var/lib/kepm"));
        Folders folders =
                new Folders(
                        settings.approot().resolve(settings.get(CoreSettings.PLUGIN_PATH)),
                        state.resolve("exec").resolve("plugins"));
        ProcessBook processes =
                new ProcessBook(
                        storage,
                        audit,
                        launcher,
                        Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip());
        Owners owners =
                new Owners(accounts, commands, sessions, userPrograms, InstantSource.system());
        SignedFiles signed = new SignedFiles(settings.approot(), trust, signatures);
        Pings pings = new Pings(() -> Optional.ofNullable(messages));
        PluginRecords records = new PluginRecords(audit, storage);
        Leave leave = new Leave(records, new GuardLeave(context));
        supervisor =
                new Supervisor(
                        folders,
                        new PluginBodies(
                                folders,
                                context,
                                signatures,
                                leave,
                                () -> Optional.ofNullable(launches),
                                owners,
                                processes,
                                pings,
                                signed),
                        signatures,
                        trust,
                        records,
                        leave,
                        new BundleParts(context, runtime),
                        InstantSource.system(),
                        Unit.START);
        health = context.registerService(HealthCheck.class, new PluginsCheck(supervisor), null);
        figures =
                context.registerService(
                        MetricSource.class, new PluginFigures(supervisor, records), null);
        told = supervisor.revision();
        defaults =
                context.registerService(PluginDefaults.class, supervisor::settings, revision(told));
        answers =
                context.registerService(
                        MessageListener.class,
                        pings,
                        FrameworkUtil.asDictionary(
                                Map.of(MessageListener.TOPICS, new String[] {Pings.ANSWERS})));
        news = new SettingsNews(desk, () -> Optional.ofNullable(messages));
        listening = settings.listen(news::changed);
        DropIn dropIn = new DropIn(folders, supervisor, trust, supervisor::programs);
        ticker =
                Executors.newSingleThreadScheduledExecutor(
                        task -> new Thread(task, "kepm-plugins"));
        workers = Executors.newCachedThreadPool(task -> new Thread(task, "kepm-plugins-work"));
        Future<?> begin = workers.submit(() -> safely(() -> begin(context, processes)));
        Future<?> tick =
                ticker.scheduleWithFixedDelay(() -> safely(this::tick), 1, 1, TimeUnit.SECONDS);
        Future<?> folder =
                ticker.scheduleWithFixedDelay(
                        () -> safely(dropIn::look),
                        FOLDER_SECONDS,
                        FOLDER_SECONDS,
                        TimeUnit.SECONDS);
        LOG.debug("begun: {} {} {}", begin, tick, folder);
    }

    /** What a killed agent left goes before anything of it is started again. */
    private void begin(BundleContext context, ProcessBook processes) {
        ServiceBody.clear(context);
        processes.endAll();
        supervisor.begin();
    }

    @Deactivate
    void deactivate() {
        ticker.shutdownNow();
        // Who waits for a plugin that hangs is woken up, or the stop would wait too.
        workers.shutdownNow();
        listening.close();
        answers.unregister();
        health.unregister();
        figures.unregister();
        defaults.unregister();
        supervisor.end();
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "withoutLaunches")
    void withLaunches(Launches found) {
        launches = found;
    }

    void withoutLaunches(Launches gone) {
        if (gone.equals(launches)) {
            launches = null;
        }
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "withoutMessages")
    void withMessages(Messages broker) {
        messages = broker;
    }

    void withoutMessages(Messages gone) {
        if (gone.equals(messages)) {
            messages = null;
        }
    }

    private static Dictionary<String, Object> revision(int number) {
        return FrameworkUtil.asDictionary(Map.of("kepm.revision", number));
    }

    private void tick() {
        int revision = supervisor.revision();
        if (revision != told) {
            told = revision;
            defaults.setProperties(revision(revision));
        }
        news.look(supervisor.units().stream().map(unit -> unit.document().id()).toList());
        for (Unit unit : supervisor.units()) {
            if (busy.putIfAbsent(unit, true) == null) {
                workers.execute(
                        () -> {
                            safely(unit::look);
                            busy.remove(unit);
                        });
            }
        }
    }

    private static void safely(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.error("a look at the plugins failed, and will be tried again", e);
        }
    }

    @Override
    public List<PluginStatus> list() {
        return supervisor.list();
    }

    @Override
    public Optional<PluginStatus> find(String id) {
        return supervisor.find(id);
    }

    @Override
    public Outcome install(Path file, boolean allowDowngrade, String who) {
        return supervisor.install(file, allowDowngrade, who);
    }

    @Override
    public Outcome remove(String id, String who) {
        return supervisor.remove(id, who);
    }

    @Override
    public Outcome start(String id, String who) {
        return supervisor.start(id, who);
    }

    @Override
    public Outcome stop(String id, String who) {
        return supervisor.stop(id, who);
    }

    @Override
    public Outcome restart(String id, String who) {
        return supervisor.restart(id, who);
    }

    @Override
    public Outcome reload(String who) {
        return supervisor.reload(who);
    }

    @Override
    public TopicRights of(long bundleId) {
        return supervisor.of(bundleId);
    }

    @Override
    public Optional<String> plugin(long bundleId) {
        return supervisor.plugin(bundleId);
    }
}
