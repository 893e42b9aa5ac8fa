package io.kepm.elevation;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.elevation.Governance;
import io.kepm.api.linux.Accounts;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Settings;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is governed, as a service. Owns the thread {@code kepm-governed-groups}, where the site names
 * groups to be mirrored, which looks at them once a minute.
 */
@Component
public final class GovernanceComponent implements Governance {

    private static final Logger LOG = LoggerFactory.getLogger(GovernanceComponent.class);

    private final Membership membership;
    private final GroupMirror mirror;
    private final Optional<ScheduledExecutorService> thread;

    @Activate
    public GovernanceComponent(
            @Reference Accounts accounts,
            @Reference AuditLog audit,
            @Reference Storage storage,
            @Reference Settings settings)
            throws StorageException {
        membership = new Membership(accounts, audit, settings.get(CoreSettings.ADMIN_GROUPS));
        mirror =
                new GroupMirror(
                        settings.get(CoreSettings.GOVERNED_GROUPS),
                        accounts,
                        membership,
                        storage,
                        audit);
        thread = mirror.hasWork() ? Optional.of(begun(mirror)) : Optional.empty();
    }

    private static ScheduledExecutorService begun(GroupMirror mirror) {
        ScheduledExecutorService thread =
                Executors.newSingleThreadScheduledExecutor(
                        task -> {
                            Thread made = new Thread(task, "kepm-governed-groups");
                            made.setDaemon(true);
                            return made;
                        });
        var unused = thread.scheduleWithFixedDelay(() -> look(mirror), 0, 1, TimeUnit.MINUTES);
        return thread;
    }

    private static void look(GroupMirror mirror) {
        try {
            mirror.look();
        } catch (StorageException | RuntimeException e) {
            LOG.error("the groups in `governedGroups` are looked at again in a minute", e);
        }
    }

    @Deactivate
    void stop() {
        thread.ifPresent(ScheduledExecutorService::shutdownNow);
    }

    @Override
    public Plan plan(String subject) {
        return membership.plan(subject);
    }

    @Override
    public Plan govern(String subject, String admin) {
        return mirror.byHand(subject, admin);
    }

    @Override
    public Plan ungovern(String subject, String admin) {
        return membership.ungovern(subject, admin);
    }

    @Override
    public List<String> governed() {
        return membership.governed();
    }
}
