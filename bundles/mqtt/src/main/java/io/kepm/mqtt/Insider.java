package io.kepm.mqtt;

import io.kepm.api.messages.Login;
import io.kepm.api.messages.Messages;
import io.kepm.api.trust.BundleTopics;
import io.kepm.api.trust.TopicRights;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.osgi.framework.Bundle;

/**
 * One bundle at the broker, without a connection. A bundle of the agent itself may say and hear
 * all; one of a plugin what its document declares at that moment. Safe for use by many threads.
 */
final class Insider implements Messages {

    private static final String OWN_NAMES = "io.kepm.";
    private static final String SHIPPED = "mvn:io.kepm/";

    private final String name;
    private final boolean core;
    private final Supplier<TopicRights> declared;
    private final Limits limits;
    private final Refusals refusals;
    private final Predicate<Message> broker;
    private final Lender lender;
    private final Set<Login> lent = new HashSet<>();
    private boolean closed;

    Insider(
            String name,
            boolean core,
            Supplier<TopicRights> declared,
            Limits limits,
            Refusals refusals,
            Predicate<Message> broker,
            Lender lender) {
        this.name = name;
        this.core = core;
        this.declared = declared;
        this.limits = limits;
        this.refusals = refusals;
        this.broker = broker;
        this.lender = lender;
    }

    /** Lends the identity of the plugin. */
    @FunctionalInterface
    interface Lender {
        Login lend(TopicRights rights) throws IOException;
    }

    /** Whether a bundle is one that is shipped; the guard lets no other have such a name. */
    static boolean isCore(Bundle bundle) {
        return String.valueOf(bundle.getSymbolicName()).startsWith(OWN_NAMES)
                && String.valueOf(bundle.getLocation()).startsWith(SHIPPED);
    }

    static Supplier<TopicRights> declaredBy(
            Bundle bundle, Supplier<Optional<BundleTopics>> topics) {
        long id = bundle.getBundleId();
        return () -> topics.get().map(present -> present.of(id)).orElse(TopicRights.NONE);
    }

    @Override
    public boolean publish(String topic, byte[] payload) {
        Optional<String> fault = Topic.fault(topic);
        if (fault.isEmpty() && payload.length > limits.payload()) {
            fault = Optional.of("longer than " + limits.payload() + " bytes");
        }
        if (fault.isEmpty() && !core) {
            fault = new DeclaredRights(name, declared.get()).publish(Topic.of(topic));
        }
        if (fault.isPresent()) {
            refusals.denied(name, Optional.empty(), Kind.PUBLISH, topic, fault.get());
            return false;
        }
        return broker.test(new Message(Topic.of(topic), payload.clone(), 1));
    }

    @Override
    public Login login() throws IOException {
        if (core) {
            throw new IOException("parts of the agent say and hear without a connection");
        }
        synchronized (lent) {
            if (closed) {
                throw new IOException("this bundle has stopped");
            }
            Login login = new Returned(lender.lend(declared.get()));
            lent.add(login);
            return login;
        }
    }

    /** How much is lent and not given back. */
    int lent() {
        synchronized (lent) {
            return lent.size();
        }
    }

    /** The bundle stops, or has no use for it any more. */
    void close() {
        List<Login> all;
        synchronized (lent) {
            closed = true;
            all = List.copyOf(lent);
        }
        all.forEach(Login::close);
    }

    /** Forgotten here once it is given back; two are never the same. */
    private final class Returned implements Login {
        private final Login login;

        Returned(Login login) {
            this.login = login;
        }

        @Override
        public String clientId() {
            return login.clientId();
        }

        @Override
        public byte[] secret() {
            return login.secret();
        }

        @Override
        public void close() {
            synchronized (lent) {
                lent.remove(this);
            }
            login.close();
        }

        @Override
        public String toString() {
            return login.toString();
        }
    }

    /** What it may hear; private answers are for nobody inside but the agent itself. */
    Predicate<Topic> ears() {
        if (core) {
            return topic -> true;
        }
        return topic ->
                !topic.isPrivate()
                        && declared.get().subscribe().stream()
                                .filter(text -> TopicFilter.fault(text).isEmpty())
                                .map(TopicFilter::of)
                                .filter(filter -> !filter.isOnlyWildcards())
                                .anyMatch(filter -> filter.matches(topic));
    }
}
