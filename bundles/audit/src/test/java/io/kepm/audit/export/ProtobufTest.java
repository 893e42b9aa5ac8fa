package io.kepm.audit.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.util.JsonFormat;
import io.kepm.api.audit.AuditEntry;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Our own protobuf against the official library. */
class ProtobufTest {

    private final FakeStore store = new FakeStore();

    @Test
    void protobuf_and_json_say_the_same_field_by_field() throws Exception {
        Map<String, String> resource = OtlpRecord.resource("höst", "agent");
        List<AuditEntry> batch =
                List.of(
                        store.add("a\n\u001b[2J\ud800é"),
                        store.add(""),
                        store.add("𝄞".repeat(5_000)));
        ExportLogsServiceRequest.Builder json = ExportLogsServiceRequest.newBuilder();
        JsonFormat.parser()
                .merge(
                        new String(new OtlpJson(resource).request(batch), StandardCharsets.UTF_8),
                        json);
        ExportLogsServiceRequest protobuf =
                ExportLogsServiceRequest.parseFrom(new OtlpProtobuf(resource).request(batch));
        assertThat(protobuf).isEqualTo(json.build());
        assertThat(protobuf.getResourceLogs(0).getScopeLogs(0).getLogRecordsCount()).isEqualTo(3);
        assertThat(protobuf.getUnknownFields().asMap()).isEmpty();
        assertThat(protobuf.toByteArray())
                .as("as the official classes write it")
                .isEqualTo(new OtlpProtobuf(resource).request(batch));
    }

    @Property
    void the_official_library_reads_every_number_and_text(
            @ForAll @IntRange(min = 1, max = 0x1fff_ffff) int field,
            @ForAll long number,
            @ForAll String text)
            throws IOException {
        byte[] written =
                new ProtobufWriter()
                        .number(field, number)
                        .fixed64(field, number)
                        .member(field, text)
                        .message(field, inner -> inner.text(1, text))
                        .bytes();
        CodedInputStream in = CodedInputStream.newInstance(written);
        if (number != 0) {
            assertThat(in.readTag()).isEqualTo(field << 3);
            assertThat(in.readUInt64()).isEqualTo(number);
            assertThat(in.readTag()).isEqualTo((field << 3) | 1);
            assertThat(in.readFixed64()).isEqualTo(number);
        }
        assertThat(in.readTag()).isEqualTo((field << 3) | 2);
        assertThat(in.readByteArray()).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
        assertThat(in.readTag()).isEqualTo((field << 3) | 2);
        int length = in.readRawVarint32();
        assertThat(in.getTotalBytesRead() + length).isEqualTo(written.length);
    }

    @Property
    void we_read_what_the_official_library_writes(
            @ForAll @IntRange(min = 1, max = 0x1fff_ffff) int field,
            @ForAll long number,
            @ForAll String text)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeInt64(field, number);
        out.writeFixed32(field, 7);
        out.writeFixed64(field, number);
        out.writeByteArray(field, text.getBytes(StandardCharsets.UTF_8));
        out.flush();
        ProtobufReader in = new ProtobufReader(ByteBuffer.wrap(bytes.toByteArray()));
        assertThat(in.next()).isEqualTo(field);
        assertThat(in.number()).isEqualTo(number);
        for (int i = 0; i < 2; i++) {
            assertThat(in.next()).isEqualTo(field);
            in.skip();
        }
        assertThat(in.next()).isEqualTo(field);
        assertThat(in.text())
                .isEqualTo(
                        new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
        assertThat(in.next()).isZero();
    }

    /** An answer comes from outside. */
    @Property(tries = 5_000)
    void no_bytes_end_in_another_way_than_an_answer_or_words(@ForAll byte[] bytes) {
        try {
            assertThat(new OtlpProtobuf(Map.of()).answer(bytes).refused()).isNotNull();
        } catch (IOException e) {
            assertThat(e).hasMessageNotContaining("null");
        }
    }

    @Test
    void a_length_beyond_the_end_is_no_message() {
        for (byte[] bytes :
                List.of(
                        new byte[] {10, 5, 8},
                        new byte[] {10, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1},
                        new byte[] {10, -1, -1, -1, -1, 7},
                        new byte[] {8, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
                        new byte[] {11},
                        new byte[] {0, 0})) {
            assertThatThrownBy(() -> new OtlpProtobuf(Map.of()).answer(bytes))
                    .isInstanceOf(IOException.class);
        }
    }
}
