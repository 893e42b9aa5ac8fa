package io.kepm.mqtt;

import io.kepm.api.messages.Login;
import io.kepm.api.messages.Messages;
import io.kepm.api.trust.BundleTopics;
import io.kepm.api.trust.Launches;
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
    private final Grounds grounds;
    private final Supplier<Optional<Launches.Verdict.Known>> self;
    private final Lender lender;
    private final Set<Login> lent = new HashSet<>();
    private boolean closed;

    /**
     * One bundle.
     *
     * @param self the running plugin that it is of, as the door would know one of its clients
     */
    Insider(
            String name,
            boolean core,
            Supplier<TopicRights> declared,
            Grounds grounds,
            Supplier<Optional<Launches.Verdict.Known>> self,
            Lender lender) {
        this.name = name;
        this.core = core;
        this.declared = declared;
        this.grounds = grounds;
        this.self = self;
        this.lender = lender;
    }

    /** What all bundles publish by. */
    record Grounds(Limits limits, Refusals refusals, Intake intake, Predicate<Message> broker) {}

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
        if (fault.isEmpty() && payload.length > grounds.limits().payload()) {
            fault = Optional.of("longer than " + grounds.limits().payload() + " bytes");
        }
        if (fault.isEmpty() && !core) {
            fault = new DeclaredRights(name, declared.get()).publish(Topic.of(topic));
        }
        if (fault.isPresent()) {
            return denied(Kind.PUBLISH, topic, fault.get());
        }
        Message message = new Message(Topic.of(topic), payload.clone(), 1);
        return core ? grounds.broker().test(message) : taken(message);
    }

    /** What a client of the plugin may say, and what comes of it, holds for its bundle. */
    private boolean taken(Message message) {
        Optional<Launches.Verdict.Known> known = self.get();
        if (known.isEmpty()) {
            return denied(Kind.PUBLISH, message.topic().text(), "its plugin does not run");
        }
        Intake.Outcome outcome = grounds.intake().take(known.get(), message);
        if (!outcome.fault().isEmpty()) {
            return denied(Kind.PAYLOAD, message.topic().text(), outcome.fault());
        }
        return !outcome.onward() || grounds.broker().test(message);
    }

    private boolean denied(Kind kind, String topic, String why) {
        grounds.refusals().denied(name, Optional.empty(), kind, topic, why);
        return false;
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

    /** What it may hear; answers are for the plugin that asked and the agent itself. */
    Predicate<Topic> ears() {
        if (core) {
            return topic -> true;
        }
        return topic -> topic.isPrivate() ? isOwn(topic) : isDeclared(topic);
    }

    private boolean isOwn(Topic topic) {
        return self.get()
                .filter(known -> known.component().clientId().equals(topic.first()))
                .isPresent();
    }

    private boolean isDeclared(Topic topic) {
        return declared.get().subscribe().stream()
                .filter(text -> TopicFilter.fault(text).isEmpty())
                .map(TopicFilter::of)
                .filter(filter -> !filter.isOnlyWildcards())
                .anyMatch(filter -> filter.matches(topic));
    }
}
