package io.kepm.api.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class AllowedHostsTest {

    @Test
    void addresses_stand_in_the_form_that_clients_write() {
        AllowedHosts hosts = AllowedHosts.parse("::1;[2001:DB8:0:0:1:0:0:1];fe80:0::0;::");
        assertThat(List.of("[::1]", "[2001:db8::1:0:0:1]", "[fe80::]", "[::]"))
                .allMatch(hosts::allows);
        assertThat(hosts.allows("::1")).isFalse();
        assertThat(hosts.isOpen()).isFalse();
    }

    @Test
    void a_star_is_open_and_a_star_before_a_name_is_what_is_below_it() {
        assertThat(AllowedHosts.parse("localhost; * ").isOpen()).isTrue();
        assertThat(AllowedHosts.parse("*").allows("")).isFalse();
        AllowedHosts below = AllowedHosts.parse("*.corp.example");
        assertThat(below.allows("a.corp.example")).isTrue();
        assertThat(below.allows("corp.example")).isFalse();
        assertThat(below.allows(".corp.example")).isFalse();
        assertThat(below.isOpen()).isFalse();
    }

    @Test
    void anything_else_is_refused() {
        for (String bad :
                List.of(
                        "",
                        " ; ",
                        "localhost:6889",
                        "https://localhost",
                        "localhost/",
                        "local host",
                        "local*",
                        "*.",
                        "*.*.example",
                        "*.127.0.0.1",
                        "a..b",
                        ".example",
                        "-a.example",
                        "256.0.0.1",
                        "127.1",
                        "127.0.0.01",
                        "2130706433",
                        "0x7f000001",
                        "[::1",
                        "[::1]:6889",
                        "::g",
                        "[fe80::1%eth0]",
                        "1:2:3:4:5:6:7:8:9",
                        "b\u00fccher.example",
                        "localhost\u0000",
                        "a@b")) {
            assertThatThrownBy(() -> CoreSettings.ALLOWED_HOSTS.reader().apply(bad))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(CoreSettings.ALLOWED_HOSTS.reader().apply("localhost;127.0.0.1;[::1]"))
                .isEqualTo("localhost;127.0.0.1;[::1]");
    }
}
