package io.kepm.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.linux.Launcher;
import io.kepm.api.messages.Login;
import io.kepm.api.trust.Launches;
import io.kepm.api.trust.TopicRights;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Bundles at the broker. */
class InsiderTest {

    private static final Launches.Verdict.Known SELF =
            new Launches.Verdict.Known(
                    new Launches.Component(
                            "plugin:x", Launches.Reach.PLUGIN, TopicRights.NONE, false),
                    new Launcher.Identity(1, 0, 0, 0, 0, ""));

    private final List<Message> published = new ArrayList<>();
    private final Denials denials = new Denials(Clock.systemUTC());
    private final List<TopicRights> given = new ArrayList<>();
    private int closed;

    private final Fakes.Audit audit = new Fakes.Audit();
    private final Fakes.Engine engine = new Fakes.Engine();
    private final Fakes.Log log = new Fakes.Log();
    private final List<Message> answers = new CopyOnWriteArrayList<>();
    private boolean running = true;

    private Insider insider(boolean core, TopicRights rights) {
        PolicyQuestion question =
                new PolicyQuestion(
                        engine,
                        new Fakes.Sources(),
                        audit,
                        new People(new Fakes.People()),
                        new TestHouse.Machine(),
                        Clock.systemUTC());
        return new Insider(
                "org.example.plugin",
                core,
                () -> rights,
                new Insider.Grounds(
                        Limits.STANDARD,
                        new Refusals(denials, new Records(new Fakes.Audit()), Clock.systemUTC()),
                        new CoreIntake(new PolicyDesk(question, answers::add), new LogDesk(log)),
                        published::add),
                () -> running ? Optional.of(SELF) : Optional.empty(),
                this::lent);
    }

    private static boolean says(Insider plugin, String topic, String json) {
        return plugin.publish(topic, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_plugin_inside_writes_to_the_log_under_its_own_name() {
        Insider plugin = insider(false, new TopicRights(List.of("KeeperLogger"), List.of()));
        String line =
                "{'timestamp':'2026-11-25T10:00:00Z','level':'Warning','logger':'x','message':'m'}";
        assertThat(says(plugin, "KeeperLogger", line)).isTrue();
        assertThat(log.records)
                .singleElement()
                .satisfies(r -> assertThat(r.logger()).isEqualTo("plugin.x.x"));
        assertThat(says(plugin, "KeeperLogger", "{}")).isFalse();
        assertThat(denials.count(Kind.PAYLOAD)).isEqualTo(1);
        assertThat(published).as("heard by the agent alone").isEmpty();
    }

    @Test
    void a_plugin_inside_asks_policy_and_the_decision_is_on_record() {
        Insider plugin = insider(false, new TopicRights(List.of("KeeperPolicy"), List.of()));
        String question =
                "{'correlationId':'7','eventType':'CommandLine','user':{'name':'ada','uid':4711},"
                        + "'target':{'path':'/usr/bin/id'}}";
        assertThat(says(plugin, "KeeperPolicy", question)).isTrue();
        TestHouse.await("the answer", () -> !answers.isEmpty());
        assertThat(answers.get(0).topic().text()).isEqualTo("plugin:x/Responses/7");
        assertThat(audit.types()).containsExactly("POLICY_EVALUATION");
        assertThat(audit.drafts.get(0).details()).containsEntry("client", "plugin:x");
        assertThat(audit.drafts.get(0).ids()).containsEntry("plugin_uid", "x");
        assertThat(plugin.ears().test(answers.get(0).topic())).isTrue();
        assertThat(says(plugin, "KeeperPolicy", "{}")).isFalse();
        assertThat(published).isEmpty();
    }

    @Test
    void what_has_a_form_is_checked_also_from_inside() {
        Insider plugin = insider(false, new TopicRights(List.of("Events/+"), List.of()));
        assertThat(says(plugin, "Events/Startup", "{'a':1}")).isTrue();
        assertThat(says(plugin, "Events/Startup", "no json")).isFalse();
        assertThat(says(plugin, "Events/Bad Name", "{}")).isFalse();
        assertThat(published).hasSize(1);
        assertThat(denials.count(Kind.PAYLOAD)).isEqualTo(2);
        running = false;
        assertThat(says(plugin, "Events/Startup", "{'a':1}")).isFalse();
    }

    private Login lent(TopicRights rights) {
        given.add(rights);
        return new Lent(
                "plugin:x",
                new Launches.Errand() {
                    @Override
                    public byte[] secret() {
                        return new byte[] {7};
                    }

                    @Override
                    public void close() {
                        closed++;
                    }
                });
    }

    @Test
    void a_login_is_for_what_the_plugin_declares_and_over_with_its_bundle() throws Exception {
        TopicRights rights = new TopicRights(List.of("a"), List.of("b"));
        Insider plugin = insider(false, rights);
        assertThat(plugin.login().clientId()).isEqualTo("plugin:x");
        assertThat(given).containsExactly(rights);
        plugin.close();
        plugin.close();
        assertThat(closed).isEqualTo(1);
        assertThatThrownBy(() -> insider(true, TopicRights.NONE).login())
                .hasMessageContaining("without a connection");
    }

    @Test
    void what_was_given_back_is_not_remembered_and_nothing_is_lent_after_the_end()
            throws Exception {
        Insider plugin = insider(false, TopicRights.NONE);
        for (int i = 0; i < 100; i++) {
            plugin.login().close();
        }
        assertThat(plugin.lent()).isZero();
        assertThat(closed).isEqualTo(100);
        Login login = plugin.login();
        assertThat(plugin.lent()).isEqualTo(1);
        plugin.close();
        login.close();
        assertThat(plugin.lent()).isZero();
        assertThatThrownBy(plugin::login).hasMessageContaining("has stopped");
    }

    @Test
    void the_bundle_of_a_plugin_says_what_its_document_declares() {
        Insider plugin = insider(false, new TopicRights(List.of("a/+", "#"), List.of()));
        assertThat(plugin.publish("a/b", new byte[1])).isTrue();
        for (String topic : List.of("AuditMessage", "plugin:x/Responses/1", "$SYS/x", "a/+", "")) {
            assertThat(plugin.publish(topic, new byte[1])).as(topic).isFalse();
        }
        assertThat(plugin.publish("a/b", new byte[(256 << 10) + 1])).isFalse();
        assertThat(insider(false, TopicRights.NONE).publish("a/b", new byte[1])).isFalse();
        assertThat(published).hasSize(1);
        assertThat(denials.count(Kind.PUBLISH)).isEqualTo(7);
    }

    @Test
    void the_agent_itself_says_all_but_not_more_than_fits() {
        Insider core = insider(true, TopicRights.NONE);
        assertThat(core.publish("plugin:x/Responses/1", new byte[1])).isTrue();
        assertThat(core.publish("AuditMessage", new byte[1])).isTrue();
        assertThat(core.publish("a/#", new byte[1])).isFalse();
        assertThat(core.publish("a", new byte[(256 << 10) + 1])).isFalse();
    }

    @Test
    void what_was_published_does_not_change_when_its_bytes_do() {
        byte[] bytes = {1};
        insider(true, TopicRights.NONE).publish("a", bytes);
        bytes[0] = 2;
        assertThat(published.get(0).payload()).containsExactly(1);
    }

    @Test
    void a_plugin_inside_hears_what_it_declared_and_never_what_is_for_others() {
        var ears =
                insider(false, new TopicRights(List.of(), List.of("a/#", "#", "+/Responses/+")))
                        .ears();
        assertThat(ears.test(Topic.of("a/b"))).isTrue();
        assertThat(ears.test(Topic.of("b"))).isFalse();
        assertThat(ears.test(Topic.of("plugin:other/Responses/1"))).isFalse();
        assertThat(ears.test(Topic.of("job:x:1/Responses/1"))).isFalse();
        assertThat(insider(true, TopicRights.NONE).ears().test(Topic.of("b"))).isTrue();
    }

    @Test
    void filters_are_read_from_a_property_in_each_of_its_forms() {
        assertThat(Filters.of("a/+")).extracting(TopicFilter::text).containsExactly("a/+");
        assertThat(Filters.of(new String[] {"a", "b/#/c", "b"}))
                .extracting(TopicFilter::text)
                .containsExactly("a", "b");
        assertThat(Filters.of(List.of("c"))).hasSize(1);
        assertThat(Filters.of(null)).isEmpty();
        assertThat(Filters.of(7)).isEmpty();
    }

    @Test
    void a_listener_inside_hears_what_clients_publish() throws Exception {
        try (TestHouse house = new TestHouse();
                RawClient says = house.raw("plugin:says", List.of("Events/+"), List.of())) {
            List<String> heard = new java.util.concurrent.CopyOnWriteArrayList<>();
            house.house
                    .ears()
                    .add(
                            (topic, payload) -> heard.add(topic + payload.length),
                            List.of(TopicFilter.of("Events/+")),
                            topic -> true);
            says.send(RawClient.publish("Events/Startup", 0, 0, new byte[] {'{', '}'}, false));
            TestHouse.await("the event", () -> heard.contains("Events/Startup2"));
        }
    }
}
