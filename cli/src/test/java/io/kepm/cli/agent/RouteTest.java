package io.kepm.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class RouteTest {

    @Test
    void values_cannot_add_parameters_or_break_the_request_line() {
        assertThat(
                        new Route("/api/audit")
                                .with("user", "a&limit=9 \r\nX: y")
                                .withAny("target", Optional.of("/bin/ü"))
                                .withAny("from", Optional.empty())
                                .with("limit", 5)
                                .toString())
                .isEqualTo(
                        "/api/audit?user=a%26limit%3D9%20%0D%0AX%3A%20y&target=%2Fbin%2F%C3%BC&limit=5");
    }
}
