package io.kepm.audit.export;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.kepm.api.audit.VisibleText;
import java.io.IOException;

/**
 * What a receiver of OTLP answered to a request that went well: an ExportLogsServiceResponse, which
 * may say that some records were refused for good ({@code partialSuccess}). Those must not be sent
 * again, says OTLP.
 */
final class OtlpAnswer {

    private static final int LONGEST_MESSAGE = 200;
    private static final JsonFactory FACTORY = new JsonFactory();

    private OtlpAnswer() {}

    /** What was refused; empty when all was kept. */
    static String refused(byte[] body) throws IOException {
        String message = "";
        long count = 0;
        if (body.length == 0) {
            return "";
        }
        try (JsonParser parser = FACTORY.createParser(body)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    JsonToken value = parser.nextToken();
                    if (value != null && value.isScalarValue()) {
                        if (name.equals("rejectedLogRecords")) {
                            count = Math.max(0, parser.getValueAsLong());
                        } else if (name.equals("errorMessage")) {
                            message = parser.getText();
                        }
                    }
                }
            }
        }
        return count == 0
                ? ""
                : "the receiver refused "
                        + count
                        + " records: "
                        + VisibleText.of(message, LONGEST_MESSAGE);
    }
}
