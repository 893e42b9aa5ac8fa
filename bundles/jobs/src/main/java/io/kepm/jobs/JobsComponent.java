package io.kepm.jobs;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.elevation.LaunchDecision;
import io.kepm.api.elevation.PendingWatch;
import io.kepm.api.elevation.Requests;
import io.kepm.api.health.HealthCheck;
import io.kepm.api.jobs.Chore;
import io.kepm.api.jobs.Jobs;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Commands;
import io.kepm.api.linux.EphemeralAccounts;
import io.kepm.api.linux.Launcher;
import io.kepm.api.linux.Notices;
import io.kepm.api.linux.Sessions;
import io.kepm.api.linux.Targets;
import io.kepm.api.messages.MessageListener;
import io.kepm.api.messages.Messages;
import io.kepm.api.metrics.Metric;
import io.kepm.api.metrics.MetricSource;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.EffectiveSetting;
import io.kepm.api.settings.Settings;
import io.kepm.api.settings.SettingsDesk;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.trust.DoorCertificate;
import io.kepm.api.trust.FileAuthors;
import io.kepm.api.trust.FileTrust;
import io.kepm.api.trust.Launches;
import io.kepm.api.trust.Signatures;
import io.kepm.api.trust.UserPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
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

/** Wires the jobs to the services of the floors below, starts and stops them. */
@Component(
        service = {HealthCheck.class, MetricSource.class, PendingWatch.class},
        immediate = true)
public final class JobsComponent implements HealthCheck, MetricSource, PendingWatch {

    private final List<Chore> chores = new CopyOnWriteArrayList<>();
    private final Wiring wiring;
    private final Events events;
    private final ServiceRegistration<Jobs> jobs;
    private final ServiceRegistration<MessageListener> listener;
    private volatile @Nullable Messages messages;
    private volatile @Nullable DoorCertificate certificate;

    @Activate
    public JobsComponent(
            BundleContext context,
            @Reference Settings settings,
            @Reference Storage storage,
            @Reference AuditLog audit,
            @Reference FileTrust trust,
            @Reference FileAuthors authors,
            @Reference Launcher launcher,
            @Reference Launches launches,
            @Reference UserPrograms userPrograms,
            @Reference Signatures signatures,
            @Reference Accounts accounts,
            @Reference Sessions sessions,
            @Reference Notices notices,
            @Reference EphemeralAccounts ephemeral,
            @Reference Commands commands,
            @Reference Targets targets,
            @Reference LaunchDecision decision,
            @Reference Requests requests,
            @Reference PolicyEngine policies,
            @Reference SettingsDesk desk)
            throws StorageException, IOException {
        wiring =
                new Wiring(
                        new Wiring.Floors(
                                storage,
                                audit,
                                trust,
                                authors,
                                launcher,
                                launches,
                                userPrograms,
                                signatures,
                                accounts,
                                sessions,
                                notices,
                                ephemeral,
                                commands,
                                targets,
                                decision,
                                requests,
                                policies,
                                desk),
                        new Wiring.Others(
                                () -> Optional.ofNullable(messages),
                                () -> Optional.ofNullable(certificate),
                                this::chore,
                                (plugin, setting) -> flag(desk, plugin, setting)),
                        here(context, settings),
                        new SystemTimes());
        events = new Events(wiring.triggers(), wiring::hasDesktop);
        wiring.start();
        jobs = context.registerService(Jobs.class, wiring.desk(), null);
        listener =
                context.registerService(
                        MessageListener.class,
                        events::heard,
                        FrameworkUtil.asDictionary(
                                Map.of(MessageListener.TOPICS, new String[] {"Events/+"})));
    }

    private static Optional<Boolean> flag(SettingsDesk desk, String plugin, String name) {
        return desk.list(plugin).stream()
                .flatMap(List::stream)
                .filter(each -> each.setting().name().name().equals(name))
                .map(EffectiveSetting::value)
                .filter(Boolean.class::isInstance)
                .map(Boolean.class::cast)
                .findFirst();
    }

    private static Wiring.Here here(BundleContext context, Settings settings) throws IOException {
        Path state = Path.of(System.getProperty("kepm.state", "/var/lib/kepm"));
        return new Wiring.Here(
                settings.approot(),
                state.resolve("exec"),
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip(),
                "https://localhost:" + settings.get(CoreSettings.HTTPS_PORT),
                context.getBundle().getVersion().toString(),
                settings.get(CoreSettings.APPROVAL_PROVIDERS),
                settings.get(CoreSettings.ADMIN_GROUPS),
                settings.get(CoreSettings.AT_EXPIRY).equals("kill"));
    }

    @Deactivate
    void deactivate() {
        listener.unregister();
        jobs.unregister();
        wiring.stop();
    }

    @Override
    public String name() {
        return "jobs";
    }

    @Override
    public Health check() {
        return wiring.health().check();
    }

    @Override
    public List<Metric> metrics() {
        return wiring.health().metrics();
    }

    @Override
    public void pending(Waiting waiting) {
        events.pending(waiting);
    }

    private Optional<Chore> chore(String name) {
        return chores.stream().filter(one -> one.name().equals(name)).findFirst();
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "removeChore")
    void addChore(Chore chore) {
        chores.add(chore);
    }

    void removeChore(Chore chore) {
        chores.remove(chore);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "unsetMessages")
    void setMessages(Messages broker) {
        messages = broker;
    }

    void unsetMessages(Messages broker) {
        if (messages == broker) {
            messages = null;
        }
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "unsetCertificate")
    void setCertificate(DoorCertificate door) {
        certificate = door;
    }

    void unsetCertificate(DoorCertificate door) {
        if (certificate == door) {
            certificate = null;
        }
    }
}
