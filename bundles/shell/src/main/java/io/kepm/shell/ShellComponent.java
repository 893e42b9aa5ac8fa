package io.kepm.shell;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.elevation.GrantedRoot;
import io.kepm.api.elevation.LaunchDecision;
import io.kepm.api.health.HealthCheck;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.UnixSockets;
import io.kepm.api.log.LogLevels;
import io.kepm.api.policy.PolicyEngine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Puts our commands into Karaf's shell, and opens its socket. */
@Component(
        service = {},
        immediate = true)
public final class ShellComponent {

    private final List<HealthCheck> checks = new CopyOnWriteArrayList<>();
    private final SessionFactory sessions;
    private final List<OwnCommand> commands;
    private final ShellDoor door;
    private final ServiceRegistration<HealthCheck> registration;
    private volatile @Nullable LogLevels levels;

    @Activate
    public ShellComponent(
            BundleContext context,
            @Reference SessionFactory sessions,
            @Reference AuditLog audit,
            @Reference PolicyEngine engine,
            @Reference LaunchDecision launches,
            @Reference GrantedRoot granted,
            @Reference Accounts accounts,
            @Reference UnixSockets sockets) {
        this.sessions = sessions;
        Path run = Path.of(System.getProperty("kepm.run", "/run/keeper"));
        String version = context.getBundle().getVersion().toString();
        commands =
                new ArrayList<>(
                        new OwnCommands(version, audit, engine, launches, accounts, () -> checks)
                                .all());
        commands.add(new LogLevelCommand(() -> Optional.ofNullable(levels)).command());
        commands.forEach(sessions.getRegistry()::register);
        door =
                new ShellDoor(
                        new ShellFolder(run.resolve("shell")),
                        sockets,
                        granted,
                        new Runner(sessions, audit),
                        audit);
        // Not a service of this component: it looks at all health checks, its own included.
        registration = context.registerService(HealthCheck.class, door, null);
        door.open();
    }

    @Deactivate
    void deactivate() {
        registration.unregister();
        door.close();
        commands.forEach(sessions.getRegistry()::unregister);
    }

    /** Not needed to be here: the log can be restarted alone. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "withoutLevels")
    void withLevels(LogLevels log) {
        levels = log;
    }

    void withoutLevels(LogLevels gone) {
        if (gone == levels) {
            levels = null;
        }
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "removeCheck")
    void addCheck(HealthCheck check) {
        checks.add(check);
    }

    void removeCheck(HealthCheck check) {
        checks.remove(check);
    }
}
