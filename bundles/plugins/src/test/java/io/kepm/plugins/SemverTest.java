package io.kepm.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class SemverTest {

    @Test
    void versions_are_in_the_order_of_the_standard() {
        List<Semver> order =
                List.of(
                                "0.9.9",
                                "1.0.0-alpha",
                                "1.0.0-alpha.1",
                                "1.0.0-alpha.beta",
                                "1.0.0-beta",
                                "1.0.0-beta.2",
                                "1.0.0-beta.11",
                                "1.0.0-rc.1",
                                "1.0.0",
                                "1.0.2",
                                "1.0.10",
                                "1.2.0",
                                "10.0.0")
                        .stream()
                        .map(text -> Semver.read(text).orElseThrow())
                        .toList();
        List<Semver> sorted = new ArrayList<>(order);
        Collections.reverse(sorted);
        Collections.sort(sorted);

        assertThat(sorted).isEqualTo(order);
    }

    @Test
    void anything_else_is_no_version() {
        for (String text :
                List.of("", "1", "1.0", "a.b.c", "1.0.0.0", "-1.0.0", "1.0.0-", "v1.0.0")) {
            assertThat(Semver.read(text)).as(text).isEmpty();
        }
    }

    @Test
    void the_version_of_a_bundle_is_read_leniently() {
        assertThat(Semver.ofBundle("1")).hasToString("1.0.0");
        assertThat(Semver.ofBundle("1.2.3.SNAPSHOT")).hasToString("1.2.3");
        assertThat(Semver.ofBundle("x")).isEqualTo(Semver.ZERO);
    }
}
