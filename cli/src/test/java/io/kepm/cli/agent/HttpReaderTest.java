package io.kepm.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class HttpReaderTest {

    @Test
    void a_body_of_a_told_length_is_read_to_that_length() throws IOException {
        Answer answer = read("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}rest");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(text(answer)).isEqualTo("{}");
    }

    @Test
    void chunks_are_joined_and_their_extensions_and_trailers_ignored() throws IOException {
        Answer answer =
                read(
                        "HTTP/1.1 503 Not now\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + "2;x=y\r\n{\"\r\n4\r\na\":1\r\n1\r\n}\r\n0\r\nT: x\r\n\r\n");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(text(answer)).isEqualTo("{\"a\":1}");
    }

    @Test
    void a_body_without_a_length_goes_to_the_end() throws IOException {
        assertThat(text(read("HTTP/1.1 200\r\n\r\nall of it".replace("200\r", "200 \r"))))
                .isEqualTo("all of it");
    }

    @Test
    void what_is_cut_off_or_malformed_is_a_fault() {
        refused("", "cut off");
        refused("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{}", "cut off");
        refused("SSH-2.0-OpenSSH\r\n\r\n", "not HTTP");
        refused("HTTP/1.1 100 Continue\r\n\r\n", "no final one");
        refused("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "length is malformed");
        refused("HTTP/1.1 200 OK\r\nContent-Length: 1e3\r\n\r\n", "length is malformed");
        refused("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "malformed");
        refused("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", "malformed");
        refused("HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(101) + "\r\n", "too many headers");
        refused("HTTP/1.1 200 " + "x".repeat(9000), "too long");
    }

    @Test
    void an_answer_beyond_the_bound_is_never_held() {
        refused("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", "larger than 64 MiB");
        refused(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n",
                "larger than 64 MiB");
    }

    @Property
    void any_bytes_give_an_answer_or_a_fault(@ForAll @StringLength(max = 400) String tail) {
        for (String head :
                new String[] {
                    "",
                    "HTTP/1.1 200 OK\r\n",
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nContent-Length:"
                }) {
            try {
                read(head + tail);
            } catch (IOException e) {
                assertThat(e).hasMessageNotContaining("\n");
            }
        }
    }

    private static void refused(String answer, String why) {
        assertThatThrownBy(() -> read(answer))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(why);
    }

    private static Answer read(String text) throws IOException {
        return new HttpReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))
                .answer();
    }

    private static String text(Answer answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }
}
