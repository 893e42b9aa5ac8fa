package io.kepm.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.plugins.PluginState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class PluginRecordsTest {

    private static final PluginDocument DOCUMENT =
            DocumentReader.read(
                            "{\"id\": \"a\", \"version\": \"1.2.3\", \"pluginType\": \"Service\"}"
                                    .getBytes(StandardCharsets.UTF_8),
                            "a")
                    .document()
                    .orElseThrow();

    private final Fakes.Store store = new Fakes.Store();
    private final PluginRecords records = new PluginRecords(store, store);

    @Test
    void each_record_of_a_plugin_is_found_by_its_id_and_version() throws Exception {
        records.installed(DOCUMENT, "00", "", "signer", "root");
        records.changed(DOCUMENT, PluginState.STOPPED, PluginState.HEALTHY, "", "root");
        records.refused(
                PluginRecords.Named.of(DOCUMENT), List.of("it is older"), "00", "signer", "root");
        assertThat(store.drafts)
                .hasSize(3)
                .allSatisfy(
                        draft -> {
                            assertThat(draft.ids())
                                    .containsEntry("plugin_uid", "a")
                                    .containsEntry("plugin_version", "1.2.3");
                            assertThat(draft.details()).containsEntry("plugin", "a");
                        });
    }

    @Test
    void the_name_of_a_file_that_nothing_was_read_of_is_no_id() {
        records.refused(PluginRecords.Named.file("x.kpk"), List.of("not signed"), "00", "", "root");
        assertThat(store.drafts.get(0).details()).containsEntry("plugin", "x.kpk");
        assertThat(store.drafts.get(0).ids()).doesNotContainKeys("plugin_uid", "plugin_version");
    }
}
