package io.kepm.trust;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.health.HealthCheck;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Settings;
import io.kepm.api.storage.Storage;
import io.kepm.api.trust.FileAuthors;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one watch of all configuration, and its thread. */
@Component(
        immediate = true,
        service = {HealthCheck.class, FileAuthors.class})
public final class ConfigurationComponent implements HealthCheck, FileAuthors {

    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationComponent.class);

    /** The net below the kernel's word: mounts and network file systems tell nothing. */
    private static final Duration SLOWLY = Duration.ofMinutes(1);

    private static final Duration WITHOUT_KERNEL = Duration.ofSeconds(5);

    /** Whoever writes a file is given so long to end. */
    private static final Duration SETTLE = Duration.ofMillis(300);

    private static final int SETTLE_AT_MOST = 6;

    private final KnownAuthors authors = new KnownAuthors();
    private final Accounts accounts;
    private final FileLook files;
    private final ConfigurationWatch watch;
    private final FolderBell bell;
    private final Thread thread;

    @Activate
    public ConfigurationComponent(
            @Reference AuditLog audit,
            @Reference Storage storage,
            @Reference Settings settings,
            @Reference Accounts accounts) {
        this.accounts = accounts;
        WatchedPlaces places =
                WatchedPlaces.installed(
                        settings.approot(),
                        Path.of(System.getProperty("kepm.lib", "/opt/keeper/lib")),
                        settings.approot().resolve(settings.get(CoreSettings.PLUGIN_PATH)));
        files = new FileLook(places);
        watch =
                new ConfigurationWatch(
                        files,
                        new FileMemory(storage),
                        audit,
                        this::owner,
                        authors,
                        InstantSource.system());
        bell = FolderBell.open(places::concerns);
        thread = new Thread(null, this::run, "kepm-configuration", 256 * 1024);
        thread.setDaemon(true);
        thread.start();
    }

    @Deactivate
    void stop() {
        thread.interrupt();
        bell.close();
        try {
            thread.join(2000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void writes(Path file, String sha256, String by) {
        authors.writes(file, sha256, by);
    }

    @Override
    public String name() {
        return "configuration";
    }

    @Override
    public Health check() {
        return watch.health();
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                // Before the look: what happens during it rings for the next one.
                bell.watch(files.folders());
                safely();
                Thread.sleep(watch.pause().toMillis());
                if (bell.await(bell.isThere() ? SLOWLY : WITHOUT_KERNEL)) {
                    settle();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void settle() throws InterruptedException {
        for (int i = 0; i < SETTLE_AT_MOST && bell.await(SETTLE); i++) {
            // Still writing.
        }
    }

    private void safely() {
        try {
            watch.look();
        } catch (RuntimeException e) {
            LOG.error("a look at the configuration failed, and will be tried again", e);
        }
    }

    private String owner(int uid) {
        try {
            return accounts.byUid(uid).map(Accounts.Account::name).orElse("#" + uid);
        } catch (NameServiceException e) {
            LOG.debug("who uid {} is", uid, e);
            return "#" + uid;
        }
    }
}
