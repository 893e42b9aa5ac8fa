package io.kepm.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.cli.Bench;
import io.kepm.cli.Bench.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReloadPluginsTest {

    private static final String ROUTE = "POST /api/plugins/reload";

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void the_folder_is_read_again_on_request() {
        bench.agent().answers(ROUTE, "{\"id\":\"\",\"result\":\"reloaded\"}");
        assertThat(bench.run("plugin reload"))
                .isEqualTo(
                        new Outcome(
                                0,
                                "the folder of plugins was read: every document is in use\n",
                                ""));
        assertThat(bench.run("plugin reload", "--json").out()).contains("\"result\":\"reloaded\"");
    }

    @Test
    void each_document_that_is_not_used_is_told_with_its_reason() {
        bench.agent()
                .answers(
                        ROUTE,
                        422,
                        "{\"detail\":\"both\",\"errors\":[{\"detail\":\"`a.json`: alice's\"},"
                                + "{\"detail\":\"`b.json`: /id: wrong\"}]}");
        Outcome unused = bench.run("plugin reload");
        assertThat(unused.exit()).isEqualTo(1);
        assertThat(unused.err())
                .isEqualTo(
                        "kepm: `a.json`: alice's\nkepm: `b.json`: /id: wrong\n"
                                + "kepm: 2 documents are not used; the others are\n");
    }

    @Test
    void a_refusal_is_told_as_it_is() {
        bench.agent().answers(ROUTE, 403, "{\"detail\":\"for root\"}");
        assertThat(bench.run("plugin reload").err()).contains("for root");
    }
}
