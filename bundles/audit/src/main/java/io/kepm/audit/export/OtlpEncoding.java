package io.kepm.audit.export;

import io.kepm.api.audit.AuditEntry;
import java.io.IOException;
import java.util.List;

/** How requests and answers of OTLP are written: in protobuf, or in JSON. */
interface OtlpEncoding {

    String contentType();

    /** An ExportLogsServiceRequest. */
    byte[] request(List<AuditEntry> batch);

    /**
     * Reads an ExportLogsServiceResponse.
     *
     * @throws IOException when it is none
     */
    OtlpAnswer answer(byte[] body) throws IOException;
}
