package io.kepm.audit.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.audit.export.Address.Kind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressParserTest {

    @Test
    void every_kind_is_read_with_its_defaults() throws Exception {
        Address file = AddressParser.parse("file:///var/log/kepm/audit.jsonl");
        assertThat(file.kind()).isEqualTo(Kind.FILE);
        assertThat(file.path()).isEqualTo("/var/log/kepm/audit.jsonl");
        assertThat(file.name()).isEqualTo("file:///var/log/kepm/audit.jsonl");

        Address tls =
                AddressParser.parse(
                        "syslog+tls://siem.example.org?format=CEF&ca=/etc/kepm/a%20b+c.pem"
                                + "&cert=/c&key=/k&name=siem");
        assertThat(tls.kind()).isEqualTo(Kind.SYSLOG_TLS);
        assertThat(tls.host()).isEqualTo("siem.example.org");
        assertThat(tls.port()).isEqualTo(6514);
        assertThat(tls.format()).isEqualTo(Format.CEF);
        assertThat(tls.trust().ca()).hasValue(Path.of("/etc/kepm/a b+c.pem"));
        assertThat(tls.trust().key()).hasValue(Path.of("/k"));
        assertThat(tls.name()).isEqualTo("siem");
        assertThat(tls.shown()).isEqualTo("syslog+tls://siem.example.org");

        assertThat(AddressParser.parse("syslog+udp://10.0.0.1").port()).isEqualTo(514);
        assertThat(AddressParser.parse("syslog+tcp://[::1]:99").host()).isEqualTo("::1");
        assertThat(AddressParser.parse("syslog+tcp://h").format()).isEqualTo(Format.SD);

        Address otlp = AddressParser.parse("otlp+https://collector?credential=otlp-token");
        assertThat(otlp.path()).isEqualTo("/v1/logs");
        assertThat(otlp.port()).isEqualTo(4318);
        assertThat(otlp.credential()).hasValue("otlp-token");
        assertThat(otlp.protocol()).isEqualTo(Protocol.HTTP_PROTOBUF);
        assertThat(AddressParser.parse("otlp+http://h?protocol=http/json").protocol())
                .isEqualTo(Protocol.HTTP_JSON);
        assertThat(AddressParser.parse("otlp+http://127.0.0.1:4318/x/y").path()).isEqualTo("/x/y");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    ~~                                | unknown scheme ``: `file://`, `syslog+udp://`
                    ftp://h                           | unknown scheme `ftp`
                    /var/log/x                        | unknown scheme ``
                    syslog+tcp://a b                  | no address: Illegal character in authority at character 14
                    syslog+tcp://                     | no address
                    syslog+tcp:h                      | the host is missing or no name: `syslog+tcp://HOST:PORT` is allowed
                    syslog+tcp://under_score          | the host is missing or no name
                    syslog+tcp://h:70000              | port 70000: 1 to 65535 is allowed
                    syslog+tcp://h:0                  | port 0
                    syslog+tcp://h/x                  | syslog knows no path
                    syslog+tcp://h?format=xml         | `format` `xml`: `sd`, `cef`, `json` are allowed
                    syslog+tcp://h?ca=/x              | unknown parameter `ca`: `format`, `name` are allowed
                    syslog+tls://h?insecure=1         | unknown parameter `insecure`: `ca`, `cert`, `format`, `key`, `name`
                    syslog+tls://h?ca=x.pem           | `ca` `x.pem`: an absolute path
                    syslog+tls://h?ca=                | `ca` has no value
                    syslog+tls://h?ca=/a&ca=/b        | `ca` stands there twice
                    syslog+tls://h?cert=/a            | `cert` and `key` go together
                    syslog+tcp://h?name=a/b           | `name`: 1 to 64 letters
                    file://var/log/x                  | a file has no host: `file:///PATH` is allowed
                    file:///var/../x                  | an absolute path without
                    file:///                          | an absolute path without
                    otlp+http://h?credential=t        | a credential would leave this machine in clear: use `otlp+https://`
                    otlp+https://h?credential=../t    | the name of a systemd credential
                    otlp+https://h?protocol=grpc      | `protocol` `grpc`: `http/protobuf`, `http/json` are allowed
                    syslog+tls://h?protocol=http/json | unknown parameter `protocol`
                    otlp+https://h#x                  | `#` may not stand in an address
                    """)
    void a_bad_address_says_why_and_what_is_allowed(String text, String why) {
        assertThatThrownBy(() -> AddressParser.parse(text))
                .isInstanceOf(BadAddress.class)
                .hasMessageStartingWith("export `" + AddressParser.shown(text) + "`: ")
                .hasMessageContaining(why);
    }

    @Test
    void ab_109_a_password_or_token_in_an_address_is_refused_and_not_repeated() {
        for (String text :
                new String[] {
                    "otlp+https://user:s3cret@host/v1/logs",
                    "otlp+https://host/v1/logs?token=s3cret",
                    "otlp+https://us er:s3cret@host/",
                    "syslog+tls://s3cret@host"
                }) {
            assertThatThrownBy(() -> AddressParser.parse(text))
                    .isInstanceOf(BadAddress.class)
                    .hasMessageNotContaining("s3cret");
        }
    }

    @Test
    void a_credential_may_stay_on_this_machine_in_clear() throws Exception {
        for (String host : new String[] {"127.0.0.1", "[::1]", "localhost"}) {
            assertThat(AddressParser.parse("otlp+http://" + host + "?credential=t").credential())
                    .hasValue("t");
        }
    }

    @Test
    void an_address_too_long_for_a_name_needs_one() throws Exception {
        String path = "/x".repeat(150);
        assertThatThrownBy(() -> AddressParser.parse("file://" + path))
                .hasMessageContaining("add `name=`");
        assertThat(AddressParser.parse("file://" + path + "?name=x").name()).isEqualTo("x");
    }
}
