package io.kepm.linux;

import io.kepm.api.linux.Scopes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scopes that this system has, found out once: of the service manager, else cgroups of our own,
 * else none. Owns the thread {@code kepm-scopes}, which kills what did not end by itself.
 */
@Component
public final class ScopesComponent implements Scopes {

    private static final Logger LOG = LoggerFactory.getLogger(ScopesComponent.class);

    private final ScheduledExecutorService later =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        Thread thread = new Thread(null, task, "kepm-scopes", 256 * 1024);
                        thread.setDaemon(true);
                        return thread;
                    });
    private final Scopes scopes;

    @Activate
    public ScopesComponent() {
        scopes = find();
        LOG.debug("scopes: {}", scopes.means());
    }

    @Deactivate
    void stop() {
        later.shutdownNow();
        if (scopes instanceof CgroupScopes own) {
            own.leave();
        }
    }

    private Scopes find() {
        try {
            String mounts = Files.readString(Path.of("/proc/self/mountinfo"));
            if (ServiceManager.isThere()) {
                Optional<Path> tree =
                        CgroupPlace.ofManager(mounts, Files.readString(Path.of("/proc/1/cgroup")));
                if (tree.isPresent()) {
                    return new SystemdScopes(tree.get(), later);
                }
                LOG.warn("the service manager's cgroups are not to be seen: no scopes");
                return new NoScopes(later);
            }
            Optional<Path> top = CgroupPlace.top(mounts);
            Optional<CgroupScopes> own =
                    top.isPresent() ? CgroupScopes.in(top.get(), later) : Optional.empty();
            return own.isPresent() ? own.get() : new NoScopes(later);
        } catch (IOException e) {
            LOG.warn("no scopes: {}", e.getMessage());
            return new NoScopes(later);
        }
    }

    @Override
    public Means means() {
        return scopes.means();
    }

    @Override
    public void put(String id, int pid, long startTicks, Duration most) throws IOException {
        if (pid <= 0) {
            // To the kernel, and to systemd, it would be whoever asks: the agent itself.
            throw new IOException("there is no process to put into a scope");
        }
        scopes.put(id, pid, startTicks, most);
    }

    @Override
    public void prolong(String id, Duration most) throws IOException {
        scopes.prolong(id, most);
    }

    @Override
    public Set<Integer> members(String id) throws IOException {
        return scopes.members(id);
    }

    @Override
    public Set<String> present() throws IOException {
        return scopes.present();
    }

    @Override
    public void end(String id, Duration grace) throws IOException {
        scopes.end(id, grace);
    }

    @Override
    public void endTree(int pid, long startTicks, Duration grace) throws IOException {
        scopes.endTree(pid, startTicks, grace);
    }
}
