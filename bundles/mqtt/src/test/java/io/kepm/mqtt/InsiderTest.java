package io.kepm.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.messages.Login;
import io.kepm.api.trust.Launches;
import io.kepm.api.trust.TopicRights;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bundles at the broker. */
class InsiderTest {

    private final List<Message> published = new ArrayList<>();
    private final Denials denials = new Denials(Clock.systemUTC());
    private final List<TopicRights> given = new ArrayList<>();
    private int closed;

    private Insider insider(boolean core, TopicRights rights) {
        return new Insider(
                "org.example.plugin",
                core,
                () -> rights,
                Limits.STANDARD,
                new Refusals(denials, new Records(new Fakes.Audit()), Clock.systemUTC()),
                published::add,
                this::lent);
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
        assertThat(ears.test(Topic.of("plugin:x/Responses/1"))).isFalse();
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
