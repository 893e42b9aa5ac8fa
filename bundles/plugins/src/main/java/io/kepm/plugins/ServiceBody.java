package io.kepm.plugins;

import io.kepm.api.health.HealthCheck.Health;
import io.kepm.api.health.HealthCheck.Level;
import io.kepm.api.plugins.PluginHealth;
import io.kepm.api.trust.Signatures;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/**
 * The bundle of a {@code Service} plugin. It comes in through the framework guard like everything
 * else; nothing of it stays installed after a stop.
 */
final class ServiceBody implements Body {

    static final String LOCATION = "kepm-plugin:";

    private final String id;
    private final Path jar;
    private final Path pack;
    private final BundleContext context;
    private final Signatures signatures;
    private final Leave leave;
    private volatile @Nullable Bundle bundle;
    private volatile List<String> revoked = List.of();
    private volatile String signer = "";
    private volatile String detail = "";

    ServiceBody(
            PluginDocument document,
            Folders folders,
            BundleContext context,
            Signatures signatures,
            Leave leave) {
        this.id = document.id();
        this.jar = folders.bin(id).resolve(document.code());
        this.pack = folders.bin(id).resolve(Folders.PACKAGE);
        this.context = context;
        this.signatures = signatures;
        this.leave = leave;
    }

    @Override
    public void start() throws StartFailed {
        removeFormer();
        Optional<String> taken = packFault();
        if (taken.isPresent()) {
            throw new StartFailed("its package is not accepted: " + taken.get());
        }
        try {
            Folders.requireFile(jar);
            byte[] bytes = Files.readAllBytes(jar);
            Signatures.Verdict verdict = signatures.bundle(ByteBuffer.wrap(bytes));
            if (!verdict.isGood()) {
                throw new StartFailed("it is not let in: " + verdict.fault());
            }
            Optional<String> exit = ExitCalls.in(bytes);
            if (exit.isPresent()) {
                throw new StartFailed(
                        "it would end the agent: `" + exit.get() + "` calls System.exit");
            }
            leave.coming(id, verdict.sha256());
            Bundle installed =
                    context.installBundle(LOCATION + id, new ByteArrayInputStream(bytes));
            bundle = installed;
            leave.came(id, verdict.sha256());
            signer = verdict.signer();
            installed.start(Bundle.START_TRANSIENT);
        } catch (IOException e) {
            throw new StartFailed("`" + jar + "` cannot be read: " + e.getMessage());
        } catch (BundleException | SecurityException | IllegalStateException e) {
            throw new StartFailed(causes(e));
        } catch (LinkageError | OutOfMemoryError e) {
            throw new StartFailed("its code does not fit: " + e);
        }
    }

    /** Of the package that it came in, if it came in one, after what was revoked until now. */
    private Optional<String> packFault() {
        revoked = signatures.signers().revoked();
        if (!Files.exists(pack)) {
            return Optional.empty();
        }
        try {
            Folders.requireFile(pack);
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
        try (FileChannel channel = FileChannel.open(pack)) {
            if (channel.size() > PackageFile.MAX_PACKED) {
                return Optional.of("it is too large");
            }
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            return Optional.of(signatures.again(bytes).fault()).filter(fault -> !fault.isEmpty());
        } catch (IOException e) {
            return Optional.of("it cannot be read: " + e.getMessage());
        }
    }

    /** Before anything is started: what a former run left in the framework's cache goes. */
    static void clear(BundleContext context) {
        for (Bundle each : context.getBundles()) {
            if (each.getLocation().startsWith(LOCATION)) {
                uninstall(each);
            }
        }
    }

    /** A crash of the agent may have left it in the framework's cache. */
    private void removeFormer() throws StartFailed {
        Bundle former = context.getBundle(LOCATION + id);
        try {
            if (former != null) {
                former.uninstall();
            }
        } catch (BundleException | IllegalStateException e) {
            throw new StartFailed("its former bundle does not go: " + causes(e));
        }
    }

    @Override
    public String stop() {
        Bundle own = bundle;
        if (own == null) {
            return "";
        }
        String left = "";
        try {
            if (own.getState() != Bundle.UNINSTALLED) {
                own.stop(Bundle.STOP_TRANSIENT);
                left = LeftThreads.of(own);
            }
        } catch (BundleException | IllegalStateException e) {
            left = "its stop failed: " + causes(e);
        } finally {
            uninstall(own);
        }
        bundle = null;
        return left;
    }

    private static void uninstall(Bundle own) {
        try {
            if (own.getState() != Bundle.UNINSTALLED) {
                own.uninstall();
            }
        } catch (BundleException | IllegalStateException e) {
            org.slf4j.LoggerFactory.getLogger(ServiceBody.class)
                    .warn("a plugin's bundle was not uninstalled: {}", e.toString());
        }
    }

    @Override
    public Optional<String> fault() {
        Bundle own = bundle;
        if (own == null) {
            return Optional.of("it is not installed");
        }
        int state = own.getState();
        if (state == Bundle.ACTIVE) {
            // The guard itself throws a bundle out; the package that it came in is known here.
            return revoked.equals(signatures.signers().revoked())
                    ? Optional.empty()
                    : packFault().map(why -> "its package is not accepted any more: " + why);
        }
        return Optional.of(
                state == Bundle.UNINSTALLED
                        ? "its bundle was uninstalled, perhaps because it was revoked"
                        : "its bundle is no longer active");
    }

    @Override
    public Optional<String> complaint() {
        try {
            Collection<ServiceReference<PluginHealth>> found =
                    context.getServiceReferences(PluginHealth.class, null);
            for (ServiceReference<PluginHealth> each : found) {
                if (each.getBundle() != null && each.getBundle().equals(bundle)) {
                    PluginHealth service = context.getService(each);
                    Health health = service == null ? null : service.health();
                    detail = health == null ? "" : health.detail();
                    if (health != null && health.level() != Level.HEALTHY) {
                        return Optional.of(health.detail());
                    }
                }
            }
            return Optional.empty();
        } catch (InvalidSyntaxException | IllegalStateException e) {
            return Optional.of("its health cannot be asked for: " + e.getMessage());
        }
    }

    @Override
    public String detail() {
        return detail;
    }

    @Override
    public long bundleId() {
        Bundle own = bundle;
        return own == null ? -1 : own.getBundleId();
    }

    @Override
    public String signer() {
        return signer;
    }

    private static String causes(Throwable failure) {
        StringBuilder text = new StringBuilder();
        for (Throwable each = failure; each != null; each = each.getCause()) {
            text.append(text.isEmpty() ? "" : ": ")
                    .append(
                            each.getMessage() == null
                                    ? each.getClass().getSimpleName()
                                    : each.getMessage());
        }
        return text.length() > 1000 ? text.substring(0, 1000) + "…" : text.toString();
    }
}
