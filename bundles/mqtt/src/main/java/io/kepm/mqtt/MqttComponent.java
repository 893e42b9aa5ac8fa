package io.kepm.mqtt;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.health.HealthCheck;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.SocketOwners;
import io.kepm.api.linux.Targets;
import io.kepm.api.log.LogIntake;
import io.kepm.api.log.LogRecord;
import io.kepm.api.messages.BrokerWatch;
import io.kepm.api.messages.MessageListener;
import io.kepm.api.messages.Messages;
import io.kepm.api.metrics.Metric;
import io.kepm.api.metrics.MetricSource;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.policy.SourceLimits;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Settings;
import io.kepm.api.trust.BundleTopics;
import io.kepm.api.trust.DoorCertificate;
import io.kepm.api.trust.Launches;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wires the broker to the services of the floors below, opens and closes it. */
@Component(
        service = {BrokerWatch.class, HealthCheck.class, MetricSource.class},
        immediate = true)
public final class MqttComponent implements BrokerWatch, HealthCheck, MetricSource {

    private static final Logger LOG = LoggerFactory.getLogger(MqttComponent.class);
    private static final Duration RETRY = Duration.ofSeconds(10);

    private final House house;
    private final ServiceRegistration<?> messages;
    private volatile @Nullable Launches launches;
    private volatile @Nullable BundleTopics topics;
    private volatile @Nullable DoorCertificate certificate;
    private volatile @Nullable LogIntake log;

    @Activate
    public MqttComponent(
            BundleContext context,
            @Reference Settings settings,
            @Reference AuditLog audit,
            @Reference PolicyEngine engine,
            @Reference SourceLimits sources,
            @Reference Accounts accounts,
            @Reference Targets targets,
            @Reference SocketOwners owners) {
        house =
                new House(
                        new House.Floor(
                                audit,
                                engine,
                                sources,
                                accounts,
                                targets,
                                this::log,
                                () -> Optional.ofNullable(launches),
                                owners,
                                () -> Optional.ofNullable(topics),
                                () -> Optional.ofNullable(certificate),
                                Clock.system(ZoneId.systemDefault())),
                        Limits.STANDARD,
                        settings.get(CoreSettings.MQTT_ADDRESS),
                        settings.get(CoreSettings.MQTT_PORT),
                        RETRY);
        messages = context.registerService(Messages.class, new EachItsOwn(), null);
        house.open();
    }

    @Deactivate
    void deactivate() {
        messages.unregister();
        house.close();
    }

    /** What comes while the log is restarted is lost, as what it can't keep up with is. */
    private void log(LogRecord line) {
        LogIntake now = log;
        if (now != null) {
            now.log(line);
        }
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "unsetLog")
    void setLog(LogIntake service) {
        log = service;
    }

    void unsetLog(LogIntake service) {
        if (log == service) {
            log = null;
        }
    }

    /** Each bundle gets an object that knows whose it is. */
    private final class EachItsOwn implements ServiceFactory<Messages> {
        @Override
        public Messages getService(Bundle bundle, ServiceRegistration<Messages> registration) {
            return house.insider(bundle);
        }

        @Override
        public void ungetService(
                Bundle bundle, ServiceRegistration<Messages> registration, Messages service) {
            if (service instanceof Insider insider) {
                insider.close();
            }
        }
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "unsetLaunches")
    void setLaunches(Launches service) {
        launches = service;
    }

    void unsetLaunches(Launches service) {
        if (launches == service) {
            launches = null;
        }
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "unsetTopics")
    void setTopics(BundleTopics service) {
        topics = service;
    }

    void unsetTopics(BundleTopics service) {
        if (topics == service) {
            topics = null;
        }
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "unsetCertificate")
    void setCertificate(DoorCertificate service) {
        certificate = service;
    }

    /** A broker that is open goes on with the last that there was. */
    void unsetCertificate(DoorCertificate service) {
        if (certificate == service) {
            certificate = null;
        }
    }

    @Reference(
            service = MessageListener.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "removeListener")
    void addListener(MessageListener listener, ServiceReference<MessageListener> reference) {
        List<TopicFilter> filters = Filters.of(reference.getProperty(MessageListener.TOPICS));
        Bundle bundle = reference.getBundle();
        if (filters.isEmpty() || bundle == null) {
            LOG.warn(
                    "{} hears nothing: its property {} holds no topic filter",
                    listener.getClass().getName(),
                    MessageListener.TOPICS);
            return;
        }
        house.ears().add(listener, filters, house.insider(bundle).ears());
    }

    void removeListener(MessageListener listener) {
        house.ears().remove(listener);
    }

    @Override
    public String name() {
        return "mqtt";
    }

    @Override
    public Health check() {
        return house.health();
    }

    @Override
    public List<Metric> metrics() {
        return house.metrics();
    }

    @Override
    public List<Denial> denials() {
        return house.denials();
    }

    @Override
    public List<Client> clients() {
        return house.clients();
    }
}
