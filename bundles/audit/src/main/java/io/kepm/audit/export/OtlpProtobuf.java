package io.kepm.audit.export;

import io.kepm.api.audit.AuditEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/**
 * The protobuf encoding of OTLP 1.x. The numbers are those of {@code opentelemetry-proto}: {@code
 * logs_service.proto}, {@code logs.proto}, {@code resource.proto}, {@code common.proto}.
 */
final class OtlpProtobuf implements OtlpEncoding {

    private final byte[] resource;

    /**
     * @param resource attributes that say where the records come from
     */
    OtlpProtobuf(Map<String, String> resource) {
        ProtobufWriter message = new ProtobufWriter();
        attributes(message, 1, resource);
        this.resource = message.bytes();
    }

    @Override
    public String contentType() {
        return "application/x-protobuf";
    }

    @Override
    public byte[] request(List<AuditEntry> batch) {
        return new ProtobufWriter().message(1, logs -> resourceLogs(logs, batch)).bytes();
    }

    private void resourceLogs(ProtobufWriter message, List<AuditEntry> batch) {
        message.block(1, resource).message(2, scope -> scopeLogs(scope, batch));
    }

    private static void scopeLogs(ProtobufWriter message, List<AuditEntry> batch) {
        message.message(1, scope -> scope.text(1, OtlpRecord.SCOPE));
        for (AuditEntry entry : batch) {
            message.message(2, log -> record(log, OtlpRecord.of(entry)));
        }
    }

    private static void record(ProtobufWriter message, OtlpRecord log) {
        message.fixed64(1, log.nanos())
                .number(2, log.severityNumber())
                .text(3, log.severityText())
                .message(5, body -> body.member(1, log.body()));
        attributes(message, 6, log.attributes());
        message.fixed64(11, log.nanos());
    }

    private static void attributes(ProtobufWriter message, int field, Map<String, String> values) {
        values.forEach(
                (key, value) ->
                        message.message(
                                field,
                                pair -> pair.text(1, key).message(2, any -> any.member(1, value))));
    }

    @Override
    public OtlpAnswer answer(byte[] body) throws IOException {
        long rejected = 0;
        String message = "";
        ProtobufReader response = new ProtobufReader(ByteBuffer.wrap(body));
        for (int field = response.next(); field != 0; field = response.next()) {
            if (field != 1) {
                response.skip();
                continue;
            }
            ProtobufReader partial = response.message();
            for (int inner = partial.next(); inner != 0; inner = partial.next()) {
                switch (inner) {
                    case 1 -> rejected = partial.number();
                    case 2 -> message = partial.text();
                    default -> partial.skip();
                }
            }
        }
        return new OtlpAnswer(rejected, message);
    }
}
