package sample;

import io.kepm.api.health.HealthCheck.Health;
import io.kepm.api.messages.MessageListener;
import io.kepm.api.plugins.PluginHealth;
import java.nio.charset.StandardCharsets;
import java.util.Hashtable;
import java.util.concurrent.atomic.AtomicLong;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Hears the audit and says in its health how much was denied since it started. */
public final class DenialCounter implements BundleActivator, MessageListener, PluginHealth {

    private static final long MANY = 100;

    private final AtomicLong denied = new AtomicLong();

    @Override
    public void start(BundleContext context) {
        // Both are found as services, and go with this bundle.
        Hashtable<String, Object> topics = new Hashtable<>();
        topics.put(MessageListener.TOPICS, new String[] {"AuditMessage"});
        context.registerService(MessageListener.class, this, topics);
        context.registerService(PluginHealth.class, this, null);
    }

    @Override
    public void stop(BundleContext context) {}

    @Override
    public void heard(String topic, byte[] payload) {
        String record = new String(payload, StandardCharsets.UTF_8);
        if (record.contains("\"outcome\":\"DENY\"") || record.contains("\"outcome\":\"REFUSED\"")) {
            denied.incrementAndGet();
        }
    }

    @Override
    public Health health() {
        String detail = denied + " denials heard";
        return denied.get() < MANY
                ? Health.healthy(detail)
                : Health.degraded(detail, "kepm audit list --status DENY,REFUSED");
    }
}
