package io.kepm.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.settings.FakeSettingsDesk;
import io.kepm.api.settings.PluginFile;
import io.kepm.api.settings.SettingsDesk.Author;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SettingsNewsTest {

    private static final Author ROOT = new Author(AuditDraft.UserInfo.of("root", 0), "api");

    private final FakeSettingsDesk desk =
            new FakeSettingsDesk(
                    PluginFile.of("p", Map.of("every", 5L, "apiKey", "k")),
                    PluginFile.of("q", Map.of("on", true)));
    private final Fakes.Store store = new Fakes.Store();
    private final List<String> told = new ArrayList<>();
    private final SettingsNews news =
            new SettingsNews(
                    desk,
                    () ->
                            Optional.of(
                                    (topic, payload) ->
                                            told.add(
                                                    topic
                                                            + " "
                                                            + new String(
                                                                    payload,
                                                                    StandardCharsets.UTF_8))));

    private void put(String name, Object value) throws Exception {
        desk.put("p", name, value, ROOT, store);
        news.changed();
        news.look(List.of("p", "q"));
    }

    @Test
    void a_plugin_is_told_the_names_of_what_changed_and_no_value() throws Exception {
        news.look(List.of("p", "q"));
        assertThat(told).as("the first look compares with nothing").isEmpty();
        put("every", 7L);
        put("apiKey", "hunter2");
        put("every", 7L);

        assertThat(told)
                .containsExactly(
                        "p/Commands/SettingsChanged {\"settings\":[\"every\"]}",
                        "p/Commands/SettingsChanged {\"settings\":[\"apiKey\"]}");
    }

    @Test
    void a_plugin_that_came_back_is_told_nothing_of_before() throws Exception {
        news.look(List.of("p", "q"));
        news.changed();
        news.look(List.of("q"));
        desk.put("p", "every", 7L, ROOT, store);
        news.look(List.of("p", "q"));

        assertThat(told).isEmpty();
    }
}
